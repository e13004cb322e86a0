// Which bytes a script wrote, by slot: all that is compared of a `read` in a script that shares its
// caches with a running kernel (comparison rule 2).
const TARGET = /^([^+-]+)([+-].*)?$/;

export class WrittenBytes {
  readonly #bySlot = new Map<string, Set<number>>();

  /** Takes an operation into account. */
  note(text: string): void {
    const [word, target, offset, data] = text.split(/\s+/);
    if (word === "write") this.#add(target, offset, data.length / 2);
    else if (word === "fill") this.#add(target, offset, Number(data));
    else if (word === "wptr") this.#add(target, offset, 8);
    else if (word === "kfree") this.#bySlot.delete(slotOf(target));
    else if (word === "kmalloc") this.#bySlot.delete(offset);
  }

  /** Where the bytes of a `read` begin, counted from the slot's pointer. */
  offsetOf(text: string): number {
    const [, target, offset] = text.split(/\s+/);
    return displacementOf(target) + Number(offset);
  }

  /** Whether two results of a `read` agree in the bytes that the script wrote. */
  agree(text: string, expected: string, actual: string): boolean {
    const written = this.#bySlot.get(slotOf(text.split(/\s+/)[1])) ?? new Set();
    const first = this.offsetOf(text);
    if (expected.length !== actual.length) return false;
    for (let i = 0; 2 * i < expected.length; i++) {
      const differs = expected.slice(2 * i, 2 * i + 2) !== actual.slice(2 * i, 2 * i + 2);
      if (differs && written.has(first + i)) return false;
    }
    return true;
  }

  #add(target: string, offset: string, length: number): void {
    const slot = slotOf(target);
    const written = this.#bySlot.get(slot) ?? new Set<number>();
    const first = displacementOf(target) + Number(offset);
    for (let i = 0; i < length; i++) written.add(first + i);
    this.#bySlot.set(slot, written);
  }
}

function slotOf(target: string): string {
  return TARGET.exec(target)?.[1] ?? target;
}

function displacementOf(target: string): number {
  return Number(TARGET.exec(target)?.[2] ?? 0);
}
