// Sheaves in the hands of the program (7.3): filled by the allocator, emptied by the program, given
// back. The objects in them are in use for the allocator, and nobody's for the program; which ones
// they are no answer says, and how many only at least.
import { Op } from "../../abi.ts";
import { argOf, cacheNameOf, offsetOf, opOf, slotOf } from "../program/record.ts";
import type { Shadow } from "./shadow.ts";
import type { PrefilledSheaf } from "./sheaf_table.ts";
import { NONE } from "./slabs.ts";

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
