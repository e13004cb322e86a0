// Makes, runs and judges the cases of a campaign, one at a time: what a worker does all day.
import { highWord, lowWord } from "../base/bytes.ts";
import { isOutOfMemory } from "../base/user_error.ts";
import { type BugName, isBugName } from "../target/bug_names.ts";
import type { CaseOutcome, FailureKind, OtherMistake } from "../target/failure.ts";
import { FAILURES, failureSignature } from "../target/failure.ts";
import type { Signature } from "../target/signature.ts";
import type { Impact, Verdict } from "../target/verdict.ts";
import { isTrap } from "../wasm/trap.ts";
import type { SlabHeap } from "./core/heap.ts";
import { Generator } from "./gen/generate.ts";
import { type GenerateOptions, generateOptionsFor } from "./gen/options.ts";
import { heapFor, type NamedCore, parseCore } from "./named_core.ts";
import { machineOf, type SlubOptions } from "./options.ts";
import type { InvariantCadence } from "./oracle/violation.ts";
import { Encoder } from "./program/encode.ts";
import type { ProgramImage } from "./program/image.ts";
import type { Machine } from "./program/machine.ts";
import type { ProgramOp } from "./program/op.ts";
import type { AnswerModel } from "./run/answer_model.ts";
import { type CaseResult, Judge } from "./run/judge.ts";

/** What cases run on, where it is not a new heap of what the options name. */
export interface EngineBench {
  readonly target?: NamedCore;
  /** A caller with many engines may give them one heap. */
  readonly heap?: SlabHeap;
  /** What the answers to clean programs are held against, if anything. */
  readonly model?: AnswerModel;
}

export class CaseEngine implements CaseOutcome {
  readonly machine: Machine;
  readonly #target: NamedCore;
  readonly #cadence: InvariantCadence | undefined;
  readonly #generator: Generator;
  readonly #encoder: Encoder;
  readonly #model: AnswerModel | undefined;
  #judge: Judge;
  #result: CaseResult | undefined;
  #failure: FailureKind = "stumble";
  #error: unknown;
  /** The program that ran last, if it stands for itself and not for a case number. */
  #given: ProgramImage | undefined;

  constructor(options: SlubOptions, bench: EngineBench = {}) {
    this.machine = machineOf(options);
    this.#target = bench.target ?? parseCore(options.target);
    this.#cadence = options.invariants;
    this.#generator = generatorFor(options, this.machine);
    this.#encoder = new Encoder(this.machine);
    this.#model = bench.model;
    this.#judge = this.#newJudge(bench.heap);
  }

  /** Makes the program of a case; it stays until the next one is made. */
  generate(caseNumber: number): ProgramImage {
    return this.#generator.generate(caseNumber);
  }

  /** The program that was made last. */
  get image(): ProgramImage {
    return this.#given ?? this.#generator.image;
  }

  /** Before which operation of the program that was made last everything is counted. */
  get census(): number {
    return this.#generator.census;
  }

  /** Runs a case from its number on; a case that fails leaves a fresh heap to the next one. */
  run(caseNumber: number): void {
    this.#given = undefined;
    this.#attempt(() => {
      const image = this.#generator.generate(caseNumber);
      return this.#judge.run(image, this.#generator.marks, this.#generator.census);
    });
  }

  /** The same with a program that no case number stands for. */
  runProgram(ops: readonly ProgramOp[]): void {
    this.#runGiven(() => this.#encoder.encode({ header: {}, ops }));
  }

  /** The same with the program of a case, as if it had come from elsewhere. */
  runAsGiven(caseNumber: number): void {
    this.#runGiven(() => this.#generator.generate(caseNumber));
  }

  #runGiven(make: () => ProgramImage): void {
    this.#given = this.#encoder.image;
    this.#attempt(() => {
      const image = make();
      this.#given = image;
      return this.#judge.run(image);
    });
  }

  #attempt(runJudged: () => CaseResult): void {
    this.#result = undefined;
    try {
      const result = runJudged();
      if (this.#judge.heap.isFull) this.#fail("memory", undefined);
      else this.#result = result;
    } catch (error) {
      // A machine without memory says nothing about the core.
      if (isOutOfMemory(error) && !this.#judge.heap.isFull) throw error;
      const failure = this.#judge.heap.isFull ? "memory" : isTrap(error) ? "trap" : "stumble";
      this.#fail(failure, error);
    }
  }

  #fail(failure: FailureKind, error: unknown): void {
    this.#failure = failure;
    this.#error = error;
    this.#judge = this.#newJudge();
  }

  /** What the last case threw, if it gave no result. */
  get error(): unknown {
    return this.#result === undefined ? this.#error : undefined;
  }

  /** The next case runs in a machine that has just booted. */
  reboot(): void {
    this.#judge = this.#newJudge();
  }

  /** Bug class of the last case; of two, the one that is to blame for the verdict. */
  get bug(): string {
    const cause = this.#result?.judgement.cause ?? "none";
    if (this.#given !== undefined) return isBugName(cause) ? cause : "none";
    return this.#generator.bugs.find((bug) => bug === cause) ?? this.#generator.bug;
  }

  /** Of two mistakes the other one; undefined if the machine did not live to see it. */
  get other(): OtherMistake | undefined {
    const judgement = this.#result?.judgement;
    if (this.#given !== undefined || this.#generator.bugs.length < 2 || judgement === undefined)
      return undefined;
    const left = [...this.#generator.bugs];
    left.splice(left.indexOf(this.bug as BugName), 1);
    const found = judgement.others.find(({ cause }) => left.some((bug) => bug === cause));
    return found && { bug: found.cause, verdict: found.verdict };
  }

  /** Length of its program. */
  get opCount(): number {
    return this.image.opCount;
  }

  get ran(): number {
    return this.#result?.ran ?? 0;
  }

  get verdict(): Verdict {
    return this.#result?.judgement.verdict ?? "invariant";
  }

  get impact(): Impact {
    return this.#result?.judgement.impact ?? FAILURES[this.#failure].impact;
  }

  /** A number for its signature. */
  get key(): number {
    return this.#result?.key ?? FAILURES[this.#failure].key;
  }

  get signature(): Signature {
    if (this.#result === undefined) return failureSignature(this.#failure);
    return this.#judge.signatureOf(this.#result);
  }

  get digestHigh(): number {
    return this.#result?.digestHigh ?? 0;
  }

  get digestLow(): number {
    return this.#result?.digestLow ?? 0;
  }

  /** The judge of the last case, with everything that it knows; a trap leaves none. */
  get judge(): Judge | undefined {
    return this.#result === undefined ? undefined : this.#judge;
  }

  get result(): CaseResult | undefined {
    return this.#result;
  }

  /** The heap that the next case runs on: another one than before, if the last one failed. */
  get heap(): SlabHeap {
    return this.#judge.heap;
  }

  #newJudge(heap: SlabHeap = heapFor(this.#target)): Judge {
    heap.configure(this.machine);
    return new Judge(heap, this.#cadence, undefined, this.#model);
  }
}

/** What makes the programs of a campaign. */
export function generatorFor(options: SlubOptions, machine: Machine): Generator {
  return new Generator(generatorOptions(options, machine));
}

function generatorOptions(options: SlubOptions, machine: Machine): GenerateOptions {
  const seed = { high: highWord(options.seed), low: lowWord(options.seed) };
  return generateOptionsFor(machine, { ...options, seed });
}
