// A finding of a check, made again and cut down until a person can take it in: the smallest program
// that shows it, which of its lines does, and what it does to memory.
import { UserError } from "../../base/user_error.ts";
import { CaseEngine } from "../../slub/engine.ts";
import { heapFor, type NamedCore, onCore } from "../../slub/named_core.ts";
import { NEVER } from "../../slub/oracle/verdict.ts";
import type { InvariantCadence } from "../../slub/oracle/violation.ts";
import { headerOf, machineFor } from "../../slub/program/boot.ts";
import { decode } from "../../slub/program/decode.ts";
import { encode } from "../../slub/program/encode.ts";
import type { Program } from "../../slub/program/op.ts";
import { printScript } from "../../slub/program/text.ts";
import { firstOperations } from "../../slub/run/case.ts";
import { damagedBytes } from "../../slub/run/damage_record.ts";
import { Judge } from "../../slub/run/judge.ts";
import { CandidateRunner } from "../../slub/shrink/candidate_runner.ts";
import { shrink } from "../../slub/shrink/shrink.ts";
import { tokenOfCase } from "../../slub/token.ts";
import { damageDump, explanationLines } from "../../slub/words/finding_text.ts";
import type { Verdict } from "../../target/verdict.ts";
import { type Check, type CheckFinding, isForbidden } from "./check.ts";

/** A finding as it is shown. */
export interface Reproducer {
  /** Replays the case as it was found; undefined for what no case number names. */
  readonly token: string | undefined;
  /** The smallest program that shows it; the whole one if it could not be made smaller. */
  readonly script: string;
  /** Operations of that program, and of the one that it came from. */
  readonly operations: number;
  readonly operationsBefore: number;
  /** The line of the script that shows it, counted from 1. */
  readonly line: number;
  /** The file that the script is, where it is one already. */
  readonly path?: string;
  /** The rule that was broken, in words, where the signature names a family of rules. */
  readonly broke?: string;
  /** What happened, in words. */
  readonly explanation: readonly string[];
  /** Damaged bytes, before and after. */
  readonly dump: readonly string[];
}

/** A shrinker does so much work at most, in operations: some seconds. */
const EFFORT_MAX = 300_000;

/** Makes the example of a finding again, and the smallest program that shows the same. */
export function reproducerOf(target: NamedCore, check: Check, finding: CheckFinding): Reproducer {
  const options = { ...check.options, target: target.name };
  const engine = engineOf(target, check);
  if (engine === undefined) return bareReproducer(emptyProgram(target, check), undefined);
  const image = engine.generate(finding.caseNumber);
  const token = tokenOfCase(options, engine.machine, image, finding.caseNumber);
  const whole = onCore(decode(image, engine.machine), target);
  const counted = firstOperations(whole, engine.census);
  const program = smallest(target, check, finding, [whole, counted]);
  if (program === undefined) return bareReproducer(whole, token);
  const { invariants } = check.options;
  const shown = reproducerOfProgram(target, invariants, program);
  return { ...shown, token, operationsBefore: whole.ops.length };
}

/** A reproducer of a program that cannot be run here. */
export function bareReproducer(program: Program, token: string | undefined): Reproducer {
  const script = printScript(program);
  const { length } = program.ops;
  return {
    token,
    script,
    operations: length,
    operationsBefore: length,
    line: lineOfOp(program, length - 1),
    explanation: [],
    dump: [],
  };
}

/** The program of a case that cannot be run again: its worker would hang or die once more. */
export function programOfCase(target: NamedCore, check: Check, caseNumber: number): Reproducer {
  const engine = new CaseEngine({ ...check.options, target: "slub" });
  const options = { ...check.options, target: target.name };
  const image = engine.generate(caseNumber);
  const token = tokenOfCase(options, engine.machine, image, caseNumber);
  return bareReproducer(onCore(decode(image, engine.machine), target), token);
}

/** Undefined where the target does not even boot. */
function engineOf(target: NamedCore, check: Check): CaseEngine | undefined {
  try {
    return new CaseEngine(check.options, { target });
  } catch {
    return undefined;
  }
}

function emptyProgram(target: NamedCore, check: Check): Program {
  const { machine } = new CaseEngine(check.options);
  return onCore({ header: headerOf(machine), ops: [] }, target);
}

/** Shrinks the first of these programs that shows the finding, or at least one like it. */
function smallest(
  target: NamedCore,
  { kind, options }: Check,
  finding: CheckFinding,
  programs: readonly Program[],
): Program | undefined {
  const newHeap = () => heapFor(target);
  const { invariants } = options;
  const runner = new CandidateRunner(newHeap, undefined, invariants);
  const shown = programs.map((program) => ({ program, run: runner.run(program) }));
  const start =
    shown.find(({ run }) => run?.signature === finding.signature) ??
    shown.find(({ run }) => run !== undefined && isForbidden(kind, run.verdict as Verdict));
  if (start === undefined) return undefined;
  try {
    return shrink(start.program, { newHeap, invariants, effortMax: EFFORT_MAX }).program;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A reproducer as it is, with what it shows in words and bytes. */
export function reproducerOfProgram(
  target: NamedCore,
  invariants: InvariantCadence | undefined,
  program: Program,
): Reproducer {
  const bare = bareReproducer(program, undefined);
  const heap = heapFor(target);
  try {
    const machine = machineFor(program);
    heap.configure(machine);
    const judge = new Judge(heap, invariants);
    const image = encode(program, machine);
    const result = judge.run(image);
    const { judgement } = result;
    const { shadow } = judge;
    const dump = shadow.damages.flatMap((damage) => damageDump(shadow, damage));
    const { shownAt, damage } = judgement;
    const told = shownAt === NEVER ? (damage?.op ?? NEVER) : shownAt;
    const line = lineOfOp(program, told === NEVER ? program.ops.length - 1 : told);
    heap.configure(machine);
    const damaged = damagedBytes({ shadow, judgement, image, judge: new Judge(heap) });
    const signature = judge.signatureOf(result).text;
    const explanation = explanationLines({ signature, judgement, shadow, program, damaged });
    return { ...bare, line, explanation, dump };
  } catch {
    return bare; // it traps: the program says all that there is to say
  }
}

/** The line of an operation in the printed script; of one that is beyond its end, the last. */
export function lineOfOp({ header, ops }: Program, op: number): number {
  const before = ops.slice(0, Math.max(0, Math.min(op, ops.length - 1)));
  const lines = printScript({ header, ops: before }).split("\n").length;
  return ops.length === 0 ? Math.max(1, lines - 1) : lines;
}
