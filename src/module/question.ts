// What can be asked of a thread that runs foreign code: nobody else runs any.
import type { ForeignEngine } from "./engine.ts";
import { type Capacity, isGuests } from "./judge/capacity.ts";
import type { ForeignOutcome } from "./judge/judge.ts";
import { imageOf } from "./program/op.ts";
import { type ForeignProgram, printForeign, printForeignOp } from "./program/text.ts";
import { shrinkForeign } from "./shrink.ts";
import { endingLine, type ForeignStep, stepLine, stepOf, violationLines } from "./transcript.ts";

export type ForeignQuestion =
  | { readonly kind: "probe" }
  | { readonly kind: "replay" | "shrink"; readonly program: ForeignProgram };

/** What is known of an allocator once it has run. */
export interface Probe {
  readonly capacity: Capacity;
  /** Constructors that trapped. */
  readonly failedInit: string | undefined;
  /** Imports that were called while it was measured, and what for, where their names do not say. */
  readonly calls: readonly StubNote[];
}

export interface StubNote {
  readonly name: string;
  readonly count: number;
  readonly takenFor: string | undefined;
}

export interface ShrunkAnswer {
  readonly script: string;
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  readonly digest: string;
  readonly operationsBefore: number;
  readonly operations: number;
  readonly tried: number;
  readonly isComplete: boolean;
}

export type ForeignAnswer =
  | { readonly kind: "probe"; readonly probe: Probe }
  | { readonly kind: "replay"; readonly replay: ForeignReplay }
  | { readonly kind: "shrink"; readonly shrunk: ShrunkAnswer | undefined }
  | { readonly kind: "refused"; readonly why: string };

/** Answers; `begin` hears of each operation of a replay before it runs. */
export function answerForeign(
  engine: ForeignEngine,
  question: ForeignQuestion,
  begin: (index: number) => void,
): ForeignAnswer {
  try {
    return answered(engine, question, begin);
  } catch (error) {
    if (!isGuests(error) && !(error instanceof WebAssembly.LinkError)) throw error;
    return { kind: "refused", why: (error as Error).message };
  }
}

function answered(
  engine: ForeignEngine,
  question: ForeignQuestion,
  begin: (index: number) => void,
): ForeignAnswer {
  if (question.kind === "probe") return { kind: "probe", probe: probeOf(engine) };
  const { program } = question;
  if (question.kind === "replay") {
    return { kind: "replay", replay: replayForeign(engine, program, begin) };
  }
  return { kind: "shrink", shrunk: shrunkOf(engine, program) };
}

function probeOf({ ready: { guest, capacity } }: ForeignEngine): Probe {
  const calls = [...guest.stubCalls].map(([name, call]) => ({ name, ...call }));
  return { capacity, failedInit: guest.failedInit, calls };
}

function shrunkOf(engine: ForeignEngine, program: ForeignProgram): ShrunkAnswer | undefined {
  const shrunk = shrinkForeign(engine, program);
  if (shrunk === undefined) return undefined;
  const { program: best, ...rest } = shrunk;
  return { ...rest, operations: best.ops.length, script: printForeign(best) };
}

export interface ForeignReplay {
  readonly steps: readonly ForeignStep[];
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  readonly digest: string;
  readonly ran: number;
  /** The rule that was broken, in words; none where none was. */
  readonly story: readonly string[];
  readonly ending: string;
}

/**
 * Runs a program; `begin` hears of each operation before it runs. Where contents changed, it runs
 * once more, and all contents are looked at after each operation: that tells which one did it. The
 * verdict is that of the first run, which looks no more often than a campaign does.
 */
export function replayForeign(
  engine: ForeignEngine,
  program: ForeignProgram,
  begin?: (index: number) => void,
): ForeignReplay {
  const { ops, bug } = program;
  const steps: ForeignStep[] = [];
  const outcome = engine.runProgram(imageOf(ops), bug, {
    before: begin,
    after: (index, judge) => steps.push(stepOf(ops[index], index, judge)),
  });
  return {
    steps,
    verdict: engine.verdict,
    signature: engine.signature,
    impact: engine.impact,
    digest: engine.digest,
    ran: outcome.ran,
    ending: endingLine(outcome, ops.length),
    story: storyOf(engine, program, outcome),
  };
}

function storyOf(
  engine: ForeignEngine,
  program: ForeignProgram,
  { violation }: ForeignOutcome,
): readonly string[] {
  if (violation === undefined) return [];
  const lines = violationLines(violation, engine.judge, program.ops);
  if (violation.rule !== "contents-changed") return lines;
  const changedAt = changeOf(engine, program);
  if (changedAt === undefined) return lines;
  return [
    ...lines,
    `  it changed during op ${changedAt}: ${printForeignOp(program.ops[changedAt])}`,
  ];
}

/** The operation after which the contents of some live block were not as before. */
function changeOf(engine: ForeignEngine, { ops, bug }: ForeignProgram): number | undefined {
  const { violation } = engine.runProgram(imageOf(ops), bug, {
    after: (_, judge) => {
      if (!judge.wasSkipped) judge.checkAll();
    },
  });
  const isSeen = violation?.rule === "contents-changed" && violation.at >= 0;
  return isSeen ? violation.at : undefined;
}

/** The replay as lines. */
export function replayLines(replay: ForeignReplay): string[] {
  const { steps, story, ending, signature, verdict, impact } = replay;
  const end = story.length === 0 ? [] : ["", ...story, ""];
  const verdictLine = verdict === "ok" ? "verdict: ok" : `${verdict}: ${signature} (${impact})`;
  return [...steps.map(stepLine), ...end, ending, verdictLine];
}
