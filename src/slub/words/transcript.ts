// A replay for people: each operation, its result, and under it the lines of the kernel log that it
// caused, with the addresses that the kernel would print. Two lines at the end say what was
// reported first, and how it ended.
import { Status } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";
import { bootLineOf } from "../program/boot_line.ts";
import type { Machine } from "../program/machine.ts";
import type { ReplayStep } from "../run/replay.ts";
import { KernelLog } from "./dmesg.ts";
import { logMachineOf } from "./log.ts";

/** An operation of a transcript. */
export interface TranscriptOp {
  readonly index: number;
  readonly text: string;
  readonly result: string;
  readonly pointer: string | undefined;
  /** The result tells the pointer by itself. */
  readonly saysPointer: boolean;
  readonly status: Status;
  /** What the kernel printed. */
  readonly kernel: readonly string[];
}

/** Runs a replay to its end and keeps what it showed. */
export function transcriptOf(machine: Machine, steps: Iterable<ReplayStep>): TranscriptOp[] {
  const read = transcriptReader(machine);
  return Array.from(steps, read);
}

/** Reads steps in their order: what the kernel prints depends on what it has printed before. */
export function transcriptReader(machine: Machine): (step: ReplayStep) => TranscriptOp {
  const log = new KernelLog(logMachineOf(machine));
  return ({ index, text, result, pointer, saysPointer, status, events, caches, lost }) => ({
    ...{ index, text, result, saysPointer, status },
    pointer: pointer === undefined ? undefined : hex64(pointer),
    kernel: [...log.printAll(events, caches), ...lossLines(lost)],
  });
}

/** An operation can cause more than there is room for: a machine that runs out of memory, say. */
function lossLines(lost: number): string[] {
  return lost === 0 ? [] : [`(${lost} more events found no room)`];
}

/** Which machine a program runs on: the first line of a transcript. */
export function machineLine(name: string, machine: Machine): string {
  return `# ${name}: ${machine.profile}, boot ${bootLineOf(machine)}, cpus ${machine.nrCpuIds}`;
}

/** One operation's line, and the kernel's under it. */
export function opLines(op: TranscriptOp): string[] {
  const value = op.pointer === undefined || op.saysPointer ? "" : `${op.pointer} `;
  const head = `op ${op.index}: ${op.text} => ${value}${op.result}`;
  return [head.trimEnd(), ...op.kernel.map((line) => `    ${line}`.trimEnd())];
}

/** What was reported first, and how it ended. `count`: operations in the program. */
export function endingLines(ops: readonly TranscriptOp[], count: number): string[] {
  return [firstReport(ops), ending(ops, count)];
}

function firstReport(ops: readonly TranscriptOp[]): string {
  for (const op of ops) {
    const headline = headlineOf(op.kernel);
    if (headline !== undefined) return `first report: op ${op.index} (${op.text}): ${headline}`;
  }
  return "first report: none, the kernel said nothing";
}

function ending(ops: readonly TranscriptOp[], count: number): string {
  const last = ops.at(-1);
  if (last?.status === Status.HANG) return `ended: op ${last.index} (${last.text}) never returns`;
  if (last?.status !== Status.CRASH) return `ended: ${ops.length} of ${count} operations ran`;
  return `ended: op ${last.index} (${last.text}): ${deathOf(last.kernel) ?? "the machine died"}`;
}

// The one line of a kernel log that says what happened: for summaries, where the rest would be
// noise.

/** Texts of reports and warnings. */
const TEXTS: readonly RegExp[] = [
  /^\[.* overwritten\] /,
  /^BUG \S+ \(.*?\): /,
  /^(list_add|list_del) /,
  /^(cache_from_obj|virt_to_cache|kmem_cache_destroy \S+|SLUB.*): /,
  /^SLUB: \S+ \d+ slabs counted/,
];

/** Where a warning without a text of its own came from. */
const PLACE = /^WARNING: /;

const DEATHS: readonly RegExp[] = [
  /^BUG: (unable|kernel)/,
  /^(Oops: )?general protection fault/,
  /^(Oops: )?divide error/,
  /^kernel BUG at /,
];

const RIP = /^RIP: 0010:(?:\[<.*?>\]\s+\[<.*?>\] )?(\w.*)$/;

/** The first report of a log; undefined without a report. */
export function headlineOf(lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line) => isText(line) || PLACE.test(line));
  if (at === -1) return undefined;
  // 3.10 prints the place above the text.
  const below = lines[at + 1] ?? "";
  return withoutTaint(PLACE.test(lines[at]) && isText(below) ? below : lines[at]);
}

/** Why and where a machine died; undefined if it lives. */
export function deathOf(lines: readonly string[]): string | undefined {
  const line = lines.find((one) => DEATHS.some((pattern) => pattern.test(one)));
  if (line === undefined) return undefined;
  const place = lines.map((one) => RIP.exec(one)?.[1]).find((fn) => fn !== undefined);
  return place === undefined ? line : `${line} in ${place}`;
}

function isText(line: string): boolean {
  return TEXTS.some((pattern) => pattern.test(line));
}

function withoutTaint(line: string): string {
  return line.replace(/^(BUG \S+) \(.*?\): /, "$1: ");
}
