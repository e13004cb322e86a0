// Where the object lies if the line that names it is lost: caches of kmalloc() whose sizes are
// powers of two keep their objects on multiples of their size, and a red zone that is wrong from
// its first byte to its last begins where the object ends.
import { versionNumber } from "../machine.ts";
import type { Report } from "../report.ts";
import type { ValueContext } from "./looks.ts";
import { sizeOfName } from "./object_size.ts";

/** From this kernel on, objects of such caches are aligned to their size. */
const ALIGNED = 5004;

/** Fills in the object of a report that does not name it, where the damage tells. */
export function placeObject(report: Report, { wordBytes }: ValueContext): void {
  const offset = report.object === undefined ? offsetInObject(report, wordBytes) : undefined;
  const [range] = report.ranges;
  if (offset === undefined || range?.slabOffset === undefined) return;
  report.object = range.from - BigInt(offset);
  report.slabOffset = range.slabOffset - offset;
  report.isPlaced = true;
}

/** Of the first damaged byte, from the object. */
function offsetInObject(report: Report, wordBytes: number): number | undefined {
  const { cache, ranges, check, kernel } = report;
  const size = sizeOfName(cache);
  const [range] = ranges;
  if (size === undefined || range?.slabOffset === undefined) return undefined;
  const length = range.to - range.from + 1n;
  if (check === "right-redzone" && size % wordBytes === 0 && length === BigInt(wordBytes)) {
    return size;
  }
  const isAligned = (size & (size - 1)) === 0 && (versionNumber(kernel) ?? ALIGNED) >= ALIGNED;
  const isInside = check === "kmalloc-redzone" || check === "poison";
  return isAligned && isInside ? range.slabOffset % size : undefined;
}
