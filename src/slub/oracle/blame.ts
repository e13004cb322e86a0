// What to call a mistake: the cause behind a forbidden write or free, from where it fell
// and what the pointer was. The most particular name wins (cause.ts says what each means).
import { Letter, Op, PAGE_SHIFT, Profile } from "../../abi.ts";
import { argOf, auxOf, opOf, slot2Of } from "../program/record.ts";
import type { Cause } from "./cause.ts";
import type { Damage, Segment } from "./damage.ts";
import { pointerValueOf } from "./free_pointer.ts";
import { waitsInSheaves } from "./layout.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

interface WriteFacts {
  /** The object that was written through, NONE for an address of the program's own. */
  readonly object: number;
  /** First byte, from the object. */
  readonly first: number;
  readonly length: number;
  readonly damage: Damage;
}

export function causeOfWrite(shadow: Shadow, facts: WriteFacts): Cause {
  const { object, damage } = facts;
  if (damage.segments.some(isOfSheaf)) return "sheaf-overwrite";
  if (object === NONE) return "stray-write";
  if (!shadow.objects.isLive(object)) return causeOfStaleWrite(shadow, object, damage);
  if (isListOperation(shadow, damage.op)) return "wrong-size-use";
  if (facts.first < 0) return "overflow-left";
  return causeOfOverflow(shadow, facts);
}

function causeOfOverflow(shadow: Shadow, facts: WriteFacts): Cause {
  const { object, first, length, damage } = facts;
  const { segments } = damage;
  const asked = shadow.objects.asked(object);
  if (first + length <= shadow.objects.askedMost(object)) return "krealloc-misuse";
  if (isAll(segments, Region.SLAB_TAIL)) return "slab-padding";
  const earlier = shadow.damages.find((one) => one.object === object && isOverflow(one.cause));
  if (earlier !== undefined && first > asked) {
    earlier.cause = "overflow-strided";
    return "overflow-strided";
  }
  if (isAll(segments, Region.SLACK)) return "overflow-slack";
  if (first + length === asked + 1) {
    return lastByteOf(shadow, damage.op, length) === 0 ? "off-by-one-nul" : "off-by-one";
  }
  const isFar = coversNext(shadow, object, first + length - asked);
  return isFar ? "overflow-far" : "overflow-right";
}

function isAll(segments: readonly Segment[], region: Region): boolean {
  return segments.length > 0 && segments.every((segment) => segment.region === region);
}

function isOfSheaf({ region, changed }: Segment): boolean {
  return changed && region === Region.SHEAF;
}

function isOverflow(cause: Cause): boolean {
  switch (cause) {
    case "overflow-right":
    case "overflow-far":
    case "overflow-strided":
    case "off-by-one":
    case "off-by-one-nul":
      return true;
    default:
      return false;
  }
}

/** So much that all of the next object's cell is covered. */
function coversNext(shadow: Shadow, object: number, bytesBeyond: number): boolean {
  const cache = shadow.objects.cache(object);
  return cache !== NONE && bytesBeyond > shadow.caches.layouts[cache].size;
}

function causeOfStaleWrite(shadow: Shadow, object: number, damage: Damage): Cause {
  if (diedByKrealloc(shadow, object)) return "krealloc-misuse";
  if (isCacheGone(shadow, object)) return "use-after-destroy";
  if (isElsewhere(shadow, object, damage.at)) return "cross-cache-reuse";
  const isAnothers = (segment: Segment) => segment.object !== NONE && segment.object !== object;
  if (damage.segments.some(isAnothers)) return "write-after-reuse";
  const forged = damage.segments.find((segment) => segment.region === Region.FREE_POINTER);
  if (forged === undefined || !writesPointer(shadow, damage.op)) return "write-after-free";
  return leadsBack(shadow, damage, forged) ? "freelist-cycle" : "free-pointer-forge";
}

/** The new link leads to the object itself, or to one that was freed after it. */
function leadsBack(shadow: Shadow, damage: Damage, forged: Segment): boolean {
  const { kind, cell } = pointerValueOf(shadow, damage, forged);
  if (kind !== "free-object") return false;
  return freedAt(shadow, cell) >= freedAt(shadow, forged.cell);
}

/** When the cell became free; NONE if it always was. */
function freedAt(shadow: Shadow, cell: number): number {
  const last = shadow.objects.lastIn(cell);
  return last === NONE ? NONE : shadow.objects.diedAt(last);
}

/** The cause of a forbidden free. */
export function causeOfBadFree(
  shadow: Shadow,
  cache: number,
  slot: number,
  displacement: number,
): Cause {
  const object = shadow.slots.object(slot);
  if (object === NONE) return "invalid-free-foreign";
  if (shadow.offsetOf(slot, displacement) !== 0) return "invalid-free-interior";
  if (shadow.objects.isLive(object)) {
    return leaksByDesign(shadow, cache) ? "wrong-cache-leak" : "wrong-cache-free";
  }
  if (shadow.grace.includes(object)) return "double-free-rcu";
  return causeOfSecondFree(shadow, cache, object);
}

/** 7.3 gives an object to no cache where it sees that the one that was named is wrong. */
function leaksByDesign(shadow: Shadow, cache: number): boolean {
  const { profile, hardened } = shadow.machine;
  if (profile !== Profile.V73 || cache === NONE || isBulk(shadow)) return false;
  return hardened || (shadow.caches.layouts[cache].letters & Letter.F) !== 0;
}

function causeOfSecondFree(shadow: Shadow, cache: number, object: number): Cause {
  if (diedByKrealloc(shadow, object) || opAt(shadow, shadow.op) === Op.KREALLOC) {
    return "krealloc-misuse";
  }
  if (isCacheGone(shadow, object)) return "use-after-destroy";
  if (isElsewhere(shadow, object, shadow.objects.at(object))) return "double-free-after-discard";
  const cell = shadow.objects.cell(object);
  if (cell !== NONE && shadow.slabs.cellObject[cell] !== NONE) return "double-free-after-reuse";
  if (isBulk(shadow) && shadow.objects.diedAt(object) === shadow.op) return "double-free-bulk";
  const owner = shadow.objects.cache(object);
  const seen = shadow.sightingFor(shadow.op);
  if (seen !== undefined && owner !== NONE && waitsInSheaves(shadow.caches.layouts[owner])) {
    return seen.isWaiting ? "double-free-in-sheaf" : "double-free-sheaf-and-slab";
  }
  const isLast = owner !== NONE && shadow.caches.lastFreed(owner) === object;
  return isLast && owner === cache ? "double-free" : "double-free-interleaved";
}

function isBulk(shadow: Shadow): boolean {
  return opAt(shadow, shadow.op) === Op.BULK_FREE;
}

function opAt(shadow: Shadow, op: number): number {
  return opOf(shadow.image.words, op);
}

function diedByKrealloc(shadow: Shadow, object: number): boolean {
  const died = shadow.objects.diedAt(object);
  return died !== NONE && opAt(shadow, died) === Op.KREALLOC;
}

/** The cache of an object was destroyed since. */
function isCacheGone(shadow: Shadow, object: number): boolean {
  const cache = shadow.objects.cache(object);
  if (cache === NONE) return false;
  return !shadow.caches.isAlive(cache) || shadow.caches.bornAt(cache) > bornAt(shadow, object);
}

function bornAt(shadow: Shadow, object: number): number {
  return shadow.objects.bornAt(object);
}

/** What lies at the place of a dead object is not the slab that it was in. */
function isElsewhere(shadow: Shadow, object: number, at: number): boolean {
  if (at === NONE || at >>> PAGE_SHIFT >= shadow.machine.ramPages) return false;
  const slab = shadow.objects.slab(object);
  if (slab === NONE) return false;
  return shadow.slabs.isGone(slab) || shadow.slabs.slabAt(at) !== slab;
}

function writesPointer(shadow: Shadow, op: number): boolean {
  const kind = opAt(shadow, op);
  return kind === Op.WPTR || kind === Op.WFP || kind === Op.XOR;
}

function isListOperation(shadow: Shadow, op: number): boolean {
  const kind = opAt(shadow, op);
  return kind >= Op.LIST_INIT && kind <= Op.LIST_DEL;
}

/** `xor` of a single bit stands for a bit that flips by itself, in whatever memory. */
export function flipsOneBit(shadow: Shadow, op: number): boolean {
  if (opAt(shadow, op) !== Op.XOR) return false;
  const { words, payload } = shadow.image;
  const length = slot2Of(words, op);
  const first = argOf(words, op);
  let bits = 0;
  for (let i = first; i < first + length; i++) {
    for (let byte = payload[i]; byte !== 0; byte &= byte - 1) bits++;
  }
  return bits === 1;
}

/** The last byte that a `write` or `fill` stores. */
function lastByteOf(shadow: Shadow, op: number, length: number): number {
  const { words, payload } = shadow.image;
  if (opAt(shadow, op) === Op.FILL) return auxOf(words, op);
  return opAt(shadow, op) === Op.WRITE ? payload[argOf(words, op) + length - 1] : 1;
}
