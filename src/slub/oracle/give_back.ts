// Frees. One that the program may do ends the life of an object; any other is damage, whose cause
// is what the pointer was.
import { Letter, Op, Profile, Status, TARGET_SIZE } from "../../abi.ts";
import { readU16, readU32 } from "../../base/bytes.ts";
import { argOf, slot2Of } from "../program/record.ts";
import { stepRead } from "./access.ts";
import { causeOfBadFree } from "./blame.ts";
import type { Cause } from "./cause.ts";
import type { Damage, Segment } from "./damage.ts";
import { expectAtBadFree } from "./expect.ts";
import { checksOperations } from "./layout.ts";
import { isMisaligned, release } from "./ownership.ts";
import { segmentsOf } from "./segments.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { Source } from "./writes.ts";

/** kmem_cache_free(cache, slot + displacement). */
export function giveBack(shadow: Shadow, cache: number, slot: number, displacement: number): void {
  const object = shadow.slots.object(slot);
  if (object !== NONE && shadow.offsetOf(slot, displacement) === 0) {
    if (shadow.objects.isLive(object) && shadow.objects.cache(object) === cache) {
      release(shadow, object);
      shadow.caches.use(cache);
      return;
    }
  }
  noteBadFree(shadow, cache, slot, displacement);
}

/** `freen` and `bulkfree`: a list of targets. */
export function giveBackAll(shadow: Shadow, op: number, name: number): void {
  const { words, payload } = shadow.image;
  const cache = shadow.caches.cacheOf(name);
  const count = slot2Of(words, op);
  const targets = argOf(words, op);
  for (let i = 0; i < count; i++) {
    const at = targets + i * TARGET_SIZE;
    const slot = readU16(payload, at);
    const displacement = readU32(payload, at + 4) | 0;
    const isDone = shadow.isUndisturbed && giveBackPlainly(shadow, name, slot, displacement);
    if (!isDone) giveBack(shadow, cache, slot, displacement);
  }
}

/** A free that the program had no right to. */
export function noteBadFree(
  shadow: Shadow,
  cache: number,
  slot: number,
  displacement: number,
): void {
  const object = shadow.slots.object(slot);
  const at = shadow.targetAt(slot, displacement);
  const cause = causeOfBadFree(shadow, cache, slot, displacement);
  const { refused } = shadow.events;
  const damage: Damage = {
    op: shadow.op,
    cause,
    kind: "free",
    object,
    at,
    slab: at === NONE ? NONE : shadow.slabs.slabAt(at),
    cache,
    segments: segmentsOfHook(shadow, cache, object, at),
    changed: true,
    isStructural: !leavesMemoryAlone(shadow, cache, cause, refused),
    refused,
  };
  shadow.damages.push(damage);
  expectAtBadFree(shadow, damage);
  if (cause === "wrong-cache-free") release(shadow, object);
  if (cause === "wrong-cache-leak") shadow.objects.die(object, shadow.op);
}

/** From 5.4 to 6.6 a free begins by storing NULL where the object's free pointer would be. */
function segmentsOfHook(shadow: Shadow, cache: number, object: number, at: number): Segment[] {
  if (shadow.machine.profile !== Profile.V61 || at === NONE) return [];
  const owner = object === NONE ? cache : shadow.objects.cache(object);
  if (owner === NONE) return [];
  const { offset } = shadow.caches.layouts[owner];
  const request = { op: shadow.op, cause: "none", object, at: at + offset, length: 8 } as const;
  return segmentsOf(shadow, request);
}

/** 3.10 writes nothing before its checks, unless they are made with the wrong cache's layout. */
function leavesMemoryAlone(shadow: Shadow, cache: number, cause: Cause, refused: boolean): boolean {
  if (!refused || cache === NONE || cause === "wrong-cache-free") return false;
  const isOld = shadow.machine.profile === Profile.V310;
  return isOld && checksOperations(shadow.caches.layouts[cache]);
}

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
function giveBackPlainly(
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
