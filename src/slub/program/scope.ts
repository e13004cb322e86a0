// Which names a program has introduced so far. A script may only use what an earlier line made.
import type { KnownNames } from "./arguments.ts";
import type { Fields } from "./fields.ts";
import type { ProgramOp } from "./op.ts";
import { wordsWith } from "./operations.ts";

const FILL_SLOT = wordsWith("slot", "slot2");
const FILL_ROW = wordsWith("filled row");

export class Scope implements KnownNames {
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
  const { slot, prefix, count } = op as unknown as Fields;
  if (FILL_ROW.has(op.op)) return numberedSlots(prefix, count);
  return FILL_SLOT.has(op.op) ? [slot] : [];
}

/** PREFIX0, PREFIX1, ... */
export function numberedSlots(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}
