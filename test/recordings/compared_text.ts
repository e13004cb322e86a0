// What is compared of the kernel text that an operation caused: the lines that rules 2, 6 and 7
// leave. They are dropped, or compared in part, wherever they stand; only those that the other log
// does not have to the letter count as excused.
import {
  comparedPart,
  isDebugfsLine,
  isForeignTrace,
  type RuleNumber,
  withoutPlaces,
} from "./compare_rules.ts";
import type { LoggedOp } from "./logged_op.ts";

const FRAME = /^={77}$/;
const BRACKET = /^\[.* overwritten\] /;
/** In a slab that has no name yet an object has its address, parts of which may be masked. */
const OBJECT = /^(?:INFO: )?Object (\{[^}]*\}|0x(?:[0-9a-f]|\{rnd\})+) @offset=/;
const OBTAINED = /(?:^|[ ;])([\w.-]+\/s\d+) o\d+ off=(\d+)/g;

/** Rules that drop lines of kernel text. */
type DroppingRule = Extract<RuleNumber, 2 | 6 | 7>;

export interface ComparedLine {
  /** The line as it was printed. */
  readonly whole: string;
  /** What is compared of it. */
  readonly part: string;
}

export interface ComparedText {
  readonly lines: readonly ComparedLine[];
  /** Lines that are not compared, by the rule that says so. */
  readonly dropped: Readonly<Record<DroppingRule, readonly string[]>>;
}

interface Selection {
  /** Rule 6 holds: a recording of 3.10. */
  readonly old: boolean;
  /** Rule 2 holds: the script shares its caches with the running kernel. */
  readonly shared: boolean;
  /** Caches that the script created. */
  readonly ownCaches: ReadonlySet<string>;
  /** Places of the objects that the script obtained; grows. */
  readonly obtained: Set<string>;
}

/** Kernel text without the lines that rules 2, 6 and 7 drop. */
export function comparedText(op: LoggedOp, selection: Selection): ComparedText {
  const { old, shared, ownCaches, obtained } = selection;
  const foreign = (line: string): boolean => old && isForeignTrace(line, ownCaches);
  const named = op.lines.filter((line) => !isDebugfsLine(line) && !foreign(line));
  const own = shared ? keepOwnReports(op, named, obtained) : named;
  const lines = own.flatMap((whole) => {
    const part = shared ? comparedPart(whole) : whole;
    return part === undefined ? [] : [{ whole, part }];
  });
  const kept = lines.map(({ whole }) => whole);
  return {
    lines,
    dropped: {
      2: withoutEach(named, kept),
      6: op.lines.filter(foreign),
      7: op.lines.filter(isDebugfsLine),
    },
  };
}

/** Lines that were dropped and that the other log does not have. */
export interface ExcusedDrops {
  readonly byRule: readonly (readonly [RuleNumber, number])[];
  /** Of rule 2: those that the other log has, with the object at another place. */
  readonly moved: number;
}

/** How many lines each rule dropped that the other log does not have. */
export function excusedDrops(expected: ComparedText, actual: ComparedText): ExcusedDrops {
  const [was, is] = [expected.dropped, actual.dropped];
  const placeless = differing(was[2].map(withoutPlaces), is[2].map(withoutPlaces));
  return {
    byRule: [
      [2, placeless],
      [6, differing(was[6], is[6])],
      [7, differing(was[7], is[7])],
    ],
    moved: differing(was[2], is[2]) - placeless,
  };
}

function differing(one: readonly string[], other: readonly string[]): number {
  return Math.max(withoutEach(one, other).length, withoutEach(other, one).length);
}

/** The lines less one for each of `taken`. */
function withoutEach(lines: readonly string[], taken: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of taken) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  });
}

// Which reports of a log speak of objects that the script obtained (comparison rule 2): a kmalloc
// cache holds objects of the running kernel, too, and a check may come across those.

/**
 * The lines without the reports about foreign objects. `obtained` collects the places of all
 * objects that results have named so far, those of this operation included.
 */
function keepOwnReports(op: LoggedOp, lines: readonly string[], obtained: Set<string>): string[] {
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
