// The program's own reads and writes: within its rights they tell what a byte must hold from then
// on; beyond them they are damage.
import { Letter, Op, Status } from "../../abi.ts";
import { argOf, auxOf, cacheNameOf, opOf, slot2Of } from "../program/record.ts";
import { causeOfWrite, flipsOneBit } from "./blame.ts";
import type { Cause } from "./cause.ts";
import { isCleared } from "./cleared.ts";
import { LIST_HEAD_BYTES } from "./lists.ts";
import { damageOfRead, damageOfWrite } from "./segments.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { Source, UNKNOWN_BYTE } from "./writes.ts";

const POINTER_BYTES = 8;

export function stepFill(shadow: Shadow, op: number, slot: number, offset: number): void {
  stepPlainWrite(shadow, op, slot, offset, argOf(shadow.image.words, op));
}

export function stepPlainWrite(
  shadow: Shadow,
  op: number,
  slot: number,
  offset: number,
  length: number,
): void {
  if (shadow.lists.count > 0) overwriteLists(shadow, slot, offset, length);
  noteWrite(shadow, op, slot, offset, length);
}

/** `write`, `xor`, `wptr` and `wfp`: all but `fill`. */
export function stepWrite(shadow: Shadow, op: number, slot: number, offset: number): void {
  write(shadow, op, slot, offset + freePointerShift(shadow, op, slot), writtenBytes(shadow, op));
}

/** Bytes that an operation writes at its target; 0 for one that writes nothing. */
export function writtenBytes(shadow: Shadow, op: number): number {
  const { words } = shadow.image;
  switch (opOf(words, op)) {
    case Op.WRITE:
    case Op.XOR:
      return slot2Of(words, op);
    case Op.FILL:
      return argOf(words, op);
    case Op.WPTR:
    case Op.WFP:
      return POINTER_BYTES;
    case Op.LIST_INIT:
    case Op.LIST_ADD:
    case Op.LIST_ADD_TAIL:
    case Op.LIST_DEL:
      return LIST_HEAD_BYTES;
    default:
      return 0;
  }
}

/** `wfp` and `xor SLOT fp` count from the free pointer of their cache. */
export function freePointerShift(shadow: Shadow, op: number, slot: number): number {
  const { words } = shadow.image;
  const kind = opOf(words, op);
  if (kind === Op.WFP) return offsetOfCache(shadow, shadow.caches.cacheOf(cacheNameOf(words, op)));
  if (kind !== Op.XOR || auxOf(words, op) === 0) return 0;
  const object = shadow.slots.object(slot);
  return object === NONE ? 0 : offsetOfCache(shadow, shadow.objects.cache(object));
}

function offsetOfCache(shadow: Shadow, cache: number): number {
  return cache === NONE ? 0 : shadow.caches.layouts[cache].offset;
}

function write(shadow: Shadow, op: number, slot: number, offset: number, length: number): void {
  if (shadow.lists.count > 0) overwriteLists(shadow, slot, offset, length);
  if (flipsOneBit(shadow, op)) noteFlip(shadow, op, slot, offset, length);
  else noteWrite(shadow, op, slot, offset, length);
}

function overwriteLists(shadow: Shadow, slot: number, offset: number, length: number): void {
  const { high, low } = shadow.addressOf(slot, offset);
  shadow.lists.overwrite(high, low, length);
}

/** Flips by themselves: the bit is not the object's owner's to write. */
function noteFlip(shadow: Shadow, op: number, slot: number, offset: number, length: number): void {
  const object = shadow.slots.object(slot);
  const at = shadow.status(op) === Status.FAULT ? NONE : shadow.targetAt(slot, offset);
  if (object === NONE && at === NONE) return;
  if (object !== NONE && shadow.objects.isLive(object)) {
    const first = shadow.offsetOf(slot, offset);
    const end = Math.min(first + length, shadow.objects.asked(object));
    if (first < end && first + length > 0) shadow.wrote(object, first, end);
  }
  shadow.damages.push(damageOfWrite(shadow, { op, cause: "bit-flip", object: NONE, at, length }));
}

/** Follows a write; true if all of it lies in the program's own memory. */
export function noteWrite(
  shadow: Shadow,
  op: number,
  slot: number,
  offset: number,
  length: number,
): boolean {
  const object = shadow.slots.object(slot);
  const first = shadow.offsetOf(slot, offset);
  if (object !== NONE && shadow.objects.isLive(object)) {
    const asked = shadow.objects.asked(object);
    if (first < asked && first + length > 0) {
      shadow.wrote(object, first, Math.min(first + length, asked));
    }
    if (first >= 0 && first + length <= asked) return true;
  } else if (object === NONE && shadow.targetAt(slot, offset) === NONE) {
    // glob, vglob and named regions are the program's own; writing to them kills no machine.
    if (!isFatal(shadow, slot, offset, length)) return true;
  }
  noteDamage(shadow, op, slot, offset, length);
  return false;
}

function noteDamage(
  shadow: Shadow,
  op: number,
  slot: number,
  offset: number,
  length: number,
): void {
  const object = shadow.slots.object(slot);
  const at = shadow.status(op) === Status.FAULT ? NONE : shadow.targetAt(slot, offset);
  const damage = damageOfWrite(shadow, { op, cause: "stray-write", object, at, length });
  const first = shadow.offsetOf(slot, offset);
  const cause = causeOfWrite(shadow, { object, first, length, damage });
  const isStructural = damage.isStructural || isFatal(shadow, slot, offset, length);
  shadow.damages.push({ ...damage, cause, isStructural });
}

/** The machine died of this very write: there is no memory. */
function isFatal(shadow: Shadow, slot: number, offset: number, length: number): boolean {
  const { high, low } = shadow.addressOf(slot, offset);
  return shadow.events.hasDiedAt(high, low, length);
}

/**
 * Bytes that were read from a live object must be those that its owner, or the allocator, left.
 * No check sees a read of anything else.
 */
export function stepRead(shadow: Shadow, op: number, slot: number, offset: number): void {
  const object = shadow.slots.object(slot);
  if (object === NONE) return;
  const first = shadow.offsetOf(slot, offset);
  const asked = shadow.objects.asked(object);
  const count = shadow.aux(op);
  if (!shadow.objects.isLive(object) || first < 0 || first + count > asked) {
    noteBadRead(shadow, object, slot, offset, count);
    return;
  }
  const bytes = shadow.record.extraAt + shadow.valueLow(op);
  const { image, record } = shadow;
  if (shadow.objects.writes.agree(image, object, first, first + count, record.u8, bytes)) return;
  let isWritten = true;
  for (let i = 0; i < count; i++) {
    const expected = shadow.objects.writes.byteAt(shadow.image, object, first + i);
    const found = shadow.record.u8[bytes + i];
    if (expected === UNKNOWN_BYTE) {
      const isOwn = shadow.objects.writes.writerAt(object, first + i) !== NONE;
      isWritten &&= isOwn;
      if (!isOwn && found !== 0 && isCleared(shadow, object)) {
        shadow.violate("not-zeroed", shadow.objects.cache(object), object, found, 0);
        return;
      }
    } else if (expected !== found) {
      noteWrongByte(shadow, object, first + i, found, expected);
      return;
    }
  }
  if (!isWritten && startsEmpty(shadow, object)) {
    noteRead(shadow, "uninitialised-read", object, slot, offset, count);
  }
}

/** Objects of a cache with a constructor, or with R, keep what was in them. */
function startsEmpty(shadow: Shadow, object: number): boolean {
  const cache = shadow.objects.cache(object);
  if (cache === NONE) return true;
  return (shadow.caches.layouts[cache].letters & (Letter.CTOR | Letter.R)) === 0;
}

function noteRead(
  shadow: Shadow,
  cause: Cause,
  object: number,
  slot: number,
  offset: number,
  length: number,
): void {
  const at = shadow.targetAt(slot, offset);
  shadow.damages.push(damageOfRead(shadow, { op: shadow.op, cause, object, at, length }));
}

function noteBadRead(
  shadow: Shadow,
  object: number,
  slot: number,
  offset: number,
  count: number,
): void {
  const isLive = shadow.objects.isLive(object);
  noteRead(shadow, isLive ? "read-out-of-bounds" : "read-after-free", object, slot, offset, count);
}

function noteWrongByte(
  shadow: Shadow,
  object: number,
  offset: number,
  found: number,
  expected: number,
): void {
  const source = shadow.objects.writes.sourceAt(object, offset);
  const cache = shadow.objects.cache(object);
  switch (source) {
    case Source.ZERO:
      shadow.violate("not-zeroed", cache, object, found, expected);
      return;
    case Source.CONSTRUCTED:
      shadow.violate("not-constructed", cache, object, found, expected);
      return;
    default:
      shadow.violate("contents-changed", cache, object, found, expected);
      return;
  }
}
