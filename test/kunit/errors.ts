// The errors that slub_kunit counts: what its "slab_errors" would be after a run, from the events
// of that run. While a kernel counts, the functions that report and repair print nothing and add
// one each; everything else happens as ever.
//
//   check_bytes_and_report()   one for the bytes, whatever frame is drawn around them
//   object_err(), slab_err()   one
//   slab_fix()                 one
//   "... slabs counted but counter" of validate   one each
//   slab_pad_check()           one through slab_err(); since 6.12 its report is printed uncounted
//   destroy                    one through slab_err(); since 6.12 also one for each object left
import { EventKind, Line, Report } from "../../src/abi.ts";
import { unreachable } from "../../src/base/assert.ts";
import type { KernelEvent } from "../../src/slub/core/event.ts";
import type { ProfileName } from "../../src/slub/program/op.ts";

/** How many errors a kernel that counts them would have counted. */
export function kunitErrors(profile: ProfileName, events: readonly KernelEvent[]): number {
  return events.filter((event) => isCounted(profile, event)).length;
}

function isCounted(profile: ProfileName, { kind, code }: KernelEvent): boolean {
  switch (kind) {
    case EventKind.BYTES:
    case EventKind.FIX:
      return true;
    case EventKind.BUG:
      return isCountedReport(profile, code);
    case EventKind.LEFT:
      return !reportsAsBefore(profile);
    case EventKind.LINE:
      return code === Line.PARTIAL_SLABS_COUNTED || code === Line.SLABS_COUNTED;
    case EventKind.TRACK:
    case EventKind.SLAB:
    case EventKind.OBJECT:
    case EventKind.DUMP:
    case EventKind.WARN:
    case EventKind.TRACE:
    case EventKind.OOPS:
    case EventKind.INVALID_POINTER:
    case EventKind.SPLAT:
    case EventKind.MEMORY:
      return false;
    default:
      return unreachable(kind);
  }
}

/** The frames around damaged bytes are not counted: the bytes are. */
function isCountedReport(profile: ProfileName, report: Report): boolean {
  if (report === Report.OVERWRITTEN || report === Report.OBJECT_CORRUPT) return false;
  return report !== Report.PADDING_OVERWRITTEN || reportsAsBefore(profile);
}

/** Kernels before 6.12. */
function reportsAsBefore(profile: ProfileName): boolean {
  return profile === "v3.10" || profile === "v6.1";
}
