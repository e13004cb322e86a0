// Makes, runs and judges the cases of a campaign against a foreign module, one at a time. Nothing
// of the module runs before the first case does, so that the watcher knows which case never ended.
import { Digest } from "../base/hash.ts";
import { hex64OfWords } from "../base/hex.ts";
import { failureSignature } from "../target/failure.ts";
import type { Signature } from "../target/signature.ts";
import type { Impact, Verdict } from "../target/verdict.ts";
import { ForeignGenerator, type ForeignShape } from "./gen/generate.ts";
import { type Capacity, isGuests, measureCapacity, planMeasured } from "./judge/capacity.ts";
import { Guest } from "./judge/guest.ts";
import { ForeignJudge, type Observer } from "./judge/judge.ts";
import type { ForeignOutcome } from "./judge/outcome.ts";
import { ReferenceHeap } from "./judge/reference.ts";
import { type ForeignVerdict, moduleSignature, verdictOf } from "./judge/verdict.ts";
import type { ForeignPlan } from "./load/plan.ts";
import { type ForeignImage, type ForeignOp, imageOf } from "./program/op.ts";

/** A module, as a thread gets it that runs it. */
export interface ForeignModule {
  readonly module: WebAssembly.Module;
  readonly plan: ForeignPlan;
  /** Measured by the engine unless it is known already. */
  readonly capacity?: Capacity;
}

const NOTHING: ForeignVerdict = {
  verdict: "invariant",
  impact: "none",
  signature: failureSignature("stumble"),
};

export class ForeignEngine {
  #plan: ForeignPlan;
  readonly #shape: ForeignShape;
  readonly #module: WebAssembly.Module;
  #capacity: Capacity | undefined;
  #ready: { readonly guest: Guest; readonly capacity: Capacity } | undefined;
  #generator: ForeignGenerator | undefined;
  #judge: ForeignJudge | undefined;
  #reference: ForeignJudge | undefined;
  #outcome: ForeignOutcome | undefined;
  #verdict = NOTHING;
  bug = "none";
  opCount = 0;
  /** What the last case threw, where slabfuzz itself is to blame. */
  error: unknown;
  readonly other = undefined;

  constructor({ module, plan, capacity }: ForeignModule, shape: ForeignShape) {
    this.#module = module;
    this.#plan = capacity === undefined ? plan : planMeasured(plan, capacity);
    this.#shape = shape;
    this.#capacity = capacity;
  }

  /** As far as it is known by now: some of it only a module that runs can tell. */
  get plan(): ForeignPlan {
    return this.#plan;
  }

  /** The module, and how much it can give; runs its code. */
  get ready(): { readonly guest: Guest; readonly capacity: Capacity } {
    if (this.#ready === undefined) {
      const guest = new Guest(this.#module, this.plan);
      this.#capacity ??= measureCapacity(guest);
      this.#plan = planMeasured(this.plan, this.#capacity);
      const known = this.plan === guest.plan ? guest : guest.calledBy(this.plan.binding);
      this.#ready = { guest: known, capacity: this.#capacity };
    }
    return this.#ready;
  }

  /** Lets loops make fewer turns while something is done: those without an end cost less. */
  withLessFuel<T>(turns: number, work: () => T): T {
    if (turns === Number.POSITIVE_INFINITY) return work();
    const { guest } = this.ready;
    const { fuelFull } = guest;
    guest.fuelFull = Math.min(turns, fuelFull);
    try {
      return work();
    } finally {
      guest.fuelFull = fuelFull;
    }
  }

  /** Makes the program of a case; it stays until the next one is made. */
  generate(caseNumber: number): ForeignImage {
    const capacity = this.#capacity ?? this.ready.capacity;
    this.#generator ??= new ForeignGenerator(this.#shape, this.plan.binding, capacity);
    const image = this.#generator.generate(caseNumber);
    this.bug = this.#generator.bug;
    this.opCount = image.count;
    return image;
  }

  run(caseNumber: number): void {
    this.#attempt(() => this.runProgram(this.generate(caseNumber)));
  }

  /** The same with a program without a mistake that no case number stands for. */
  runOps(ops: readonly ForeignOp[]): void {
    this.bug = "none";
    this.opCount = ops.length;
    this.#attempt(() => this.runProgram(imageOf(ops)));
  }

  #attempt(runJudged: () => void): void {
    this.#outcome = undefined;
    this.error = undefined;
    try {
      runJudged();
    } catch (error) {
      this.#verdict = this.#failure(error);
      this.#judge = undefined;
    }
  }

  /** Runs a program, of the last case's class or of another one. */
  runProgram(image: ForeignImage, bug = this.bug, observer?: Observer): ForeignOutcome {
    this.#outcome = this.judge.run(image, observer);
    this.#verdict = verdictOf(this.#outcome, bug, this.plan.name);
    return this.#outcome;
  }

  /** Whether the reference breaks no rule with a program: if it does, the program is at fault. */
  isAnsweredRightlyElsewhere(image: ForeignImage): boolean {
    this.#reference ??= new ForeignJudge(new ReferenceHeap(this.plan), this.ready.capacity);
    return this.#reference.run(image).violation === undefined;
  }

  /** A module that traps while it is made ready never gets as far as a case. */
  #failure(error: unknown): ForeignVerdict {
    if (isGuests(error) || error instanceof WebAssembly.LinkError) {
      const signature = moduleSignature("none", this.plan.name, "invariant", "start");
      return { verdict: "invariant", impact: "oops", signature };
    }
    this.error = error;
    return NOTHING;
  }

  /** The last case again would need a fresh everything. */
  reboot(): void {
    this.#judge = undefined;
  }

  /** The judge of the last case, with everything that it knows. */
  get judge(): ForeignJudge {
    const { guest, capacity } = this.ready;
    this.#judge ??= new ForeignJudge(guest, capacity);
    return this.#judge;
  }

  get outcome(): ForeignOutcome | undefined {
    return this.#outcome;
  }

  get verdict(): Verdict {
    return this.#verdict.verdict;
  }

  get impact(): Impact {
    return this.#verdict.impact;
  }

  get signature(): Signature {
    return this.#verdict.signature;
  }

  /** A number for its signature; the same on every worker. */
  get key(): number {
    const { text } = this.#verdict.signature;
    return text === "" ? 0 : new Digest().text(text).low;
  }

  get ran(): number {
    return this.#outcome?.judged ?? 0;
  }

  /** Sixteen digits over everything that the module answered. */
  get digest(): string {
    return hex64OfWords(this.digestHigh, this.digestLow);
  }

  get digestHigh(): number {
    return this.#outcome?.digestHigh ?? 0;
  }

  get digestLow(): number {
    return this.#outcome?.digestLow ?? 0;
  }
}
