// Makes, runs and judges the cases of a campaign, one at a time: what a worker does all day.
import { highWord, lowWord } from "../base/bytes.ts";
import { Generator } from "../gen/generate.ts";
import { type GenerateOptions, generateOptionsFor } from "../gen/options.ts";
import type { Impact } from "../oracle/impact.ts";
import type { Verdict } from "../oracle/verdict.ts";
import type { ProgramImage } from "../program/image.ts";
import type { Machine } from "../program/machine.ts";
import { type CaseResult, Judge } from "../run/judge.ts";
import { SlabHeap } from "../wasm/heap.ts";
import { type CampaignOptions, machineOf } from "./options.ts";
import { parseTarget, type Target } from "./target.ts";

/** Number of the signature of a core that trapped. */
const TRAP_KEY = -1;
const TRAP_SIGNATURE = "none|-|-|invariant trap";

export class CaseEngine {
  readonly machine: Machine;
  readonly #target: Target;
  readonly #generator: Generator;
  #judge: Judge;
  #result: CaseResult | undefined;

  constructor(options: CampaignOptions) {
    this.machine = machineOf(options);
    this.#target = parseTarget(options.target);
    this.#generator = new Generator(generatorOptions(options, this.machine));
    this.#judge = this.#newJudge();
  }

  /** Makes the program of a case; it stays until the next one is made. */
  generate(caseNumber: number): ProgramImage {
    return this.#generator.generate(caseNumber);
  }

  /** Runs a case from its number on. */
  run(caseNumber: number): void {
    const image = this.#generator.generate(caseNumber);
    try {
      this.#result = this.#judge.run(image, this.#generator.marks, this.#generator.census);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      this.#result = undefined;
      this.#judge = this.#newJudge();
    }
  }

  /** Bug class of the last case; of two, the one that is to blame for the verdict. */
  get bug(): string {
    const cause = this.#result?.judgement.cause;
    return this.#generator.bugs.find((bug) => bug === cause) ?? this.#generator.bug;
  }

  /** Length of its program. */
  get opCount(): number {
    return this.#generator.image.opCount;
  }

  get ran(): number {
    return this.#result?.ran ?? 0;
  }

  get verdict(): Verdict {
    return this.#result?.judgement.verdict ?? "invariant";
  }

  get impact(): Impact {
    return this.#result?.judgement.impact ?? "oops";
  }

  /** A number for its signature. */
  get key(): number {
    return this.#result?.key ?? TRAP_KEY;
  }

  get signature(): string {
    return this.#result === undefined ? TRAP_SIGNATURE : this.#judge.signatureOf(this.#result);
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

  #newJudge(): Judge {
    const heap = new SlabHeap(this.#target.core);
    heap.configure(this.machine, this.#target.planted);
    return new Judge(heap);
  }
}

function generatorOptions(options: CampaignOptions, machine: Machine): GenerateOptions {
  const seed = { high: highWord(options.seed), low: lowWord(options.seed) };
  return generateOptionsFor(machine, { ...options, seed });
}
