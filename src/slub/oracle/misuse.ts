// Operations of a program that are at fault by themselves, whatever the allocator makes of them:
// the size of what is no object, a zeroed object with a constructor, a kmem_cache whose red zone
// holds the free pointer, a write to memory that is neither RAM nor the program's own. Told from
// the program and from what the shadow knew before.
//
// Does not see: writes and frees that fall into slabs, and lists that are out of order. Those are
// damages, which have verdicts of their own.
import { Letter, Op, Status } from "../../abi.ts";
import { argOf, auxOf, cacheNameOf, offsetOf, opOf, slot2Of, slotOf } from "../program/record.ts";
import { freePointerShift, writtenBytes } from "./access.ts";
import { namedSheaf } from "./prefilled.ts";
import type { KernelAddress } from "./ram.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

const ZERO_SIZE_POINTER = 16;
const POINTER_BYTES = 8;
const TWO_32 = 0x100000000;

/** Notes an operation that is at fault, before its result is looked at. */
export function noteMisuse(shadow: Shadow, op: number): void {
  const { words } = shadow.image;
  const slot = slotOf(words, op);
  const displacement = offsetOf(words, op);
  switch (opOf(words, op)) {
    case Op.CACHE:
      note(shadow, op, hasPointerInRedZone(shadow, op), true);
      return;
    case Op.ALLOC:
      if (auxOf(words, op) !== 0)
        note(shadow, op, isConstructed(shadow, cacheNameOf(words, op)), false);
      return;
    case Op.KSIZE:
      note(shadow, op, !hasSize(shadow, slot, displacement), false);
      return;
    case Op.KVALIDATE:
      note(shadow, op, isOutsideRam(shadow, slot, displacement), false);
      return;
    case Op.KREALLOC:
      note(shadow, op, isInterior(shadow, slot, displacement), true);
      return;
    case Op.SHEAF_ALLOC:
    case Op.SHEAF_REFILL:
    case Op.SHEAF_PUT:
      note(shadow, op, namedSheaf(shadow, op) === undefined, true);
      return;
    case Op.SET_OFFSET:
      note(shadow, op, !mayMovePointer(shadow, cacheNameOf(words, op), argOf(words, op)), true);
      return;
    default:
      noteStrayWrite(shadow, op, slot, displacement);
  }
}

function note(shadow: Shadow, op: number, isAtFault: boolean, isLasting: boolean): void {
  if (isAtFault) shadow.misuses.push({ op, isLasting });
}

/** Whether a misuse explains what happened at an operation. */
export function isMisused({ misuses }: Shadow, op: number): boolean {
  return misuses.some((one) => one.op === op || (one.isLasting && one.op < op));
}

/**
 * On 3.10 objects smaller than a pointer have their free pointer in the red zone, which then looks
 * overwritten in every free object. Kernels with CONFIG_DEBUG_VM refuse such a size; later ones put
 * the free pointer elsewhere.
 */
function hasPointerInRedZone(shadow: Shadow, op: number): boolean {
  const { words } = shadow.image;
  const letters = slotOf(words, op) | slot2Of(words, op);
  const layout = shadow.caches.layoutFor(offsetOf(words, op), argOf(words, op), letters);
  if (layout === undefined || (layout.letters & Letter.Z) === 0) return false;
  return !layout.freePointerOutside && layout.offset + POINTER_BYTES > layout.objectSize;
}

/** What a constructor made is lost when the object is zeroed. */
function isConstructed(shadow: Shadow, name: number): boolean {
  const cache = shadow.caches.cacheOf(name);
  return cache !== NONE && (shadow.caches.layouts[cache].letters & Letter.CTOR) !== 0;
}

/** A live object, or the pointer to no bytes that kmalloc(0) gives. */
function hasSize(shadow: Shadow, slot: number, displacement: number): boolean {
  const object = shadow.slots.object(slot);
  if (object !== NONE) {
    return shadow.objects.isLive(object) && shadow.offsetOf(slot, displacement) === 0;
  }
  const { high, low } = shadow.addressOf(slot, displacement);
  return (high === 0 && low === ZERO_SIZE_POINTER) || isLiveAt(shadow, slot, displacement);
}

/** An object that the program names by its address. */
function isLiveAt(shadow: Shadow, slot: number, displacement: number): boolean {
  const { slabs, caches } = shadow;
  const at = shadow.targetAt(slot, displacement);
  const slab = at === NONE ? NONE : slabs.slabAt(at);
  if (slab === NONE) return false;
  const cell = slabs.cellAt(slab, caches.layouts[slabs.cache(slab)], at);
  return cell >= 0 && slabs.cellObject[cell] !== NONE;
}

function isOutsideRam(shadow: Shadow, slot: number, displacement: number): boolean {
  return shadow.slots.object(slot) === NONE && shadow.targetAt(slot, displacement) === NONE;
}

/** Inside a live object; other pointers that krealloc cannot take are bad frees. */
function isInterior(shadow: Shadow, slot: number, displacement: number): boolean {
  const object = shadow.slots.object(slot);
  if (object === NONE || !shadow.objects.isLive(object)) return false;
  return shadow.offsetOf(slot, displacement) !== 0;
}

/** Before the first object, and to where nothing else of an object lies. */
function mayMovePointer(shadow: Shadow, name: number, offset: number): boolean {
  const { caches, slabs } = shadow;
  const cache = caches.cacheOf(name);
  if (cache === NONE) return true;
  for (let slab = 0; slab < slabs.count; slab++) if (slabs.cache(slab) === cache) return false;
  const { offset: own, freePointerOutside, objectSize } = caches.layouts[cache];
  return offset === own || (!freePointerOutside && offset + POINTER_BYTES <= objectSize);
}

/** What is written lies neither in RAM nor in glob, vglob or a region. */
function noteStrayWrite(shadow: Shadow, op: number, slot: number, displacement: number): void {
  const length = writtenBytes(shadow, op);
  if (length === 0 || shadow.slots.object(slot) !== NONE) return;
  const offset = displacement + freePointerShift(shadow, op, slot);
  if (shadow.targetAt(slot, offset) !== NONE) return;
  const place = shadow.addressOf(slot, offset);
  // What faults wrote nothing, except that a fill wrote what comes before the place of the fault.
  const isFill = opOf(shadow.image.words, op) === Op.FILL && !isInWindow(shadow, place, 1);
  const isLasting = isFill || shadow.status(op) !== Status.FAULT;
  note(shadow, op, !isInWindow(shadow, place, length), isLasting);
}

function isInWindow({ windows }: Shadow, { high, low }: KernelAddress, length: number): boolean {
  return windows.some((window) => {
    const distance = (high - (window.high >>> 0)) * TWO_32 + low - (window.low >>> 0);
    return distance >= 0 && distance + length <= window.size;
  });
}
