// Frees. One that the program may do ends the life of an object; any other is damage, whose cause
// is what the pointer was.
import { Profile, TARGET_SIZE } from "../../abi.ts";
import { readU16, readU32 } from "../../base/bytes.ts";
import { causeOfBadFree } from "./blame.ts";
import type { Cause } from "./cause.ts";
import type { Damage, Segment } from "./damage.ts";
import { expectAtBadFree } from "./expect.ts";
import { checksOperations } from "./layout.ts";
import { release } from "./ownership.ts";
import { giveBackPlainly } from "./plain.ts";
import { segmentsOf } from "./segments.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

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
  const count = words[4 * op + 1] >>> 16;
  const targets = words[4 * op + 3];
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
