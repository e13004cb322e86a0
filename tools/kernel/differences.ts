// A difference between a kernel and the core: what kind it is, the shortest program that shows it,
// and how it is shown.
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import type { ProgramOp } from "../../src/slub/program/op.ts";
import { Scope } from "../../src/slub/program/scope.ts";
import { printOp } from "../../src/slub/program/syntax.ts";
import type { Difference } from "../../test/recordings/compare.ts";
import { type Judged, runBatch } from "./batch.ts";
import { CoreBoot } from "./comparison.ts";
import { makeFair } from "./fair.ts";
import { placesOf, renameCaches, type TestProgram } from "./programs.ts";
import { withoutChance } from "./random_text.ts";
import { machineOf, setupName } from "./setups.ts";
import { shrinkList } from "./shrink.ts";
import type { Boot, Machines } from "./vm.ts";

/** Where a difference was met. */
export interface Finding {
  readonly boot: Boot;
  readonly judged: Judged;
  /** The number of the program among those of the seed. */
  readonly number: number;
}

const PARTING = " <> ";
/** What a comparison has in the place of a line that is not there. */
const NOTHING = "(nothing)";
const KERNEL_LINE = /^ {4}\| /;
/** Columns of a terminal, unless it says how many it has. */
const WIDTH = 157;
const COLUMN_MIN = 36;
/** Lines shown before the first that differs, and half of those shown behind it. */
const CONTEXT = 6;

/** What makes two differences the same kind: the two lines without names and numbers. */
export function kindOf({ expected, actual }: Difference): string {
  return `${withoutDetails(expected)}${PARTING}${withoutDetails(actual)}`;
}

function withoutDetails(line: string): string {
  return line
    .replace(/^@@ op \d+: (\w+).*? => /, "$1 => ")
    .replace(/\{[^}]*\}|<[^>]*>/g, "{}")
    .replace(/\b[a-z]\d*_\w+/g, "c")
    .replace(/\b(0x)?[0-9a-f*]{6,}\b/g, "#")
    .replace(/(?:[ :][0-9a-f]{2}){2,}$/, " #")
    .replace(/\d+/g, "#")
    .slice(0, 160);
}

/** The shortest program that differs in the same way, or the whole one where that is in vain. */
export async function shrinkFinding(
  machines: Machines,
  heap: SlabHeap,
  finding: Finding,
): Promise<Finding> {
  const { boot, judged } = finding;
  const kind = kindOfJudged(judged);
  const end = (judged.verdict.comparison.difference?.op ?? 0) + 1;
  const ask = async (candidates: readonly (readonly ProgramOp[])[]) => {
    const prepared = candidates.map((ops, i) => prepare(boot, heap, judged.program, ops, i));
    const promising = prepared.filter((one) => mayShow(one, boot, heap, kind));
    const answers = await runBatch(machines, boot, heap, promising);
    return prepared.map((one) =>
      answers.some(({ program, verdict }) => program === one && kindOfVerdict(verdict) === kind),
    );
  };
  const ops = await shrinkList(judged.program.program.ops.slice(0, end), ask);
  const shortest = prepare(boot, heap, judged.program, ops, 0);
  const [again] = await runBatch(machines, boot, heap, [shortest]);
  return kindOfJudged(again) === kind ? { ...finding, judged: again } : finding;
}

/** The core still says its part of the difference: worth the time of a kernel. */
function mayShow(one: TestProgram, boot: Boot, heap: SlabHeap, kind = ""): boolean {
  const actual = kind.split(PARTING)[1] ?? "";
  if (actual.startsWith(NOTHING)) return true;
  const { lines } = new CoreBoot(machineOf(boot), heap).run(one.program);
  return withoutChance(lines, one.program).some(
    (line) => withoutDetails(line.replace(KERNEL_LINE, "")) === actual,
  );
}

function kindOfJudged({ verdict }: Judged): string | undefined {
  return kindOfVerdict(verdict);
}

function kindOfVerdict({ comparison }: Judged["verdict"]): string | undefined {
  return comparison.difference && kindOf(comparison.difference);
}

/** A program of some of the operations, as fair as the whole one was. */
function prepare(
  boot: Boot,
  heap: SlabHeap,
  { id, origin, program }: TestProgram,
  ops: readonly ProgramOp[],
  number: number,
): TestProgram {
  const named = renameCaches({ header: program.header, ops: consistent(ops) }, `${id}x${number}`);
  return { id: id * 1000 + number, origin, ...makeFair(named, machineOf(boot), heap) };
}

/** Without operations on caches and slots that nothing makes any more. */
export function consistent(ops: readonly ProgramOp[]): readonly ProgramOp[] {
  const scope = new Scope();
  return ops.filter((op) => {
    const isNew = op.op === "cache";
    if (!isNew && "name" in op && !scope.hasCache(op.name)) return false;
    const slots = placesOf(op).filter((slot) => !/^(0x.*|null|glob|vglob)$/.test(slot));
    if (!slots.every((slot) => scope.hasSlot(slot))) return false;
    scope.add(op);
    return true;
  });
}

/** The script, and both logs of the operation in which they part, in two columns. */
export function showFinding({ boot, judged, number }: Finding, width = WIDTH): string {
  const { program, verdict } = judged;
  const { difference } = verdict.comparison;
  if (difference === undefined) return "";
  const kernel = linesOfOp(verdict.expected, difference.op);
  const core = linesOfOp(verdict.actual, difference.op);
  const ops = program.program.ops.slice(0, difference.op + 1).map(printOp);
  const column = Math.max(COLUMN_MIN, Math.floor((width - "≠  | ".length) / 2));
  return [
    `=== ${setupName(boot)}, program ${number} (${program.origin}), op ${difference.op}`,
    ...ops.map((line) => `  ${line}`),
    `--- ${"kernel".padEnd(column - 2)} | core`,
    ...columns(kernel, core, column),
  ].join("\n");
}

function linesOfOp(lines: readonly string[], op: number): readonly string[] {
  const first = lines.findIndex((line) => line.startsWith(`@@ op ${op}: `));
  if (first === -1) return ["(the machine ended before)"];
  const length = lines.slice(first + 1).findIndex((line) => line.startsWith("@@ op "));
  return lines.slice(first, length === -1 ? undefined : first + 1 + length);
}

/** Two logs in columns, from a little before the first line in which they part. */
function columns(
  left: readonly string[],
  right: readonly string[],
  column: number,
): readonly string[] {
  const count = Math.max(left.length, right.length);
  const all = Array.from({ length: count }, (_, i) => [left[i] ?? "", right[i] ?? ""] as const);
  const parting = all.findIndex(([a, b]) => a !== b);
  const first = Math.max(1, parting - CONTEXT);
  const rows = [...all.slice(0, 1), ...all.slice(first, parting + 2 * CONTEXT)];
  const leftOut = count - rows.length;
  const lines = rows.flatMap((row) => wrapped(row, column));
  return [...lines, ...(leftOut > 0 ? [`  (${leftOut} more lines)`] : [])];
}

function wrapped([a, b]: readonly [string, string], column: number): readonly string[] {
  const height = Math.max(1, Math.ceil(a.length / column), Math.ceil(b.length / column));
  return Array.from({ length: height }, (_, row) => {
    const mark = row === 0 && a !== b ? "≠" : " ";
    const [from, to] = [row * column, (row + 1) * column];
    return `${mark} ${a.slice(from, to).padEnd(column)} | ${b.slice(from, to)}`.trimEnd();
  });
}
