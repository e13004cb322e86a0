// What a guided search asks of a kind of target: programs as lists of operations that it may change
// and put together, and a worker that runs them and says which edges of the code they came by.
import type { Prng } from "../base/prng.ts";
import type { CaseOutcome, FailureKind } from "./failure.ts";
import type { FindingFolder } from "./finding_folder.ts";
import type { Finding } from "./tally.ts";
import type { Target, TargetCode } from "./target.ts";

/** An operation; opaque outside the kind of target that made it, and travels between threads. */
export type GuidedOp = object;

export type GuidedOps = readonly GuidedOp[];

export interface GuidedNumber {
  readonly field: string;
  readonly value: number;
}

/** The programs of one campaign. */
export interface GuidedPrograms {
  /** The program that the generator makes of a case number. */
  generate(caseNumber: number): GuidedOps;
  /** The program without its ending, in which everything is given back. */
  opened(ops: GuidedOps): GuidedOps;
  /** The same program about things with other names. */
  renamed(ops: GuidedOps, prng: Prng): GuidedOps;
  /** The same operation on another thing that the program names. */
  retargeted(op: GuidedOp, ops: GuidedOps, prng: Prng): GuidedOp;
  /** The same operation with another number: at a boundary, or next to the one that it had. */
  renumbered(op: GuidedOp, ops: GuidedOps, prng: Prng): GuidedOp;
  /** The numbers of an operation, by the fields that have them. */
  numbersOf(op: GuidedOp): readonly GuidedNumber[];
  /** The same operation with another number there, as far as it may have that. */
  withNumber(op: GuidedOp, field: string, value: number): GuidedOp;
  /** The operations that the program has no right to do. */
  mistakesOf(ops: GuidedOps): readonly GuidedOp[];
  /**
   * A program of the campaign, made of the operations as far as they can be part of one; its
   * mistakes are among the `meant` ones, if these are said.
   */
  repaired(ops: GuidedOps, meant?: ReadonlySet<GuidedOp>): GuidedOps;
  /** The program as a script, with its header. */
  script(ops: GuidedOps, comments: readonly string[]): string;
  /** Reads such a script. Throws a UserError for one of another target or machine. */
  parse(text: string, name: string): GuidedOps;
  /** How a program counts that a worker was lost with. */
  lost(how: FailureKind, ops: GuidedOps): CaseOutcome;
  /** The folder of a finding whose example cannot be run again. */
  describeUnrun(example: GuidedExample): FindingFolder;
}

/** A target whose code counts the edges that it comes by. */
export interface GuidedTarget {
  readonly target: Target;
  /** For the workers. */
  readonly code: TargetCode;
  readonly programs: GuidedPrograms;
  /** Edges that the code has, and words of a reading of them (wasm/edges.ts). */
  readonly edges: number;
  readonly words: number;
  /** Code that keeps what it compared, at so many places (wasm/compare_log.ts). */
  readonly compares: ProbedCode;
}

/** Runs programs of a guided search. */
export interface GuidedEngine {
  /** What came of the last one. */
  readonly outcome: CaseOutcome;
  run(ops: GuidedOps): void;
  /** The same with the program that the generator makes of a case number. */
  runGenerated(caseNumber: number): void;
  /** Edges that the last program came by; valid until the next reading. */
  readEdges(): Uint32Array;
  /** Runs the example of a finding again, checks it, writes it up, and shrinks it if asked to. */
  describe(example: GuidedExample, shrinks: boolean): FindingFolder;
}

/** Runs programs on a copy of the target whose code has other probes than counters of edges. */
export interface ProbedEngine {
  run(ops: GuidedOps): void;
  /** Of the instance that the last program ran in. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A copy of a target's code for a `ProbedEngine`, and how many things its probes tell of. */
export interface ProbedCode {
  readonly code: TargetCode;
  readonly size: number;
}

/** What a worker thread of a guided search works with. */
export interface GuidedWorker {
  readonly engine: GuidedEngine;
  readonly programs: GuidedPrograms;
}

/** The program that shows a finding. */
export interface GuidedExample {
  readonly finding: Finding;
  readonly ops: GuidedOps;
  readonly tokenOf: (script: string) => string;
}

/** The comments that its script begins with. */
export function guidedComments({ verdict, signature, caseNumber }: Finding, seed: bigint) {
  const where = `program ${caseNumber} of the guided search with seed ${seed}`;
  return [`${verdict}: ${signature.text}`, where];
}
