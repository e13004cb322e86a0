// Wrong bytes behind the last object of a slab.
import { POISON_INUSE } from "../../abi.ts";
import type { Report } from "../report.ts";
import { isHashed } from "./placed_rows.ts";
import type { Run } from "./run.ts";

/** Where the rows of the tail hold what the kernel did not fill in. */
export function tailRuns(report: Report): Run[] {
  if (report.check !== "slab-padding") return [];
  const rows = report.rows.filter(({ section }) => /^(?:Padding|Section)$/.test(section));
  const [first] = rows;
  const [range] = report.ranges;
  if (first === undefined) return [];
  const bytes = rows.flatMap((row) => [...row.bytes]);
  // Kernels before 4.15 print as many bytes before the last wrong one as the tail has.
  const begin = isHashed(report) || range === undefined ? 0 : Number(range.from - first.address);
  const shift = tailShift(report);
  const runs: Run[] = [];
  for (let at = Math.max(begin, 0); at < bytes.length; at++) {
    if (bytes[at] === POISON_INUSE) continue;
    let end = at;
    while (end < bytes.length && bytes[end] !== POISON_INUSE) end += 1;
    const wrong = bytes.slice(at, end);
    runs.push(runOf(at - shift, wrong));
    at = end;
  }
  return runs;
}

/** How many bytes before the tail its first row begins. */
export function tailShift(report: Report): number {
  const rows = report.rows.filter(({ section }) => /^(?:Padding|Section)$/.test(section));
  const last = rows.at(-1);
  if (last === undefined || isHashed(report)) return 0;
  return bytesToPage(last.address + BigInt(last.bytes.length));
}

function runOf(tailOffset: number, bytes: readonly number[]): Run {
  return { offset: undefined, tailOffset, role: "slab padding", was: POISON_INUSE, bytes };
}

/** The tail ends where a page ends. */
function bytesToPage(address: bigint): number {
  return Number(BigInt.asUintN(12, -address));
}
