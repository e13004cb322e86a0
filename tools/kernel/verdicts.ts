// One program's verdict from a kernel's text, and from the core.
//
// Both come from the same judge, which follows the operations and their answers; what differs is
// who says what the kernel reported: the lines that a real kernel printed, or the core's events.
// The answers are the core's, so the kernel's must be the same to the letter.
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import type { ReportSource } from "../../src/slub/oracle/kernel_report.ts";
import { encode } from "../../src/slub/program/encode.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { Judge } from "../../src/slub/run/judge.ts";
import type { Judged } from "./batch.ts";
import type { Verdict } from "./comparison.ts";
import { withCoreNames } from "./slab_names.ts";
import { EventReports, readLog, TextReports } from "./text_reports.ts";

/** What the judge says. */
export interface Sentence {
  readonly verdict: string;
  readonly signature: string;
}

export interface VerdictPair {
  readonly kernel: Sentence;
  readonly core: Sentence;
  /** Lines of the kernel that complain in unknown words. */
  readonly unread: readonly string[];
  /** The kernel answered operations otherwise than the core. */
  readonly hasOtherAnswers: boolean;
  /** Its course depends on chance: there is nothing to compare. */
  readonly isRandom: boolean;
}

const OP_LINE = "@@ op ";

/** Both verdicts on a program that ran on a kernel. */
export function compareVerdicts(judged: Judged, heap: SlabHeap): VerdictPair {
  const { verdict, log, machine } = judged;
  const { program } = judged.program;
  const lines = withCoreNames(log.lines, verdict.coreLines);
  const { sentence, unread } = sentenceFromText(program, heap, machine, lines ?? []);
  return {
    kernel: sentence,
    core: sentenceOf(program, heap, machine, new EventReports(machine)),
    unread,
    hasOtherAnswers: !verdict.comparison.equal && hasOtherAnswers(verdict),
    isRandom: verdict.isRandom || (lines === undefined && verdict.comparison.equal),
  };
}

export function isEqual(pair: VerdictPair): boolean {
  const { kernel, core, unread, hasOtherAnswers } = pair;
  if (unread.length > 0 || hasOtherAnswers) return false;
  return kernel.verdict === core.verdict && kernel.signature === core.signature;
}

/** The verdict on a program when a kernel said such lines. */
export function sentenceFromText(
  program: Program,
  heap: SlabHeap,
  machine: Machine,
  lines: readonly string[],
): { readonly sentence: Sentence; readonly unread: readonly string[] } {
  const spoken = readLog({ program, machine, heap, lines });
  const unread = [...spoken.values()].flatMap((op) => op.unread);
  return { sentence: sentenceOf(program, heap, machine, new TextReports(spoken)), unread };
}

/** The verdict on a program when that is what was reported. */
export function sentenceOf(
  program: Program,
  heap: SlabHeap,
  machine: Machine,
  reports: ReportSource,
): Sentence {
  heap.configure(machine);
  const judge = new Judge(heap, undefined, reports);
  const result = judge.run(encode(program, machine));
  return { verdict: result.judgement.verdict, signature: judge.signatureOf(result).text };
}

function hasOtherAnswers({ expected, actual }: Verdict): boolean {
  return answersOf(expected).join("\n") !== answersOf(actual).join("\n");
}

function answersOf(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith(OP_LINE));
}
