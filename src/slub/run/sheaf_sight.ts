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

type Extent = NonNullable<Sighting["sheaf"]>;

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
  const end = target.at + target.length;
  return extentsOfSheaves(heap, shadow).find((one) => one.first < end && target.at < one.end);
}

/** Where sheaves lie in RAM: those of CPUs and barns, and those that the program holds. */
function extentsOfSheaves(heap: SlabHeap, shadow: Shadow): readonly Extent[] {
  const { caches, prefilled } = shadow;
  const base = ramBase(heap.machine);
  const extentOf = (sheaf: bigint, capacity: number): Extent => {
    const first = Number(sheaf - base);
    return { first, end: first + SheafLayout.OBJECTS + POINTER_BYTES * capacity };
  };
  const extents = prefilled.all.map((one) => {
    const sheaf = bigintOf(one);
    return extentOf(sheaf, readSheaf(heap, sheaf).capacity);
  });
  for (let cache = 0; cache < caches.end; cache++) {
    const layout = caches.layouts[cache];
    if (!caches.isAlive(cache) || !waitsInSheaves(layout)) continue;
    const capacity = sheafCapacityOf(layout);
    extents.push(...sheavesOf(heap, cache).map((sheaf) => extentOf(sheaf, capacity)));
  }
  return extents;
}
