// The objects that a program in the making holds, by owner: a cache, or the kmalloc caches.

/** Caches of one program. */
export const CACHES_MAX = 8;
/** Index of the kmalloc caches among the owners of objects. */
export const KMALLOC = CACHES_MAX;
export const OWNERS = CACHES_MAX + 1;
/** Slots of one program. */
export const SLOTS_MAX = 16384;

const HELD_MAX = 2048;

export class Holdings {
  /** Objects of all owners. */
  total = 0;
  readonly #lists = Array.from({ length: OWNERS }, () => new SlotList(HELD_MAX));
  /** A bit for each owner that has any. */
  #owners = 0;
  /** By slot: where it was put into the list of its owner; it may have moved since. */
  readonly #place = new Uint16Array(SLOTS_MAX);

  clear(): void {
    for (let owner = 0; owner < OWNERS; owner++) this.#lists[owner].count = 0;
    this.total = 0;
    this.#owners = 0;
  }

  count(owner: number): number {
    return this.#lists[owner].count;
  }

  /** The slot at a place of the owner's list, the oldest first. */
  at(owner: number, index: number): number {
    return this.#lists[owner].slots[index];
  }

  /** An owner with at least one object, from `first` on and round; -1 if there is none. */
  ownerFrom(first: number): number {
    const behind = this.#owners >>> first;
    if (behind !== 0) return first + lowestBit(behind);
    return this.#owners === 0 ? -1 : lowestBit(this.#owners);
  }

  add(owner: number, slot: number): void {
    const list = this.#lists[owner];
    this.#place[slot] = list.count;
    list.add(slot);
    this.#recount(owner, this.#place[slot]);
  }

  holds(owner: number, slot: number): boolean {
    return this.#indexOf(owner, slot) >= 0;
  }

  /** Takes a slot out; those behind it close up to keep the order, or the last takes its place. */
  takeOut(owner: number, slot: number, keepsOrder: boolean): void {
    const list = this.#lists[owner];
    const index = this.#indexOf(owner, slot);
    if (index < 0) return;
    const before = list.count;
    if (keepsOrder) {
      list.closeUp(index);
    } else {
      list.removeAt(index);
      this.#place[list.slots[index]] = index;
    }
    this.#recount(owner, before);
  }

  /** All that an owner has is out of reach. */
  drop(owner: number): void {
    const before = this.#lists[owner].count;
    this.#lists[owner].count = 0;
    this.#recount(owner, before);
  }

  #indexOf(owner: number, slot: number): number {
    const list = this.#lists[owner];
    const place = this.#place[slot];
    return place < list.count && list.slots[place] === slot ? place : list.indexOf(slot);
  }

  #recount(owner: number, before: number): void {
    const { count } = this.#lists[owner];
    this.total += count - before;
    if (count > 0) this.#owners |= 1 << owner;
    else this.#owners &= ~(1 << owner);
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** Slots of one owner: the objects that it holds, or gave back. */
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

const GROUPS_MAX = 64;

/**
 * Objects that were allocated in a row, as long as all of them are held: `freen` can give them
 * back.
 */
export class Groups {
  count = 0;
  readonly #first = new Uint16Array(GROUPS_MAX);
  readonly #size = new Uint8Array(GROUPS_MAX);
  readonly #owner = new Uint8Array(GROUPS_MAX);
  /** By slot: it was in a group. */
  readonly #wasGrouped = new Uint8Array(SLOTS_MAX);

  /** Forgets all groups; so many slots were in use. */
  clear(slotCount: number): void {
    this.count = 0;
    this.#wasGrouped.fill(0, 0, slotCount);
  }

  first(group: number): number {
    return this.#first[group];
  }

  size(group: number): number {
    return this.#size[group];
  }

  owner(group: number): number {
    return this.#owner[group];
  }

  /** One more; what does not fit is forgotten. */
  add(owner: number, first: number, size: number): void {
    if (this.count === GROUPS_MAX) return;
    this.#first[this.count] = first;
    this.#size[this.count] = size;
    this.#owner[this.count] = owner;
    this.count++;
    this.#wasGrouped.fill(1, first, first + size);
  }

  /** A group of which one object went is no group any more. */
  breakUp(slot: number): void {
    if (this.#wasGrouped[slot] === 0) return;
    for (let i = 0; i < this.count; i++) {
      if (slot < this.#first[i] || slot >= this.#first[i] + this.#size[i]) continue;
      this.#drop(i);
      return;
    }
  }

  dropAllOf(owner: number): void {
    for (let i = this.count - 1; i >= 0; i--) if (this.#owner[i] === owner) this.#drop(i);
  }

  #drop(group: number): void {
    const last = --this.count;
    this.#first[group] = this.#first[last];
    this.#size[group] = this.#size[last];
    this.#owner[group] = this.#owner[last];
  }
}
