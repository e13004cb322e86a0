// The kinds of operations of a dense program, and how often each comes.
import { Letter } from "../../src/abi.ts";
import type { Prng } from "../../src/base/prng.ts";
import { has, type Sketch, type SketchCache } from "./sketch.ts";

export interface Kind {
  readonly add: (sketch: Sketch) => void;
  readonly weight: number;
  /** A mistake of the program. */
  readonly isDamage: boolean;
  /** Never switched off. */
  readonly isBasic: boolean;
}

const HELD_MAX = 60;
const TRACK_BYTES = 32;
const GLOBAL_WORDS = 250;
const HEADS = 60;
const BYTES = ["00", "41", "6b", "a5", "5a", "bb", "cc", "ff", "c7", "80"];
const RUNS = [1, 1, 1, 2, 3, 4, 7, 8, 8, 9, 16, 24, 33, 64];
const WILD = "0x4141414141414141";

export const DENSE_KINDS: readonly Kind[] = [
  basic(26, allocOne),
  basic(20, freeOne),
  clean(4, allocZeroed),
  clean(3, allocSeveral),
  clean(2, freeSeveral),
  clean(2, allocBulk),
  clean(2, freeBulk),
  clean(6, useObject),
  clean(4, readObject),
  clean(2, listCache),
  clean(2, stateCache),
  clean(3, (sketch) => sketch.add(`validate ${sketch.pickCache().name}`)),
  clean(1.5, (sketch) => sketch.add(`shrink ${sketch.pickCache().name}`)),
  clean(0.5, (sketch) => sketch.add("ctorcalls")),
  clean(0.3, (sketch) => sketch.add(`geometry ${sketch.pickCache().name}`)),
  clean(0.5, readFreePointer),
  clean(0.7, emptyAndRefill),
  clean(1, linkLists),
  damage(14, damageObject),
  damage(5, damageFreePointer),
  damage(3, forgeFreePointer),
  damage(4, freeTwice),
  damage(2, freeInside),
  damage(2, freeIntoAnother),
  damage(1, freeNamedMemory),
  damage(2, freeBulkBadly),
  damage(2, damageTail),
  damage(2, damageTracks),
  damage(1, linkDamaged),
  damage(0.4, destroyEarly),
];

function basic(weight: number, add: Kind["add"]): Kind {
  return { add, weight, isDamage: false, isBasic: true };
}

function clean(weight: number, add: Kind["add"]): Kind {
  return { add, weight, isDamage: false, isBasic: false };
}

function damage(weight: number, add: Kind["add"]): Kind {
  return { add, weight, isDamage: true, isBasic: false };
}

function allocOne(sketch: Sketch): void {
  const cache = sketch.pickCache();
  if (cache.held.length >= HELD_MAX) sketch.free(cache);
  else sketch.alloc(cache);
}

function freeOne(sketch: Sketch): void {
  const cache = sketch.pickCache();
  if (cache.held.length > 0) sketch.free(cache);
}

function allocZeroed(sketch: Sketch): void {
  const cache = sketch.pickCache();
  const slot = sketch.alloc(cache, true);
  sketch.add(`read ${slot} ${Math.max(0, cache.size - 16)} ${Math.min(cache.size, 16)}`);
}

function allocSeveral(sketch: Sketch): void {
  const cache = sketch.pickCache();
  const count = sketch.prng.between(1, 20);
  allocPrefixed(sketch, cache, "allocn", count);
}

function allocBulk(sketch: Sketch): void {
  allocPrefixed(sketch, sketch.pickCache(), "bulkalloc", sketch.prng.between(1, 12));
}

function allocPrefixed(sketch: Sketch, cache: SketchCache, op: string, count: number): void {
  if (cache.held.length >= HELD_MAX) return;
  const prefix = sketch.newPrefix();
  sketch.add(`${op} ${cache.name} ${count} ${prefix}`);
  for (let i = 0; i < count; i++) cache.held.push(`${prefix}${i}`);
}

function freeSeveral(sketch: Sketch): void {
  const cache = sketch.pickCache();
  for (let count = sketch.prng.between(2, 12); count > 0 && cache.held.length > 0; count--) {
    sketch.free(cache);
  }
}

function freeBulk(sketch: Sketch): void {
  const cache = sketch.pickCache();
  const slots = takeSome(sketch, cache, 10);
  if (slots.length > 0) sketch.add(`bulkfree ${cache.name} ${slots.join(" ")}`);
}

/** Different slots that the script holds; it holds them no longer. */
function takeSome(sketch: Sketch, cache: SketchCache, most: number): string[] {
  const slots: string[] = [];
  for (let count = sketch.prng.between(1, most); count > 0 && cache.held.length > 0; count--) {
    const slot = sketch.prng.pick(cache.held);
    sketch.forget(cache, slot);
    slots.push(slot);
  }
  return slots;
}

function useObject(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const slot = sketch.heldSlot(cache);
  const length = prng.between(1, Math.min(cache.size, 200));
  const offset = prng.between(0, cache.size - length);
  sketch.add(`fill ${slot} ${offset} ${length} ${prng.pick(BYTES)}`);
}

function readObject(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const slot = sketch.anySlot(cache);
  const { redLeftPad, cellEnd } = cache.layout;
  const first = prng.oneIn(2) ? 0 : prng.between(-redLeftPad, cellEnd - 1);
  const length = Math.min(cellEnd - first, prng.between(1, 64));
  sketch.add(`read ${slot} ${first} ${length}`);
}

function listCache(sketch: Sketch): void {
  sketch.add(`list ${sketch.pickCache().name}`);
}

function stateCache(sketch: Sketch): void {
  sketch.add(`state ${sketch.pickCache().name}`);
}

function readFreePointer(sketch: Sketch): void {
  const cache = sketch.pickCache();
  if (has(cache.layout, Letter.CTOR)) return;
  sketch.add(`rfp ${cache.name} ${sketch.freedSlot(cache)}`);
}

/** Slabs become full, then empty: they wander through every list there is. */
function emptyAndRefill(sketch: Sketch): void {
  const cache = sketch.pickCache();
  const count = Math.min(cache.layout.objects * sketch.prng.between(1, 4), HELD_MAX);
  allocPrefixed(sketch, cache, "allocn", count);
  for (let left = sketch.prng.between(0, count); left > 0; left--) freeOne(sketch);
}

function linkLists(sketch: Sketch): void {
  const { prng } = sketch;
  const head = headOf(prng);
  const caches = sketch.caches.filter(({ size }) => size >= 16);
  if (caches.length === 0) return;
  const cache = prng.pick(caches);
  sketch.add(`listinit ${head}`);
  const slots = [sketch.heldSlot(cache), sketch.alloc(cache)];
  for (const slot of slots) sketch.add(`${prng.pick(["listadd", "listaddtail"])} ${slot} ${head}`);
  sketch.add(`listwalk ${head}`);
  if (prng.oneIn(2)) sketch.add(`listdel ${prng.pick(slots)}`);
}

function headOf(prng: Prng): string {
  return `${prng.pick(["glob", "vglob"])}+${16 * prng.below(HEADS)}`;
}

// ------------------------------------------------------------------------------------- damage

/** Offsets of an object where something begins or ends. */
function edgesOf({ layout, size }: SketchCache): number[] {
  const { redLeftPad, offset, inuse, infoEnd, paddingStart, cellEnd } = layout;
  const edges = [0, size - 1, size, size + 1, inuse - 1, inuse, offset, offset + 7, infoEnd];
  const outer = [paddingStart, cellEnd - 1, cellEnd, -1, -8, -redLeftPad, -redLeftPad - 1];
  return [...edges, ...outer];
}

function damageObject(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const slot = sketch.anySlot(cache);
  const length = prng.pick(RUNS);
  const edge = prng.pick(edgesOf(cache));
  const offset = prng.oneIn(3) ? edge - length + 1 : edge;
  sketch.add(damageLine(prng, slot, offset, length));
  follow(sketch, cache, slot);
}

function damageLine(prng: Prng, slot: string, offset: number, length: number): string {
  switch (prng.below(4)) {
    case 0:
      return `xor ${slot} ${offset} ${(1 << prng.below(8)).toString(16).padStart(2, "0")}`;
    case 1:
      return `write ${slot} ${offset} ${Array.from({ length }, () => prng.pick(BYTES)).join("")}`;
    default:
      return `fill ${slot} ${offset} ${length} ${prng.pick(BYTES)}`;
  }
}

/** What comes across the damage. */
function follow(sketch: Sketch, cache: SketchCache, slot: string): void {
  switch (sketch.prng.below(5)) {
    case 0:
      sketch.add(`validate ${cache.name}`);
      return;
    case 1:
      if (cache.held.includes(slot)) sketch.free(cache, slot);
      else sketch.alloc(cache);
      return;
    case 2:
      listCache(sketch);
      return;
    default:
      return;
  }
}

function damageFreePointer(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const slot = prng.oneIn(3) ? sketch.heldSlot(cache) : sketch.freedSlot(cache);
  const mask = prng.pick(["01", "04", "08", "10", "40", "80", "0000000000000041", "000000000080"]);
  sketch.add(`xor ${slot} fp ${mask}`);
  follow(sketch, cache, slot);
}

function forgeFreePointer(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const slot = prng.oneIn(4) ? sketch.heldSlot(cache) : sketch.freedSlot(cache);
  const value = forgedValue(sketch, cache, slot);
  if (prng.oneIn(3)) sketch.add(`wptr ${slot} ${cache.layout.offset} ${value}`);
  else sketch.add(`wfp ${cache.name} ${slot} ${value}`);
  follow(sketch, cache, slot);
}

function forgedValue(sketch: Sketch, cache: SketchCache, slot: string): string {
  const { prng } = sketch;
  switch (prng.below(8)) {
    case 0:
      return "null";
    case 1:
      return slot;
    case 2:
      return sketch.heldSlot(cache);
    case 3:
      return sketch.freedSlot(cache);
    case 4:
      return `${prng.pick(["glob", "vglob"])}+${8 * prng.below(GLOBAL_WORDS)}`;
    case 5:
      return `${slot}+${prng.pick([1, 4, 8, 16, cache.layout.size])}`;
    case 6:
      return sketch.anySlot(sketch.pickCache());
    default:
      return WILD;
  }
}

function freeTwice(sketch: Sketch): void {
  const cache = sketch.pickCache();
  const slot = sketch.freedSlot(cache);
  for (let between = sketch.prng.below(3); between > 0; between--) freeOne(sketch);
  sketch.add(`free ${cache.name} ${slot}`);
}

function freeInside(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const slot = sketch.heldSlot(cache);
  const { size, redLeftPad, offset } = cache.layout;
  const by = prng.pick([1, 4, 8, 16, size, size + 8, -8, -redLeftPad, -size, offset]);
  sketch.add(`freeoff ${cache.name} ${slot} ${by}`);
}

function freeIntoAnother(sketch: Sketch): void {
  const cache = sketch.pickCache();
  const other = sketch.pickCache();
  const slot = sketch.heldSlot(cache);
  sketch.add(`free ${other.name} ${slot}`);
  sketch.forget(cache, slot);
}

function freeNamedMemory(sketch: Sketch): void {
  const { prng } = sketch;
  const place = prng.pick(["glob+64", "vglob+64", "glob+72", "null", "null+8"]);
  sketch.add(`free ${sketch.pickCache().name} ${place}`);
}

/** A batch with an object that does not belong into it, or twice the same. */
function freeBulkBadly(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const slots = takeSome(sketch, cache, 6);
  const bad = [slots[0] ?? "glob+64", sketch.freedSlot(cache), `${sketch.heldSlot(cache)}+8`];
  slots.splice(prng.below(slots.length + 1), 0, prng.pick(bad));
  if (prng.oneIn(3)) slots.push(sketch.anySlot(sketch.pickCache()));
  sketch.add(`bulkfree ${cache.name} ${slots.join(" ")}`);
}

/** The bytes behind the last object of a slab. */
function damageTail(sketch: Sketch): void {
  const { prng } = sketch;
  const cache = sketch.pickCache();
  const { layout } = cache;
  const tail = (4096 << layout.order) - layout.objects * layout.size;
  if (tail <= 0) return;
  const last = layout.objects * layout.size - layout.redLeftPad;
  const offset = last + prng.pick([0, tail - 1, prng.below(tail)]);
  const index = prng.oneIn(2) ? 0 : prng.below(layout.objects);
  const slot = cache.held[0] ?? sketch.alloc(cache);
  sketch.add(`fill ${slot} ${offset - index * layout.size} ${prng.between(1, 8)} 41`);
  if (prng.oneIn(2)) sketch.add(`validate ${cache.name}`);
}

function damageTracks(sketch: Sketch): void {
  const { prng } = sketch;
  const caches = sketch.caches.filter(({ layout }) => layout.trackSize > 0);
  if (caches.length === 0) return;
  const cache = prng.pick(caches);
  const track = cache.layout.infoEnd + (prng.oneIn(2) ? TRACK_BYTES : 0);
  const [offset, length] = prng.pick([
    [0, 8],
    [8, 4],
    [12, 4],
    [16, 4],
    [24, 8],
    [0, 32],
  ]);
  const slot = sketch.anySlot(cache);
  sketch.add(`fill ${slot} ${track + offset} ${length} ${prng.pick(["41", "00", "ff"])}`);
  follow(sketch, cache, slot);
}

function linkDamaged(sketch: Sketch): void {
  const { prng } = sketch;
  const head = headOf(prng);
  const cache = sketch.pickCache();
  const slot = sketch.heldSlot(cache);
  const offset = prng.pick([0, 8, Math.max(0, (cache.size - 8) & -8), cache.layout.offset]);
  sketch.add(`listinit ${head}`);
  sketch.add(`listadd ${slot}+${offset} ${head}`);
  if (prng.oneIn(2)) sketch.add(`wptr ${head} ${prng.pick([0, 8])} ${sketch.anySlot(cache)}`);
  sketch.add(prng.oneIn(2) ? `listdel ${slot}+${offset}` : `listadd ${slot}+${offset} ${head}`);
}

function destroyEarly(sketch: Sketch): void {
  const cache = sketch.pickCache();
  sketch.heldSlot(cache);
  sketch.add(`destroy ${cache.name}`);
}
