// Which report belongs to which mistake. A report is *explained* by a mistake that may have led to
// it in any roundabout way; it is *right* if it is of the check that is there for such damage,
// about those very bytes, that object, or the slab whose chain of free objects was damaged.
import { EventKind, Line, Report, Section, Warning } from "../../abi.ts";
import type { Damage, Segment } from "./damage.ts";
import { freePointerAt } from "./free_pointer.ts";
import type { KernelReport } from "./kernel_report.ts";
import { waitsInSheaves } from "./layout.ts";
import { Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/**
 * A report that healthy programs get, too: validate looks at free pointers behind objects in use,
 * which 7.3 does not write when it hands an object of a new slab out.
 */
export function isOfUnwrittenPointer(shadow: Shadow, report: KernelReport): boolean {
  if (report.kind !== EventKind.BUG || report.code !== Report.FREEPOINTER_CORRUPT) return false;
  const layout = shadow.caches.layouts[report.cache];
  return layout !== undefined && waitsInSheaves(layout) && layout.freePointerOutside;
}

/** Whether a damage may have led to something that happened to a cache at an operation. */
export function explains(shadow: Shadow, damage: Damage, op: number, cache: number): boolean {
  if (damage.op > op) return false;
  if (damage.isStructural) return true;
  if (cache === NONE) return damage.changed && isReportedBefore(shadow, damage, op);
  // 3.10 without memcg frees to the cache that the page names, and checks with its options.
  if (damage.kind === "free") {
    return damage.cache === cache || shadow.slabs.isOf(damage.slab, cache);
  }
  return damage.segments.some(
    (segment) => segment.changed && cacheOfSegment(shadow, segment) === cache,
  );
}

/** A kernel that reported something repairs it as well as it can: that may kill it later. */
function isReportedBefore(shadow: Shadow, damage: Damage, op: number): boolean {
  return shadow.events.reports.some((one) => one.op <= op && isRight(shadow, damage, one));
}

function cacheOfSegment(shadow: Shadow, segment: Segment): number {
  return segment.slab === NONE ? NONE : shadow.slabs.cache(segment.slab);
}

/** Whether a report is the one that this damage calls for. */
export function isRight(shadow: Shadow, damage: Damage, report: KernelReport): boolean {
  if (damage.op > report.op) return false;
  switch (report.kind) {
    case EventKind.BUG:
      return isRightBug(shadow, damage, report);
    case EventKind.WARN:
      return isRightWarning(damage, report);
    case EventKind.LINE:
      // 3.10 says of full slabs, which no list holds, only this.
      return report.code === Line.CACHE_STILL_HAS_OBJECTS && damage.cause === "leak-at-destroy";
    default:
      return false;
  }
}

function isRightBug(shadow: Shadow, damage: Damage, report: KernelReport): boolean {
  if (damage.segments.some((segment) => isAboutBytes(segment, report))) return true;
  if (damage.kind === "free" && damage.op === report.op) {
    if (isAboutFree(damage, report)) return true;
    // With the wrong cache's layout every check is about something else.
    if (damage.cause === "wrong-cache-free") return false;
  }
  if (isAboutFreePointer(shadow, damage, report)) return true;
  if (isAboutOrigSize(shadow, damage, report)) return true;
  return damage.isStructural && isAboutSlab(shadow, damage, report);
}

function isAboutBytes(segment: Segment, report: KernelReport): boolean {
  if (!segment.changed || report.firstByte === NONE) return false;
  return segment.first <= report.lastByte && report.firstByte < segment.end;
}

/** The free pointer of the reported object is among the changed bytes. */
function isAboutFreePointer(shadow: Shadow, damage: Damage, report: KernelReport): boolean {
  if (report.code !== Report.FREEPOINTER_CORRUPT && report.code !== Report.FREECHAIN_CORRUPT) {
    return false;
  }
  return damage.segments.some((segment) => {
    if (!segment.changed || segment.cell === NONE) return false;
    const pointer = freePointerAt(shadow, segment.slab, segment.cell);
    const layout = shadow.caches.layouts[shadow.slabs.cache(segment.slab)];
    if (report.object !== NONE && report.object !== pointer - layout.offset) return false;
    return segment.first < pointer + 8 && pointer < segment.end;
  });
}

/** Where the red zone of a kmalloc object begins stands in its metadata, which is never checked. */
function isAboutOrigSize(shadow: Shadow, damage: Damage, report: KernelReport): boolean {
  if (report.section !== Section.KMALLOC_REDZONE || report.object === NONE) return false;
  const damaged = damage.segments.find((one) => one.changed && one.region === Region.ORIG_SIZE);
  if (damaged === undefined) return false;
  const layout = shadow.caches.layouts[shadow.slabs.cache(damaged.slab)];
  const index = damaged.cell - shadow.slabs.firstCell(damaged.slab);
  return report.object === shadow.slabs.objectAt(damaged.slab, layout, index);
}

/** A chain that was damaged shows in every check of its slab. */
function isAboutSlab(shadow: Shadow, damage: Damage, report: KernelReport): boolean {
  switch (report.code) {
    case Report.SLAB_DISABLED:
    case Report.OBJECTS_REMAINING:
    case Report.PADDING_OVERWRITTEN:
      return false;
    default:
      break;
  }
  if (report.slab === NONE) return false;
  const slabs = [damage.slab, ...damage.segments.map((segment) => segment.slab)];
  return slabs.some((slab) => slab !== NONE && shadow.slabs.base(slab) === report.slab);
}

/** What the kernel says to a forbidden free. */
function isAboutFree(damage: Damage, report: KernelReport): boolean {
  switch (report.code) {
    case Report.OBJECT_ALREADY_FREE:
    case Report.INVALID_OBJECT_POINTER:
    case Report.PAGE_SLAB_POINTER_CORRUPT:
    case Report.OUTSIDE_OF_SLAB:
    case Report.NO_SLAB_CACHE:
    case Report.NOT_A_VALID_SLAB_PAGE:
    case Report.TOO_MANY_TO_FREE:
    case Report.BULK_FREE_COUNT:
    case Report.BULK_FREELIST_COUNT:
      return true;
    case Report.OBJECTS_REMAINING:
      return damage.cause === "leak-at-destroy";
    case Report.WRONG_OBJECT_COUNT:
      // 3.10 frees one by one, after it took the objects off the count.
      return damage.cause === "double-free-bulk";
    default:
      return false;
  }
}

function isRightWarning(damage: Damage, report: KernelReport): boolean {
  switch (report.code) {
    case Warning.WRONG_SLAB_CACHE:
    case Warning.NOT_A_SLAB_PAGE:
    case Warning.FREE_LARGE_ORDER0:
      return damage.kind === "free" && damage.op === report.op;
    case Warning.CACHE_STILL_HAS_OBJECTS:
      return damage.cause === "leak-at-destroy";
    case Warning.ACQUIRED_EMPTY_SLAB:
      return damage.isStructural;
    default:
      return damage.kind === "write" && damage.changed; // the list's own checks
  }
}
