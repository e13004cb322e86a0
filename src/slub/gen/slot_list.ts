// Slots of one owner: the objects that it holds, or gave back.

export class SlotList {
  readonly slots: Uint16Array;
  count = 0;

  constructor(size: number) {
    this.slots = new Uint16Array(size);
  }

  /** One more; what does not fit is forgotten. */
  add(slot: number): void {
    if (this.count < this.slots.length) this.slots[this.count++] = slot;
  }

  /** Takes the entry at `index` out; the last one takes its place. */
  removeAt(index: number): void {
    this.slots[index] = this.slots[--this.count];
  }

  /** Takes the entry at `index` out; the rest stays in order. */
  closeUp(index: number): void {
    if (index < --this.count) this.slots.copyWithin(index, index + 1, this.count + 1);
  }

  /** Searched from the youngest entry on. */
  indexOf(slot: number): number {
    for (let i = this.count - 1; i >= 0; i--) if (this.slots[i] === slot) return i;
    return -1;
  }
}
