// What is missing of a report, because its first or last lines were cut or lines of it were lost.
import type { Report, SlabCheck } from "./report.ts";

/** Checks that name bytes and print the object. */
const OF_BYTES: ReadonlySet<SlabCheck> = new Set([
  "redzone",
  "left-redzone",
  "right-redzone",
  "kmalloc-redzone",
  "poison",
  "padding",
]);

const OF_OBJECTS: ReadonlySet<SlabCheck> = new Set([...OF_BYTES, "free-pointer", "already-free"]);

const OF_CRASHES: ReadonlySet<SlabCheck> = new Set([
  "hardened-free",
  "kfree-page",
  "alloc-oops",
  "free-oops",
  "poison-oops",
]);

/** In the order in which the kernel prints them. */
export function lostPartsOf(report: Report): string[] {
  const { check, isHeadless, ranges, cache, object, rows, stack, registers, list } = report;
  const isOfBytes = OF_BYTES.has(check);
  const isOfObject = OF_OBJECTS.has(check);
  const isCrash = OF_CRASHES.has(check);
  const isCut = check === "list" && list === undefined && !isHeadless;
  const parts: readonly (readonly [string, boolean])[] = [
    ["the line that names the check", isHeadless || (isOfObject && cache === undefined)],
    ["the line that says which bytes are wrong", isOfBytes && !ranges.some(({ is }) => is >= 0)],
    ["the end of the line that names the check", isCut],
    ["the line that names the object", isOfObject && (object === undefined || report.isPlaced)],
    ["the dump of the object", isOfObject && rows.length === 0],
    ["rows of the dump", isOfObject && rows.length > 0 && !isWhole(report)],
    ["the registers", isCrash && registers.size === 0],
    ["lines that the kernel or a logger dropped", report.isDropped],
    ["the trace", (isOfObject || isCrash) && stack.length < 2],
  ];
  return parts.filter(([, isLost]) => isLost).map(([text]) => text);
}

const DUMPED_MAX = 4096;

/** The rows of an object go from its first byte to its last, or to the end of a page. */
function isWhole({ rows, objectSize }: Report): boolean {
  const object = rows.filter(({ section }) => section === "Object");
  const bytes = object.reduce((sum, row) => sum + row.bytes.length, 0);
  const isEnded = rows.at(-1)?.section !== "Object";
  if (objectSize === undefined) return isEnded && object.length > 0;
  return bytes === Math.min(objectSize, DUMPED_MAX);
}
