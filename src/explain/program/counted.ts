// Programs after which the counters of a slab are wrong, or the bytes behind its last object: the
// cache is chosen so that its slabs hold as many objects as those of the log.
import type { Report } from "../report.ts";
import { ownerOf } from "./owner.ts";
import type { ReplayKernel } from "./replay_kernel.ts";
import type { ScriptBody } from "./script_body.ts";
import { writesAt } from "./writes.ts";

const CHAIN_MAX = 64;

/** "Counter is C but counted were M": C objects are in use, and M are not on the free list. */
export function miscounted(report: Report, kernel: ReplayKernel): ScriptBody[] {
  const [, counter, counted] =
    /Counter is (-?\d+) but counted were (-?\d+)/.exec(report.words) ?? [];
  const [, expected, found] =
    /(?:expected |count\()(\d+)(?: objects but found |\) invalid\()(\d+)/.exec(report.words) ?? [];
  const objects = report.slabObjects ?? 0;
  const size = report.objectSize ?? kernel.sizeWith((fields) => fields.objects === objects);
  if (size === undefined) return [];
  if (expected !== undefined)
    return freedInBulk(report, kernel, size, Number(expected), Number(found));
  if (/Freelist cycle detected/.test(report.words)) {
    return cycles(report, kernel, size, report.used ?? 1);
  }
  if (counter === undefined) return [];
  const isCycle = Number(counted) < 0;
  return isCycle
    ? cycles(report, kernel, size, Number(counter))
    : cutChains(report, kernel, size, Number(counter), objects - Number(counted));
}

/** How many objects are taken off a free list without an end before it is found. */
const TAKEN = [0, 2, 4];

/** Free lists without an end: an object that was freed twice, or that points at itself. */
function cycles(report: Report, kernel: ReplayKernel, size: number, used: number): ScriptBody[] {
  const { made, name, validate, free, alloc } = ownerOf(report, kernel, size);
  const broken = [
    [free("p0"), free("p0")],
    [free("p0"), free("p1"), free("p0")],
    [free("p0"), `wfp ${name} p0 p0`],
    [free("p0"), free("p1"), `wfp ${name} p0 p1`],
  ];
  return TAKEN.flatMap((taken) =>
    broken.map((ops) => {
      const frees = ops.filter((op) => !op.startsWith("wfp")).length;
      const takes = Array.from({ length: taken }, (_, i) => alloc(`a${i}`));
      // The counter says how many are in use when the list is checked.
      const count = Math.max(frees, used + frees - taken);
      return [made, `allocn ${name} ${count} p`, ...ops, ...takes, validate];
    }),
  );
}

/** A free list that ends after some objects, because its last link was overwritten. */
function cutChains(
  report: Report,
  kernel: ReplayKernel,
  size: number,
  used: number,
  length: number,
): ScriptBody[] {
  if (length < 1 || length > CHAIN_MAX) return [];
  const { made, name, validate, free, alloc } = ownerOf(report, kernel, size);
  const begun = [made, `allocn ${name} ${used + length} p`];
  const frees = Array.from({ length }, (_, i) => free(`p${i}`));
  const cut = [...begun, ...frees, `wfp ${name} p0 null`];
  // A free of an object of another cache makes the list longer than the counter says.
  const strange = [made, "cache other 96 0 -", `allocn ${name} ${used + 1} p`, "alloc other o"];
  // Freed twice without a check, the object ends the list: its link is cleared first.
  const twice = [made, `allocn ${name} ${used + 2} p`, free("p0"), free("p0")];
  return [
    [...cut, validate],
    [...cut, alloc("a")],
    [...twice, validate],
    [...twice, alloc("a"), validate],
    [...strange, free("o"), validate],
  ];
}

/** One object more than once in a bulk free. */
function freedInBulk(
  report: Report,
  kernel: ReplayKernel,
  size: number,
  expected: number,
  found: number,
): ScriptBody[] {
  const { made, name } = ownerOf(report, kernel, size);
  if (expected > CHAIN_MAX || found < 1) return [];
  const names = Array.from({ length: expected }, (_, i) => `p${i < found ? i : found - 1}`);
  return [[made, `allocn ${name} ${found + 1} p`, `bulkfree ${name} ${names.join(" ")}`]];
}

const PAGE = 4096;

/** Slabs of one page to eight. */
const SLAB_BYTES = [PAGE, 2 * PAGE, 4 * PAGE, 8 * PAGE];

/** Bytes behind the last object of a slab, whose rows show how large the slots are. */
export function slabTail(report: Report, kernel: ReplayKernel): ScriptBody[] {
  const rows = report.rows.filter(({ section }) => /^(?:Padding|Section)$/.test(section));
  const rest = rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const objects = report.slabObjects ?? 0;
  if (rest === 0 || objects === 0) return [];
  return SLAB_BYTES.flatMap((slabBytes) => {
    const slot = (slabBytes - rest) / objects;
    const size = kernel.sizeWith((fields) => fields.size === slot, Math.ceil(slot));
    const fields = size === undefined ? undefined : kernel.measure(size);
    if (fields?.objects !== objects || 4096 << fields.order !== slabBytes) return [];
    const { made, alloc, free, validate } = ownerOf(report, kernel, size);
    const tail = slabBytes - rest - fields.redLeftPad;
    const begun = [made, alloc("o"), ...tailWrites(report, tail)];
    return [[free("o")], [alloc("a")], [validate]].map((end) => [...begun, ...end]);
  });
}

/** Writes of the bytes that the kernel did not fill in; `tail` is where the tail begins. */
function tailWrites(report: Report, tail: number): string[] {
  return report.damage.flatMap(({ role, tailOffset, is }) =>
    role === "slab padding" && tailOffset !== undefined ? writesAt("o", tail + tailOffset, is) : [],
  );
}
