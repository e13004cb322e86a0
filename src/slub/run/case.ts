// A program, judged: what the harness thinks of it.
import { hex64OfWords } from "../../base/hex.ts";
import type { Signature } from "../../target/signature.ts";
import { SlabHeap } from "../core/heap.ts";
import type { Shadow } from "../oracle/shadow.ts";
import type { InvariantCadence } from "../oracle/violation.ts";
import { encode } from "../program/encode.ts";
import type { ProgramImage } from "../program/image.ts";
import type { Machine } from "../program/machine.ts";
import type { Program } from "../program/op.ts";
import type { AnswerModel } from "./answer_model.ts";
import { type DamagedBytes, damagedBytes } from "./damage_record.ts";
import { type CaseResult, Judge } from "./judge.ts";
import { type ReplayStep, StepReader } from "./replay.ts";

/** A program, judged. */
export interface Case {
  /** One of `VERDICTS`. */
  readonly verdict: string;
  /** `cause|field|reach|symptom`: what makes two findings the same bug. */
  readonly signature: string;
  /** The worst thing that happened; `none` for nothing. */
  readonly impact: string;
  /** The check that was bound to see the mistake: where, and in which words. */
  readonly expected: { readonly op: number; readonly words: string } | null;
  /** The first operation that had no right to what it did, counted from 0; null for none. */
  readonly mistakeAt: number | null;
  /** What the mistake changed, and who wrote those bytes last when it showed. */
  readonly damage: readonly DamagedBytes[];
  /** Sixteen hex digits over everything that the machine answered and printed. */
  readonly digest: string;
}

/**
 * Runs a program in one go, and judges it. Without `heap` it makes a new one; what a heap held is
 * lost. `invariants` says how often rules are checked where it is not as `INVARIANTS` says: 0 for
 * never, N for one case of N; `model` is what answers are held against. Throws a UserError for a
 * program that the machine cannot run.
 */
export function judgeProgram(
  program: Program,
  machine: Machine,
  heap: SlabHeap = new SlabHeap(),
  invariants?: InvariantCadence,
  model?: AnswerModel,
): Case {
  heap.configure(machine);
  const judge = new Judge(heap, invariants, undefined, model);
  const image = encode(program, machine);
  return caseOf(judge, image, judge.run(image));
}

/** What a program runs on, and how it is judged. */
export interface ShownRun {
  readonly program: Program;
  readonly machine: Machine;
  readonly heap: SlabHeap;
  readonly invariants: InvariantCadence | undefined;
  readonly model?: AnswerModel | undefined;
}

export interface ShownCase {
  readonly judged: Case;
  /** The one of `judged`, in parts. */
  readonly signature: Signature;
}

/** Judges a program; `onStep` gets what `replay` yields, from the same run. */
export function judgeShown(
  { program, machine, heap, invariants, model }: ShownRun,
  onStep: (step: ReplayStep) => void,
): ShownCase {
  heap.configure(machine);
  const judge = new Judge(heap, invariants, undefined, model);
  const image = encode(program, machine);
  const reader = new StepReader(program, heap, image);
  let events = 0;
  let lost = 0;
  const result = judge.runShown(image, (op) => {
    onStep(reader.read(op, events, lost));
    events = heap.eventBytes;
    lost = heap.eventsLost;
  });
  const signature = judge.signatureOf(result);
  return { judged: caseOf(judge, image, result), signature };
}

function caseOf(judge: Judge, image: ProgramImage, result: CaseResult): Case {
  const { judgement } = result;
  const { expected } = judgement;
  // Looking for the writers below runs the program once more, on the same shadow.
  const mistakeAt = firstMistake(judge.shadow);
  return {
    verdict: judgement.verdict,
    signature: judge.signatureOf(result).text,
    impact: judgement.impact,
    expected: expected === undefined ? null : { op: expected.op, words: expected.words },
    mistakeAt,
    digest: hex64OfWords(result.digestHigh, result.digestLow),
    damage: damagedBytes({ shadow: judge.shadow, judgement, image, judge }),
  };
}

function firstMistake({ damages, misuses }: Shadow): number | null {
  const ops = [...damages, ...misuses].map(({ op }) => op);
  return ops.length === 0 ? null : Math.min(...ops);
}

/** The first operations of a program. */
export function firstOperations(program: Program, count: number): Program {
  const { source } = program;
  return {
    ...program,
    ops: program.ops.slice(0, count),
    source: source && {
      ...source,
      lines: source.lines.slice(0, count),
      texts: source.texts.slice(0, count),
    },
  };
}
