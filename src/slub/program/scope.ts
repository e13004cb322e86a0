// Which names a program has introduced so far. A script may only use what an earlier line made.
import type { ProgramOp } from "./op.ts";

export class Scope {
  readonly #caches = new Set<string>();
  readonly #slots = new Set<string>();
  readonly #regions = new Set<string>();

  hasCache(name: string): boolean {
    return this.#caches.has(name);
  }

  hasSlot(name: string): boolean {
    return this.#slots.has(name);
  }

  isRegion(name: string): boolean {
    return this.#regions.has(name);
  }

  /** Takes note of what an operation introduces. */
  add(op: ProgramOp): void {
    if (op.op === "cache") this.#caches.add(op.name);
    if (op.op === "region") this.#regions.add(op.slot);
    for (const slot of slotsMadeBy(op)) this.#slots.add(slot);
  }
}

/** The slots that an operation fills, whether they are new or not. */
export function slotsMadeBy(op: ProgramOp): readonly string[] {
  switch (op.op) {
    case "alloc":
    case "kmalloc":
    case "krealloc":
    case "slot":
    case "region":
      return [op.slot];
    case "allocn":
    case "bulkalloc":
      return numberedSlots(op.prefix, op.count);
    default:
      return [];
  }
}

/** PREFIX0, PREFIX1, ... */
export function numberedSlots(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}
