// What a program's mistake did, in bytes: one record for each operation that had no right to what
// it did. A write is cut into segments, one for each stretch of bytes that are the same thing of
// the same owner. Whether a byte really changed comes from the evidence, where there is some.
import { KMALLOC_CLASSES } from "../../abi.ts";
import type { Cause } from "./cause.ts";
import { checksOperations, type Layout, slabBytes } from "./layout.ts";
import type { Evidence } from "./record.ts";
import { Region, regionAt } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** Bytes of a free pointer. */
const WORD = 8;

/** Longer writes are described by their first bytes. */
const DESCRIBED_BYTES_MAX = 65536;

export interface Segment {
  readonly region: Region;
  /** The slab and the cell in it, NONE where there is none. */
  readonly slab: number;
  readonly cell: number;
  /** The object that lived in the cell, NONE if it was free. */
  readonly object: number;
  /** It is the object that the program wrote through. */
  readonly isOwn: boolean;
  /** RAM offsets: first byte, one past the last. */
  readonly first: number;
  readonly end: number;
  readonly changed: boolean;
  /** The bytes still are as the program left them, as far as anyone knows. */
  isOpen: boolean;
}

export interface Damage {
  readonly op: number;
  /** Later mistakes may show what an earlier one was part of. */
  cause: Cause;
  readonly kind: "write" | "free" | "read";
  /** The object that the program acted through, NONE for an address of its own. */
  readonly object: number;
  /** RAM offset of the first byte, or of the pointer that was freed; NONE if elsewhere. */
  readonly at: number;
  /** The slab that `at` lies in. */
  readonly slab: number;
  /** kmem_cache that the program named; NONE for a write. */
  readonly cache: number;
  readonly segments: readonly Segment[];
  /** Something changed. */
  readonly changed: boolean;
  /** The chain of free objects, or memory that nobody watches, may be wrong from here on. */
  readonly isStructural: boolean;
  /** A free that the kernel did not do. */
  readonly refused: boolean;
}

export interface AccessRequest {
  readonly op: number;
  readonly cause: Cause;
  readonly object: number;
  readonly at: number;
  readonly length: number;
}

/** The damage of a write of `length` bytes at `at`, without those that the writer owns. */
export function damageOfWrite(shadow: Shadow, request: AccessRequest): Damage {
  const { op, cause, object, at, length } = request;
  const segments = at === NONE ? [] : segmentsOf(shadow, request);
  const changed = at === NONE || segments.some((segment) => segment.changed);
  for (const segment of segments) {
    if (isStructural(segment)) closeUncheckedSlab(shadow, segments, segment.slab);
  }
  return {
    op,
    cause,
    kind: "write",
    object,
    at,
    slab: at === NONE || length === 0 ? NONE : shadow.slabs.slabAt(at),
    cache: NONE,
    segments,
    changed,
    isStructural: segments.some(isStructural),
    refused: false,
  };
}

/** Where nobody checks, a broken chain may take a slab anywhere: nothing in it is certain. */
function closeUncheckedSlab(shadow: Shadow, segments: readonly Segment[], slab: number): void {
  if (slab !== NONE && checksOperations(shadow.caches.layouts[shadow.slabs.cache(slab)])) return;
  for (const segment of segments) if (segment.slab === slab) segment.isOpen = false;
}

/** A read that the program had no right to; it changes nothing. */
export function damageOfRead(shadow: Shadow, request: AccessRequest): Damage {
  const { op, cause, object, at } = request;
  const read = at === NONE ? [] : segmentsOf(shadow, request);
  return {
    op,
    cause,
    kind: "read",
    object,
    at,
    slab: at === NONE ? NONE : shadow.slabs.slabAt(at),
    cache: NONE,
    segments: read.map((segment) => ({ ...segment, changed: false, isOpen: false })),
    changed: false,
    isStructural: false,
    refused: false,
  };
}

/** A changed free pointer of a free object, or a page that the oracle knows nothing about. */
function isStructural(segment: Segment): boolean {
  if (!segment.changed) return false;
  if (segment.region === Region.OTHER_PAGE) return true;
  return segment.region === Region.FREE_POINTER && segment.object === NONE;
}

/** What is written, cut where owner or kind of the bytes changes; the writer's own left out. */
export function segmentsOf(shadow: Shadow, request: AccessRequest): Segment[] {
  const segments: Segment[] = [];
  const end = request.at + Math.min(request.length, DESCRIBED_BYTES_MAX);
  const evidence = shadow.evidenceFor(request.op);
  for (let at = request.at; at < end; ) {
    const segment = segmentAt(shadow, request, at, end, evidence);
    if (!isWithinRights(segment)) segments.push(segment);
    at = segment.end;
  }
  return segments;
}

/** The longest stretch from `at` on that is one thing of one owner. */
function segmentAt(
  shadow: Shadow,
  request: AccessRequest,
  at: number,
  end: number,
  evidence: Evidence | undefined,
): Segment {
  const place = placeOf(shadow, at);
  const { region, slab, cell, object } = place;
  const stop = endOfPlace(shadow, place, at, end);
  const changed = hasChanged(evidence, at, stop);
  const isOwn = object !== NONE && object === request.object;
  const isSure = !mayBeGivenBack(shadow, slab) && !mayBeTheKernels(shadow, place);
  const isOpen = changed && isSure && isInView(evidence, at, stop);
  return { region, slab, cell, object, isOwn, first: at, end: stop, changed, isOpen };
}

/** An empty slab may already have been given back, and be something else. */
function mayBeGivenBack(shadow: Shadow, slab: number): boolean {
  return slab === NONE || shadow.slabs.live(slab) === 0;
}

/** The running kernel has objects in the kmalloc caches, where the program has never had any. */
function mayBeTheKernels(shadow: Shadow, { slab, cell, object }: Place): boolean {
  if (slab === NONE || cell === NONE || object !== NONE) return false;
  if (shadow.slabs.cache(slab) >= KMALLOC_CLASSES) return false;
  return shadow.objects.lastIn(cell) === NONE;
}

interface Place {
  readonly region: Region;
  readonly slab: number;
  readonly cell: number;
  readonly object: number;
}

/** One past the last byte, from `at` on, that is the same thing of the same owner. */
function endOfPlace(shadow: Shadow, place: Place, at: number, end: number): number {
  const { slabs } = shadow;
  const { region, slab, cell, object } = place;
  let stop = at + 1;
  if (cell === NONE) {
    while (stop < end && slabs.slabAt(stop) === slab) stop++;
    return stop;
  }
  const layout = shadow.caches.layouts[slabs.cache(slab)];
  const start = slabs.objectAt(slab, layout, cell - slabs.firstCell(slab));
  const last = Math.min(end, start - layout.redLeftPad + layout.size);
  while (stop < last && regionIn(shadow, layout, object, stop - start) === region) stop++;
  return stop;
}

/** What byte `offset` of a cell is, counted from the object that lives there (NONE: it is free). */
function regionIn(shadow: Shadow, layout: Layout, object: number, offset: number): Region {
  const region = regionAt(layout, offset, object !== NONE);
  if (region !== Region.PAYLOAD || object === NONE) return region;
  return offset >= shadow.objects.asked(object) ? Region.SLACK : region;
}

/** What a byte of RAM is, and whose. */
export function placeOf(shadow: Shadow, at: number): Place {
  const { slabs, caches } = shadow;
  const slab = slabs.slabAt(at);
  if (slab === NONE) return { region: Region.OTHER_PAGE, slab, cell: NONE, object: NONE };
  const layout = caches.layouts[slabs.cache(slab)];
  const index = slabs.indexAt(slab, layout, at);
  if (index >= slabs.objects(slab)) {
    return { region: Region.SLAB_TAIL, slab, cell: NONE, object: NONE };
  }
  const cell = slabs.firstCell(slab) + index;
  const object = slabs.cellObject[cell];
  const region = regionIn(shadow, layout, object, at - slabs.objectAt(slab, layout, index));
  return { region, slab, cell, object };
}

/** Payload of the object that was written through is not damage. */
function isWithinRights(segment: Segment): boolean {
  return segment.isOwn && segment.region === Region.PAYLOAD;
}

/** Beyond the evidence nobody knows whether a byte changed. */
function isInView(evidence: Evidence | undefined, first: number, end: number): boolean {
  if (evidence === undefined) return true;
  return first >= evidence.at && end <= evidence.at + evidence.before.length;
}

function hasChanged(evidence: Evidence | undefined, first: number, end: number): boolean {
  if (evidence === undefined) return true;
  const from = first - evidence.at;
  const to = end - evidence.at;
  if (from < 0 || to > evidence.before.length) return true;
  for (let i = from; i < to; i++) if (evidence.before[i] !== evidence.after[i]) return true;
  return false;
}

/** RAM offset of the free pointer of the cell at hand. */
export function freePointerAt(shadow: Shadow, slab: number, cell: number): number {
  const layout = shadow.caches.layouts[shadow.slabs.cache(slab)];
  const index = cell - shadow.slabs.firstCell(slab);
  return shadow.slabs.objectAt(slab, layout, index) + layout.offset;
}

/** What a free pointer leads to. */
export interface PointerValue {
  readonly kind: PointerKind;
  /** The object's cell, NONE where there is none. */
  readonly cell: number;
}

export type PointerKind =
  | "null"
  | "free-object"
  | "live-object"
  /** In the slab, but not where an object begins. */
  | "interior"
  /** Anywhere else. */
  | "outside"
  | "unknown";

const UNKNOWN_POINTER: PointerValue = { kind: "unknown", cell: NONE };

/**
 * What a damaged free pointer says now, seen from its own slab. Hardened pointers are not decoded.
 */
export function pointerValueOf(shadow: Shadow, damage: Damage, segment: Segment): PointerValue {
  const evidence = shadow.evidenceFor(damage.op);
  if (evidence === undefined || shadow.machine.hardened) return UNKNOWN_POINTER;
  const from = freePointerAt(shadow, segment.slab, segment.cell) - evidence.at;
  if (from < 0 || from + WORD > evidence.after.length) return UNKNOWN_POINTER;
  const bytes = new DataView(evidence.after.buffer, evidence.after.byteOffset + from, WORD);
  return classifyPointer(shadow, segment.slab, bytes.getUint32(4, true), bytes.getUint32(0, true));
}

function classifyPointer(shadow: Shadow, slab: number, high: number, low: number): PointerValue {
  if (high === 0 && low === 0) return { kind: "null", cell: NONE };
  const at = shadow.ram.offsetOf(high, low);
  const isInside = at !== NONE && shadow.slabs.slabAt(at) === slab;
  const layout: Layout = shadow.caches.layouts[shadow.slabs.cache(slab)];
  if (!isInside || at - shadow.slabs.base(slab) >= slabBytes(layout)) {
    return { kind: "outside", cell: NONE };
  }
  const cell = shadow.slabs.cellAt(slab, layout, at);
  if (cell < 0) return { kind: "interior", cell: NONE };
  const isFree = shadow.slabs.cellObject[cell] === NONE;
  return { kind: isFree ? "free-object" : "live-object", cell };
}

/** A value that check_valid_pointer() of any kernel refuses. */
export function isRefusedPointer({ kind }: PointerValue): boolean {
  return kind === "interior" || kind === "outside";
}
