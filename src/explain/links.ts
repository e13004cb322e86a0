// Which report of a log follows from which: the order of time, and what leads to what.
import type { Report } from "./report.ts";

/** Checks that speak of bookkeeping which an earlier report has already put right or given up. */
const CONSEQUENCES: ReadonlySet<string> = new Set(["count", "slab-bug"]);

export function link(reports: readonly Report[]): void {
  reports.forEach((report, i) => {
    const cause = reports.findIndex((earlier, j) => j < i && explains(earlier, report));
    report.causedBy = cause < 0 ? null : cause;
  });
}

/** Whether a report is what an earlier one leads to. */
function explains(earlier: Report, later: Report): boolean {
  if (earlier.list !== undefined && isAboutList(earlier, later)) return true;
  if (earlier.cache === undefined || earlier.cache !== later.cache) return false;
  if (CONSEQUENCES.has(later.check)) return true;
  if (earlier.check === "remaining") return later.check === "remaining";
  return earlier.object !== undefined && earlier.object === later.object;
}

/** A crash whose registers hold an address that the list check named. */
export function isAboutList({ list }: Report, later: Report): boolean {
  const named = [list?.expected, list?.neighbour].filter(
    (address) => address !== undefined && address > 0xffffn,
  );
  const held = [...later.registers.values()];
  return named.some((address) => address !== undefined && held.includes(address));
}

/** Reports, which were read in the order of the log, in the order of time. */
export function inOrderOfTime(reports: readonly Report[]): Report[] {
  return [...reports].sort((a, b) => Number(a.isOfDump) - Number(b.isOfDump));
}
