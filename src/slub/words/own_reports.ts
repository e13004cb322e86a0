// Which reports of a log speak of objects that the script obtained (comparison rule 2): a kmalloc
// cache holds objects of the running kernel, too, and a check may come across those.
import type { LoggedOp } from "./compare.ts";

const FRAME = /^={77}$/;
const BRACKET = /^\[.* overwritten\] /;
const OBJECT = /^(?:INFO: )?Object (\{[^}]*\}|0x[0-9a-f]+) @offset=/;
const OBTAINED = /(?:^|[ ;])([\w.-]+\/s\d+) o\d+ off=(\d+)/g;

/**
 * The lines without the reports about foreign objects. `obtained` collects the places of all
 * objects that results have named so far, those of this operation included.
 */
export function keepOwnReports(
  op: LoggedOp,
  lines: readonly string[],
  obtained: Set<string>,
): string[] {
  for (const match of op.result.matchAll(OBTAINED)) {
    obtained.add(`{${match[1]}+0x${Number(match[2]).toString(16)}}`);
  }
  return splitReports(lines)
    .filter((report) => isOwn(report, obtained))
    .flat();
}

/** A report that names no object is about a slab, and stays. */
function isOwn(report: readonly string[], obtained: ReadonlySet<string>): boolean {
  const object = report.map((line) => OBJECT.exec(line)?.[1]).find((name) => name !== undefined);
  return object === undefined || obtained.has(object);
}

/** Cuts a log where reports begin: at a frame, or at the line that names the damage above one. */
function splitReports(lines: readonly string[]): string[][] {
  const reports: string[][] = [[]];
  for (const [i, line] of lines.entries()) {
    if (beginsReport(lines, i)) reports.push([]);
    reports.at(-1)?.push(line);
  }
  return reports;
}

function beginsReport(lines: readonly string[], i: number): boolean {
  if (FRAME.test(lines[i])) return i === 0 || !BRACKET.test(lines[i - 1]);
  return BRACKET.test(lines[i]) && i + 1 < lines.length && FRAME.test(lines[i + 1]);
}
