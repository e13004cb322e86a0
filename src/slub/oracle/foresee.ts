// What the next operation is about to do, before it runs: whether it may, and where it will write.
import { Op, TARGET_SIZE } from "../../abi.ts";
import { readU16, readU32 } from "../../base/bytes.ts";
import { argOf, offsetOf, opOf, slot2Of, slotOf } from "../program/record.ts";
import { freePointerShift, writtenBytes } from "./access.ts";
import { flipsOneBit } from "./blame.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** RAM that an operation is going to write by itself. */
interface WriteTarget {
  readonly at: number;
  readonly length: number;
}

/** Where operation `op` will write; undefined if it writes nothing, or nothing in RAM. */
export function targetOfWrite(shadow: Shadow, op: number): WriteTarget | undefined {
  const length = writtenBytes(shadow, op);
  if (length === 0) return undefined;
  const slot = slotOf(shadow.image.words, op);
  const offset = offsetOf(shadow.image.words, op);
  const at = shadow.targetAt(slot, offset + freePointerShift(shadow, op, slot));
  return at === NONE ? undefined : { at, length };
}

/** Whether an operation oversteps the rights of the program. */
export function isSuspicious(shadow: Shadow, op: number): boolean {
  const { words } = shadow.image;
  const slot = slotOf(words, op);
  const offset = offsetOf(words, op);
  switch (opOf(words, op)) {
    case Op.FREE:
    case Op.KFREE:
    case Op.KREALLOC:
    case Op.FREE_RCU:
    case Op.KFREE_NOLOCK:
      return !isOwnObject(shadow, slot, offset);
    case Op.FREE_N:
    case Op.BULK_FREE:
      return hasBadTarget(shadow, op);
    default:
      return isBadWrite(shadow, op, slot, offset);
  }
}

function isOwnObject(shadow: Shadow, slot: number, displacement: number): boolean {
  const object = shadow.slots.object(slot);
  if (object === NONE || shadow.offsetOf(slot, displacement) !== 0) return false;
  return shadow.objects.isLive(object);
}

function hasBadTarget(shadow: Shadow, op: number): boolean {
  const { words, payload } = shadow.image;
  const count = slot2Of(words, op);
  for (let i = 0; i < count; i++) {
    const at = argOf(words, op) + i * TARGET_SIZE;
    if (!isOwnObject(shadow, readU16(payload, at), readU32(payload, at + 4) | 0)) return true;
  }
  return false;
}

function isBadWrite(shadow: Shadow, op: number, slot: number, displacement: number): boolean {
  const length = writtenBytes(shadow, op);
  if (length === 0) return false;
  if (flipsOneBit(shadow, op)) return true;
  const offset = displacement + freePointerShift(shadow, op, slot);
  const object = shadow.slots.object(slot);
  if (object === NONE) return shadow.targetAt(slot, offset) !== NONE;
  const first = shadow.offsetOf(slot, offset);
  if (!shadow.objects.isLive(object)) return true;
  return first < 0 || first + length > shadow.objects.asked(object);
}
