// The operations that nearly all of a program are, followed at little cost: an allocation that
// answers with a free cell of a slab that is known, a free of what was obtained, a write by an
// owner. Each function here does all that the one behind step.ts does for such an operation, or
// nothing: then it says so, and the other one does it.
//
// Only for a shadow that is undisturbed: nobody waits for a check to speak.
import { Letter, Op, Status } from "../../abi.ts";
import { stepRead } from "./access.ts";
import { isMisaligned } from "./ownership.ts";
import type { Shadow } from "./shadow.ts";
import { Source } from "./writes.ts";

// V8 takes constants of the file itself for constants, and those of another one for variables.
const { ALLOC, FREE, WRITE, FILL, READ } = Op;
const { OK } = Status;
const { OPERATION } = Source;
const CTOR = Letter.CTOR;
/** The operation, and whether it is the odd form of it. */
const KIND_BITS = 0x1ff;
const OP_BITS = 0xff;

/** Follows plain operations from `first` on; returns the first that is not plain, or `end`. */
export function followPlain(shadow: Shadow, first: number, end: number): number {
  const { words } = shadow.image;
  const { i32, resultAt } = shadow.record;
  for (let op = first; op < end; op++) {
    const at = resultAt + 4 * op;
    if (i32[at] !== OK) return op;
    const word0 = words[4 * op];
    const word1 = words[4 * op + 1];
    const offset = words[4 * op + 2] | 0;
    const slot = word1 & 0xffff;
    shadow.op = op;
    let isPlain = false;
    switch (word0 & KIND_BITS) {
      case ALLOC:
        isPlain = obtainPlainly(shadow, word0 >>> 16, slot, at + 2);
        break;
      case FREE:
        isPlain = giveBackPlainly(shadow, word0 >>> 16, slot, offset);
        break;
      case WRITE:
        isPlain = writePlainly(shadow, slot, offset, word1 >>> 16);
        break;
      case READ:
        stepRead(shadow, op, slot, offset);
        isPlain = true;
        break;
      default:
        if ((word0 & OP_BITS) !== FILL) break;
        isPlain = writePlainly(shadow, slot, offset, words[4 * op + 3]);
    }
    if (!isPlain) return op;
  }
  return end;
}

/** The pointer at an index of the record's `i32` is a free cell of the cache. */
export function obtainPlainly(
  shadow: Shadow,
  name: number,
  slot: number,
  pointerAt: number,
): boolean {
  const { caches, slabs, objects } = shadow;
  const { i32 } = shadow.record;
  const handle = caches.handleOf(name);
  const low = i32[pointerAt];
  const at = shadow.ram.offsetOf(i32[pointerAt + 1], low);
  if (handle < 0 || at < 0 || isMisaligned(caches.alignOfHandle(handle), low)) return false;
  const cache = caches.cacheOfHandle(handle);
  const layout = caches.layouts[cache];
  const slab = slabs.slabAt(at);
  if (slab < 0 || slabs.cache(slab) !== cache || (layout.letters & CTOR) !== 0) return false;
  const cell = slabs.cellAt(slab, layout, at);
  if (cell < 0 || slabs.cellObject[cell] >= 0) return false;
  const id = objects.add(at, cache, caches.sizeOfHandle(handle), shadow.op, slab, cell);
  shadow.slots.point(slot, id, 0);
  slabs.occupy(slab, cell, id);
  caches.take(cache);
  caches.use(cache);
  return true;
}

/** The target is a live object of the cache, as it was constructed. */
export function giveBackPlainly(
  shadow: Shadow,
  name: number,
  slot: number,
  displacement: number,
): boolean {
  const { caches, slabs, slots, objects } = shadow;
  const id = slots.object(slot);
  if (id < 0 || slots.offset(slot) + displacement !== 0 || !objects.isLive(id)) return false;
  const cache = objects.cache(id);
  const cell = objects.cell(id);
  if (cell < 0 || caches.cacheOf(name) !== cache || slabs.cellTouched[cell] !== 0) return false;
  objects.die(id, shadow.op);
  slabs.vacate(objects.slab(id), cell, id);
  caches.giveBack(cache, id);
  caches.use(cache);
  return true;
}

/** All bytes are those of a live object, none of them a constructor's. */
function writePlainly(shadow: Shadow, slot: number, displacement: number, length: number): boolean {
  const { slots, objects } = shadow;
  const id = slots.object(slot);
  if (id < 0 || !objects.isLive(id) || length === 0) return false;
  const first = slots.offset(slot) + displacement;
  if (first < 0 || first + length > objects.asked(id)) return false;
  if (first === 0 && shadow.isConstructed(id)) return false;
  objects.writes.add(id, shadow.op, OPERATION, first, first + length, first);
  return true;
}
