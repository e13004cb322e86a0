// One operation, as it must have been: brings the shadow up to date with what was asked and
// answered.
import { Letter, Op, Status, TARGET_SIZE } from "../../abi.ts";
import { readU16, readU32 } from "../../base/bytes.ts";
import { stepFill, stepPlainWrite, stepRead, stepWrite } from "./access.ts";
import { isKeptFromZeroing } from "./cleared.ts";
import { followPlain, giveBack, giveBackAll, obtainPlainly } from "./give_back.ts";
import { endAllGrace, stepFreeRcu, stepRcuBarrier } from "./grace.ts";
import { stepKfree, stepKmalloc, stepKrealloc, stepKsize } from "./kmalloc.ts";
import {
  stepCache,
  stepCpuDown,
  stepDestroy,
  stepKvalidate,
  stepShrink,
  stepValidate,
} from "./lifecycle.ts";
import { stepList } from "./list_ops.ts";
import { noteMisuse } from "./misuse.ts";
import { noteConstructed, obtain } from "./ownership.ts";
import { stepSheaf, takeFromSheaf } from "./prefilled.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { Source } from "./writes.ts";

/** Words of a record. */
const RECORD_WORDS = 4;

/** Follows operations `first` to `end` - 1, which have run; they must come in order. */
export function follow(shadow: Shadow, first: number, end: number): void {
  let op = first;
  while (op < end) {
    shadow.events.advance(op);
    // Whatever said nothing leaves nothing to read: the events need no look for a while.
    const quietEnd = Math.min(end, Math.max(shadow.events.nextOp, op + 1));
    while (op < quietEnd) {
      if (shadow.isUndisturbed) op = followPlain(shadow, op, quietEnd);
      if (op < quietEnd) step(shadow, op++);
    }
  }
}

/** Follows operation `op`, whose events have been read. */
function step(shadow: Shadow, op: number): void {
  shadow.op = op;
  const word0 = shadow.image.words[op * RECORD_WORDS];
  // Most operations are plain allocs and frees, which cannot be at fault by themselves.
  if ((word0 & 0xff) !== Op.FREE && (word0 & 0x1ff) !== Op.ALLOC) noteMisuse(shadow, op);
  const status = shadow.status(op);
  if (status === Status.OK) followOne(shadow, op);
  else followOdd(shadow, op, status);
}

function followOdd(shadow: Shadow, op: number, status: Status): void {
  switch (status) {
    case Status.CRASH:
    case Status.HANG:
      followEnd(shadow, op, status);
      return;
    case Status.NOT_RUN:
    case Status.NO_CACHE:
    case Status.LIMIT:
      return;
    default:
      followOne(shadow, op);
  }
}

/** The machine dies in an operation; if that was a mistake of the program, it is no wonder. */
function followEnd(shadow: Shadow, op: number, status: Status): void {
  const kind = shadow.image.words[op * RECORD_WORDS] & 0xff;
  if (mayBeTheMistake(kind)) followOne(shadow, op);
  shadow.violate(status === Status.CRASH ? "crash" : "hang", NONE);
  shadow.hasEnded = true;
}

/** Frees and list operations can kill the machine by themselves. */
function mayBeTheMistake(kind: number): boolean {
  const isFree = kind === Op.FREE || kind === Op.KFREE || kind === Op.KREALLOC;
  const isList = kind >= Op.LIST_INIT && kind <= Op.LIST_DEL;
  const isLater = kind === Op.FREE_RCU || kind === Op.KFREE_NOLOCK;
  return isFree || isLater || isList || kind === Op.FREE_N || kind === Op.BULK_FREE;
}

function followOne(shadow: Shadow, op: number): void {
  const word0 = shadow.image.words[op * RECORD_WORDS];
  const word1 = shadow.image.words[op * RECORD_WORDS + 1];
  const offset = shadow.image.words[op * RECORD_WORDS + 2] | 0;
  const slot = word1 & 0xffff;
  switch (word0 & 0xff) {
    case Op.ALLOC:
      obtainFrom(shadow, word0 >>> 16, slot, shadow.valueAt(op), (word0 & 0x100) !== 0);
      return;
    case Op.FREE:
      giveBack(shadow, shadow.caches.cacheOf(word0 >>> 16), slot, offset);
      return;
    case Op.FILL:
      stepFill(shadow, op, slot, offset);
      return;
    case Op.WRITE:
      stepPlainWrite(shadow, op, slot, offset, word1 >>> 16);
      return;
    case Op.XOR:
    case Op.WPTR:
    case Op.WFP:
      stepWrite(shadow, op, slot, offset);
      return;
    case Op.READ:
      stepRead(shadow, op, slot, offset);
      return;
    case Op.KMALLOC:
      stepKmalloc(shadow, op, slot, (word0 & 0x100) !== 0);
      return;
    case Op.KFREE:
      stepKfree(shadow, slot, offset);
      return;
    default:
      followRare(shadow, op, word0 >>> 16, slot, offset);
      return;
  }
}

function followRare(shadow: Shadow, op: number, name: number, slot: number, offset: number): void {
  const kind = shadow.image.words[op * RECORD_WORDS] & 0xff;
  switch (kind) {
    case Op.CACHE:
    case Op.CACHE_ARGS:
      stepCache(shadow, op, name);
      return;
    case Op.ALLOC_N:
    case Op.BULK_ALLOC:
      stepAllocMany(shadow, op, name);
      return;
    case Op.FREE_N:
    case Op.BULK_FREE:
      giveBackAll(shadow, op, name);
      return;
    case Op.KREALLOC:
      stepKrealloc(shadow, op, slot, offset);
      return;
    case Op.KSIZE:
      stepKsize(shadow, op, slot, offset);
      return;
    case Op.VALIDATE:
      stepValidate(shadow, op, name);
      return;
    case Op.SHRINK:
      stepShrink(shadow, op, name);
      return;
    case Op.DESTROY:
      stepDestroy(shadow, op, name);
      return;
    case Op.SLOT:
      stepSlot(shadow, op, slot);
      return;
    case Op.REGION:
      stepRegion(shadow, op, slot);
      return;
    case Op.SET_OFFSET:
      stepSetOffset(shadow, op, name);
      return;
    case Op.LIST_INIT:
    case Op.LIST_ADD:
    case Op.LIST_ADD_TAIL:
    case Op.LIST_DEL:
      stepList(shadow, op, slot, offset);
      return;
    case Op.CPU:
      shadow.cpu = shadow.image.words[op * RECORD_WORDS + 3];
      return;
    default:
      followSince73(shadow, op, name, slot, offset);
      return;
  }
}

/** Operations that only 7.3 has. */
function followSince73(
  shadow: Shadow,
  op: number,
  name: number,
  slot: number,
  offset: number,
): void {
  const word0 = shadow.image.words[op * RECORD_WORDS];
  const isOdd = (word0 & 0x100) !== 0;
  switch (word0 & 0xff) {
    case Op.SHEAF_GET:
    case Op.SHEAF_REFILL:
    case Op.SHEAF_PUT:
      stepSheaf(shadow, op);
      return;
    case Op.SHEAF_ALLOC: {
      const isSure = takeFromSheaf(shadow, op);
      const to = shadow.image.words[op * RECORD_WORDS + 1] >>> 16;
      obtainFrom(shadow, name, to, shadow.valueAt(op), isOdd, !isSure);
      return;
    }
    case Op.FREE_RCU:
      stepKfree(shadow, slot, offset, stepFreeRcu);
      return;
    case Op.RCU_BARRIER:
      if (isOdd) endAllGrace(shadow);
      else stepRcuBarrier(shadow);
      return;
    case Op.KMALLOC_NOLOCK:
      stepKmalloc(shadow, op, slot, isOdd);
      return;
    case Op.KFREE_NOLOCK:
      stepKfree(shadow, slot, offset);
      return;
    case Op.KVALIDATE:
      stepKvalidate(shadow, slot, offset);
      return;
    case Op.CPU_DOWN:
      if (!isOdd) stepCpuDown(shadow, shadow.image.words[op * RECORD_WORDS + 3]);
      return;
    default:
      return;
  }
}

/** A pointer came from a cache; NULL is right only where memory ran out. */
function obtainFrom(
  shadow: Shadow,
  name: number,
  slot: number,
  pointerAt: number,
  zero: boolean,
  mayBeNull = false,
): void {
  const handle = shadow.caches.handleOf(name);
  const cache = shadow.caches.cacheOfHandle(handle);
  const { i32 } = shadow.record;
  if (i32[pointerAt] === 0 && i32[pointerAt + 1] === 0) {
    shadow.slots.hold(slot, 0, 0);
    if (!mayBeNull && !shadow.events.memoryShort) shadow.violate("null-pointer", cache);
    return;
  }
  const asked = shadow.caches.sizeOfHandle(handle);
  const align = shadow.caches.alignOfHandle(handle);
  const id = obtain(shadow, cache, asked, align, slot, pointerAt);
  shadow.caches.use(cache);
  if (zero && !isKeptFromZeroing(shadow, cache)) {
    shadow.objects.writes.add(id, shadow.op, Source.ZERO, 0, asked, 0);
    shadow.touched(id);
  } else if ((shadow.caches.layouts[cache].letters & Letter.CTOR) !== 0) {
    noteConstructed(shadow, id);
  }
}

/** Slots of a list of targets, and the pointers that came for them. */
function stepAllocMany(shadow: Shadow, op: number, name: number): void {
  const { image, record } = shadow;
  const wanted = image.words[op * RECORD_WORDS + 1] >>> 16;
  const targets = image.words[op * RECORD_WORDS + 3];
  const got = shadow.aux(op);
  const pointers = (record.extraAt + shadow.valueLow(op)) >>> 2;
  if (got !== wanted && !shadow.events.memoryShort) {
    shadow.violate("wrong-bulk-count", shadow.caches.cacheOf(name), NONE, got, wanted);
  }
  for (let i = 0; i < Math.min(got, wanted); i++) {
    const slot = readU16(image.payload, targets + i * TARGET_SIZE);
    const at = pointers + 2 * i;
    const isDone = shadow.isUndisturbed && obtainPlainly(shadow, name, slot, at);
    if (!isDone) obtainFrom(shadow, name, slot, at, false);
  }
}

function stepSlot(shadow: Shadow, op: number, slot: number): void {
  const source = shadow.image.words[op * RECORD_WORDS + 1] >>> 16;
  const displacement = shadow.image.words[op * RECORD_WORDS + 3] | 0;
  const object = shadow.slots.object(source);
  if (object === NONE) shadow.slots.hold(slot, shadow.valueHigh(op), shadow.valueLow(op));
  else shadow.slots.point(slot, object, shadow.slots.offset(source) + displacement);
}

function stepRegion(shadow: Shadow, op: number, slot: number): void {
  const at = shadow.image.words[op * RECORD_WORDS + 3];
  const low = readU32(shadow.image.payload, at);
  const high = readU32(shadow.image.payload, at + 4);
  shadow.slots.hold(slot, high, low);
  shadow.windows.push({ high, low, size: shadow.image.words[op * RECORD_WORDS + 2] });
}

function stepSetOffset(shadow: Shadow, op: number, name: number): void {
  const cache = shadow.caches.cacheOf(name);
  if (cache === NONE) return;
  shadow.caches.layouts[cache].moveFreePointer(shadow.image.words[op * RECORD_WORDS + 3]);
}
