// The names of a program as variables in C. Every filling of a slot is a variable of its own, so
// that rows lie side by side in the array, as the bulk functions want them.
import { type Address, isAddressName } from "../slub/program/op.ts";

export class CNames {
  readonly #slots = new Map<string, number>();
  readonly #caches = new Map<string, number[]>();
  slotCount = 0;
  cacheCount = 0;

  /** Variables for slots that are filled, side by side; returns the first. */
  fill(names: readonly string[]): string {
    const first = this.slotCount;
    for (const name of names) this.#slots.set(name, this.slotCount++);
    return `slot[${first}]`;
  }

  hasSlot(name: string): boolean {
    return name === "null" || name === "glob" || name === "vglob" || this.#slots.has(name);
  }

  /** A place as an expression. */
  place({ slot, offset }: Address): string {
    const base = this.#base(slot);
    return offset === 0 ? base : `at(${base}, ${offset})`;
  }

  create(name: string): string {
    const made = this.#caches.get(name) ?? [];
    made.push(this.cacheCount);
    this.#caches.set(name, made);
    return `cache[${this.cacheCount++}]`;
  }

  /** The newest living cache of a name. */
  cache(name: string): string {
    const newest = this.#caches.get(name)?.at(-1);
    return newest === undefined ? "NULL" : `cache[${newest}]`;
  }

  destroy(name: string): void {
    this.#caches.get(name)?.pop();
  }

  #base(slot: string): string {
    if (isAddressName(slot)) return `(void *)${slot}UL`;
    if (slot === "null") return "NULL";
    if (slot === "glob" || slot === "vglob") return slot;
    const index = this.#slots.get(slot);
    return index === undefined ? "NULL" : `slot[${index}]`;
  }
}

/** Text between quotes. */
export function cString(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("?", "\\?")}"`;
}

/** Text that may stand in a comment. */
export function cComment(text: string): string {
  return text.replaceAll("*/", "* /");
}
