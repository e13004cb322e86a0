// The program's own reads and writes: within its rights they tell what a byte must hold from then
// on; beyond them they are damage.
import { Op, Status } from "../abi.ts";
import type { Cause } from "./cause.ts";
import { damageOfWrite, type Segment } from "./damage.ts";
import { LIST_HEAD_BYTES } from "./lists.ts";
import { Source, UNKNOWN_BYTE } from "./objects.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

const POINTER_BYTES = 8;

export function stepFill(shadow: Shadow, op: number, slot: number, offset: number): void {
  write(shadow, op, slot, offset, shadow.image.words[4 * op + 3]);
}

/** `write`, `xor`, `wptr` and `wfp`: all but `fill`. */
export function stepWrite(shadow: Shadow, op: number, slot: number, offset: number): void {
  write(shadow, op, slot, offset + freePointerShift(shadow, op, slot), writtenBytes(shadow, op));
}

/** Bytes that an operation writes at its target; 0 for one that writes nothing. */
export function writtenBytes(shadow: Shadow, op: number): number {
  const { words } = shadow.image;
  switch (words[4 * op] & 0xff) {
    case Op.WRITE:
    case Op.XOR:
      return words[4 * op + 1] >>> 16;
    case Op.FILL:
      return words[4 * op + 3];
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
  const word0 = shadow.image.words[4 * op];
  const kind = word0 & 0xff;
  if (kind === Op.WFP) return offsetOfCache(shadow, shadow.caches.cacheOf(word0 >>> 16));
  if (kind !== Op.XOR || (word0 & 0x100) === 0) return 0;
  const object = shadow.slotObject[slot];
  return object === NONE ? 0 : offsetOfCache(shadow, shadow.objects.cache[object]);
}

function offsetOfCache(shadow: Shadow, cache: number): number {
  return cache === NONE ? 0 : shadow.caches.layouts[cache].offset;
}

function write(shadow: Shadow, op: number, slot: number, offset: number, length: number): void {
  if (shadow.lists.count > 0) {
    const { high, low } = shadow.addressOf(slot, offset);
    shadow.lists.overwrite(high, low, length);
  }
  noteWrite(shadow, op, slot, offset, length);
}

/** Follows a write; true if all of it lies in the program's own memory. */
export function noteWrite(
  shadow: Shadow,
  op: number,
  slot: number,
  offset: number,
  length: number,
): boolean {
  const object = shadow.slotObject[slot];
  const first = shadow.offsetOf(slot, offset);
  if (object !== NONE && shadow.objects.isLive(object)) {
    const asked = shadow.objects.asked[object];
    if (first < asked && first + length > 0) {
      shadow.wrote(object, first, Math.min(first + length, asked));
    }
    if (first >= 0 && first + length <= asked) return true;
  } else if (object === NONE && shadow.targetAt(slot, offset) === NONE) {
    return true; // glob, vglob and named regions are the program's own
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
  const object = shadow.slotObject[slot];
  const at = shadow.status(op) === Status.FAULT ? NONE : shadow.targetAt(slot, offset);
  const damage = damageOfWrite(shadow, { op, cause: "stray-write", object, at, length });
  const first = shadow.offsetOf(slot, offset);
  const cause = causeOfWrite(shadow, op, object, first, length, damage.segments);
  shadow.damages.push({ ...damage, cause });
}

function causeOfWrite(
  shadow: Shadow,
  op: number,
  object: number,
  first: number,
  length: number,
  segments: readonly Segment[],
): Cause {
  if (object === NONE) return "stray-write";
  if (!shadow.objects.isLive(object)) return causeOfStaleWrite(shadow, op, segments);
  if (isListOperation(shadow, op)) return "wrong-size-use";
  if (first < 0) return "overflow-left";
  const end = first + length;
  if (end !== shadow.objects.asked[object] + 1) return "overflow-right";
  return lastByteOf(shadow, op, length) === 0 ? "off-by-one-nul" : "off-by-one";
}

function causeOfStaleWrite(shadow: Shadow, op: number, segments: readonly Segment[]): Cause {
  if (segments.some((segment) => segment.object !== NONE)) return "write-after-reuse";
  const kind = shadow.image.words[4 * op] & 0xff;
  const writesPointer = kind === Op.WPTR || kind === Op.WFP || kind === Op.XOR;
  const hitsPointer = segments.some((segment) => segment.region === Region.FREE_POINTER);
  return writesPointer && hitsPointer ? "free-pointer-forge" : "write-after-free";
}

function isListOperation(shadow: Shadow, op: number): boolean {
  const kind = shadow.image.words[4 * op] & 0xff;
  return kind >= Op.LIST_INIT && kind <= Op.LIST_DEL;
}

/** The last byte that a `write` or `fill` stores. */
function lastByteOf(shadow: Shadow, op: number, length: number): number {
  const { words, payload } = shadow.image;
  if ((words[4 * op] & 0xff) === Op.FILL) return (words[4 * op] >>> 8) & 0xff;
  return (words[4 * op] & 0xff) === Op.WRITE ? payload[words[4 * op + 3] + length - 1] : 1;
}

/** Bytes that were read from a live object must be those that its owner, or the allocator, left. */
export function stepRead(shadow: Shadow, op: number, slot: number, offset: number): void {
  const object = shadow.slotObject[slot];
  if (object === NONE || !shadow.objects.isLive(object)) return;
  const first = shadow.offsetOf(slot, offset);
  if (first < 0) return;
  const count = Math.min(shadow.aux(op), shadow.objects.asked[object] - first);
  const bytes = shadow.record.extraAt + shadow.valueLow(op);
  for (let i = 0; i < count; i++) {
    const expected = shadow.objects.byteAt(shadow.image, object, first + i);
    const found = shadow.record.u8[bytes + i];
    if (expected !== UNKNOWN_BYTE && expected !== found) {
      noteWrongByte(shadow, object, first + i, found, expected);
      return;
    }
  }
}

function noteWrongByte(
  shadow: Shadow,
  object: number,
  offset: number,
  found: number,
  expected: number,
): void {
  const source = shadow.objects.sourceAt(object, offset);
  const cache = shadow.objects.cache[object];
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
