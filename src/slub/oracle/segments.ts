// The damage of an access, found out: a write is cut into segments where owner or kind of the bytes
// changes. Whether a byte really changed comes from the evidence, where there is some.
import type { Cause } from "./cause.ts";
import type { Damage, Segment } from "./damage.ts";
import { checksOperations, type Layout } from "./layout.ts";
import type { Evidence } from "./machine.ts";
import { Region, regionAt } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** Longer writes are described by their first bytes. */
const DESCRIBED_BYTES_MAX = 65536;

/** An rcu_head, which one CPU alone keeps in the object. */
const RCU_HEAD_BYTES = 16;

interface AccessRequest {
  readonly op: number;
  readonly cause: Cause;
  readonly object: number;
  readonly at: number;
  readonly length: number;
}

/** The damage of a write of `length` bytes at `at`, without those that the writer owns. */
export function damageOfWrite(shadow: Shadow, request: AccessRequest): Damage {
  const { op, cause, object, at, length } = request;
  const segments = at === NONE ? [] : inSheaves(shadow, op, segmentsOf(shadow, request));
  const changed = at === NONE || segments.some((segment) => segment.changed);
  for (const segment of segments) {
    if (isStructural(shadow, segment)) closeUncheckedSlab(shadow, segments, segment.slab);
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
    isStructural: segments.some((segment) => isStructural(shadow, segment)),
    refused: false,
  };
}

/** Where a sheaf lies there is no free object, whatever the program knows. */
function inSheaves(shadow: Shadow, op: number, segments: Segment[]): Segment[] {
  const sheaf = shadow.sightingFor(op)?.sheaf;
  if (sheaf === undefined) return segments;
  return segments.map((one) => {
    const isHit = one.object === NONE && one.first < sheaf.end && sheaf.first < one.end;
    return isHit ? { ...one, region: Region.SHEAF, isOpen: false } : one;
  });
}

/** Without checks, a broken chain may take a slab anywhere: nothing in it is certain. */
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

/**
 * A changed free pointer of a free object, a sheaf, the link of an object that waits for a grace
 * period, or a page that the oracle knows nothing about.
 */
function isStructural(shadow: Shadow, segment: Segment): boolean {
  if (!segment.changed) return false;
  if (segment.region === Region.OTHER_PAGE || segment.region === Region.SHEAF) return true;
  if (segment.object !== NONE && !shadow.objects.isLive(segment.object)) {
    return holdsRcuHead(shadow, segment.object, segment.first - shadow.objects.at(segment.object));
  }
  return segment.region === Region.FREE_POINTER && segment.object === NONE;
}

/**
 * What is written, cut where owner or kind of the bytes changes; the writer's own left out. Behind
 * RAM there is nothing to write to.
 */
export function segmentsOf(shadow: Shadow, request: AccessRequest): Segment[] {
  const segments: Segment[] = [];
  const described = request.at + Math.min(request.length, DESCRIBED_BYTES_MAX);
  const end = Math.min(described, shadow.ram.bytes);
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
  const isOwn = object !== NONE && object === request.object && shadow.objects.isLive(object);
  const isSure =
    !mayBeGivenBack(shadow, slab) &&
    !mayBeTheKernels(shadow, place) &&
    !mayBePrefilled(shadow, place);
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
  if (!shadow.caches.isKernels(shadow.slabs.cache(slab))) return false;
  return shadow.objects.lastIn(cell) === NONE;
}

/** A sheaf that the program holds is filled with objects that it has not got yet. */
function mayBePrefilled(shadow: Shadow, { slab, cell, object }: Place): boolean {
  if (slab === NONE || cell === NONE || object !== NONE) return false;
  return shadow.prefilled.hasAnyOf(shadow.slabs.cache(slab));
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

/** Beyond the evidence it is unknown whether a byte changed. */
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

/** Whether bytes of an object hold the link by which it waits. */
function holdsRcuHead(shadow: Shadow, object: number, offset: number): boolean {
  if (offset >= RCU_HEAD_BYTES || shadow.machine.nrCpuIds > 1) return false;
  return shadow.grace.includes(object);
}
