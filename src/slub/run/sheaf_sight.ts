// Looks into the sheaves of the allocator before an operation that oversteps the rights of the
// program (7.3): whether the pointer that it frees waits there, and whether it writes over one.
import { Op, SheafLayout } from "../../abi.ts";
import type { SlabHeap } from "../core/heap.ts";
import { readSheaf, sheavesOf } from "../core/sheaf.ts";
import { targetOfWrite } from "../oracle/foresee.ts";
import { sheafCapacityOf, waitsInSheaves } from "../oracle/layout.ts";
import type { Sighting } from "../oracle/machine.ts";
import type { KernelAddress } from "../oracle/ram.ts";
import type { Shadow } from "../oracle/shadow.ts";
import { ramBase } from "../program/machine.ts";
import { offsetOf, opOf, slotOf } from "../program/record.ts";

const POINTER_BYTES = 8;
/** Operations that free one pointer. */
const FREES: readonly Op[] = [Op.FREE, Op.KFREE, Op.FREE_RCU, Op.KFREE_NOLOCK];

/** What operation `op`, which is to run next, is about to meet. */
export function lookIntoSheaves(heap: SlabHeap, shadow: Shadow, op: number): Sighting {
  const isFree = FREES.includes(opOf(shadow.image.words, op));
  return {
    op,
    isWaiting: isFree && isWaiting(heap, shadow, op),
    sheaf: isFree ? undefined : sheafWrittenTo(heap, shadow, op),
  };
}

function isWaiting(heap: SlabHeap, shadow: Shadow, op: number): boolean {
  const { words } = shadow.image;
  const object = shadow.slots.object(slotOf(words, op));
  const cache = object < 0 ? -1 : shadow.objects.cache(object);
  if (cache < 0 || !waitsInSheaves(shadow.caches.layouts[cache])) return false;
  const pointer = bigintOf(shadow.addressOf(slotOf(words, op), offsetOf(words, op)));
  return sheavesOf(heap, cache).some((at) => readSheaf(heap, at).objects.includes(pointer));
}

function bigintOf({ high, low }: KernelAddress): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function sheafWrittenTo(heap: SlabHeap, shadow: Shadow, op: number): Sighting["sheaf"] {
  const target = targetOfWrite(shadow, op);
  if (target === undefined) return undefined;
  for (let cache = 0; cache < shadow.caches.end; cache++) {
    const layout = shadow.caches.layouts[cache];
    if (!shadow.caches.isAlive(cache) || !waitsInSheaves(layout)) continue;
    const bytes = SheafLayout.OBJECTS + POINTER_BYTES * sheafCapacityOf(layout);
    for (const sheaf of sheavesOf(heap, cache)) {
      const first = Number(sheaf - ramBase(heap.machine));
      const end = first + bytes;
      if (first < target.at + target.length && target.at < end) return { first, end };
    }
  }
  return undefined;
}
