// Sheaves in the hands of the program (7.3): filled by the allocator, emptied by the program, given
// back. The objects in them are in use for the allocator, and nobody's for the program; which ones
// they are no answer says, and how many only at least.
import { Op } from "../../abi.ts";
import { argOf, cacheNameOf, offsetOf, opOf, slotOf } from "../program/record.ts";
import type { KernelAddress } from "./ram.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** A sheaf of fewer pointers than one kmalloc request holds. */
const SHEAF_HEADER_BYTES = 32;
const POINTER_BYTES = 8;

interface PrefilledSheaf extends KernelAddress {
  readonly cache: number;
  /** Objects that it holds at least. */
  atLeast: number;
}

export class PrefilledSheaves {
  #sheaves: PrefilledSheaf[] = [];

  clear(): void {
    if (this.#sheaves.length > 0) this.#sheaves = [];
  }

  /** Whether the program has one of the cache. */
  hasAnyOf(cache: number): boolean {
    return this.#sheaves.some((one) => one.cache === cache);
  }

  /** The sheaf that begins at an address. */
  at({ high, low }: KernelAddress): PrefilledSheaf | undefined {
    return this.#sheaves.find((one) => one.high === high >>> 0 && one.low === low >>> 0);
  }

  /** Whether an address lies among the pointers that one holds, or before them in its header. */
  holds({ high, low }: KernelAddress): boolean {
    return this.#sheaves.some((one) => {
      const bytes = SHEAF_HEADER_BYTES + POINTER_BYTES * one.atLeast;
      return one.high === high && low >= one.low && low < one.low + bytes;
    });
  }

  add(sheaf: PrefilledSheaf): void {
    this.#sheaves.push(sheaf);
  }

  drop(sheaf: PrefilledSheaf): void {
    this.#sheaves = this.#sheaves.filter((one) => one !== sheaf);
  }
}

/** The sheaf that an operation names, if the program got it from that cache. */
export function namedSheaf(shadow: Shadow, op: number): PrefilledSheaf | undefined {
  const { words } = shadow.image;
  const sheaf = shadow.prefilled.at(shadow.addressOf(slotOf(words, op), offsetOf(words, op)));
  const cache = shadow.caches.cacheOf(cacheNameOf(words, op));
  return sheaf !== undefined && sheaf.cache === cache ? sheaf : undefined;
}

/** `sheafget`, `sheafrefill` and `sheafput`. */
export function stepSheaf(shadow: Shadow, op: number): void {
  const { words } = shadow.image;
  const cache = shadow.caches.cacheOf(cacheNameOf(words, op));
  const kind = opOf(words, op);
  shadow.caches.use(cache);
  if (kind !== Op.SHEAF_PUT) closeFreeCells(shadow, cache);
  const named = kind === Op.SHEAF_GET ? undefined : namedSheaf(shadow, op);
  const isSame = named?.high === shadow.valueHigh(op) && named.low === shadow.valueLow(op);
  if (kind === Op.SHEAF_REFILL && isSame) {
    const isFilled = (shadow.aux(op) & REFUSED) === 0;
    if (isFilled) named.atLeast = Math.max(named.atLeast, argOf(words, op));
    else if (!shadow.events.memoryShort) shadow.violate("null-pointer", cache);
    return;
  }
  if (named !== undefined) shadow.prefilled.drop(named);
  if (kind !== Op.SHEAF_PUT) obtainSheaf(shadow, op, cache);
}

/** Which free objects a sheaf was filled with is not known: some were checked, and repainted. */
function closeFreeCells({ damages, slabs }: Shadow, cache: number): void {
  for (const { segments } of damages) {
    for (const segment of segments) {
      if (segment.cell === NONE || slabs.cache(segment.slab) !== cache) continue;
      if (slabs.cellObject[segment.cell] === NONE) segment.isOpen = false;
    }
  }
}

/** In a refill's result: there was no memory. */
const REFUSED = 2;

function obtainSheaf(shadow: Shadow, op: number, cache: number): void {
  const { words } = shadow.image;
  const high = shadow.valueHigh(op);
  const low = shadow.valueLow(op);
  shadow.slots.hold(slotOf(words, op), high, low);
  if (high !== 0 || low !== 0) {
    shadow.prefilled.add({ high, low, cache, atLeast: argOf(words, op) });
  } else if (!shadow.events.memoryShort) {
    shadow.violate("null-pointer", cache);
  }
}

/** An object was taken out of a sheaf; false where the sheaf may have been empty. */
export function takeFromSheaf(shadow: Shadow, op: number): boolean {
  const sheaf = namedSheaf(shadow, op);
  if (sheaf === undefined || sheaf.atLeast === 0) return false;
  sheaf.atLeast--;
  return true;
}
