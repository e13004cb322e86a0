// What a worker of a guided search does: it makes and runs programs, reads which edges they came
// by, and writes findings up.
import type { SeedWords } from "../base/prng.ts";
import type { Heartbeat } from "../pool/heartbeat.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type {
  GuidedEngine,
  GuidedOps,
  GuidedWorker,
  ProbedCode,
  ProbedEngine,
} from "../target/guided.ts";
import { type Finding, Tally, type TallyData } from "../target/tally.ts";
import type { TargetCode } from "../target/target.ts";
import { tokenOfScript } from "../targets/script_token.ts";
import { takeCompares } from "../wasm/compare_log.ts";
import { eitherOf, takeFlags } from "../wasm/flags.ts";
import { CaseMaker, type ComparesOf, type GuidedCase } from "./guided_case.ts";

/** What such a worker is started with. */
export interface GuidedInput {
  readonly code: TargetCode;
  readonly seed: SeedWords;
  /** Code that keeps what it compared. */
  readonly compares: ProbedCode;
  /** Where functions and lines are noted, too: each program runs twice then. */
  readonly coverage?: ProbedCode | undefined;
}

export interface PlayedCases {
  readonly tally: TallyData;
  /** The readings of all programs, one behind the other. */
  readonly words: Uint32Array;
  /** Operations of each program that ran. */
  readonly operations: readonly number[];
  /** Flags of the functions and lines that they came by, if these are noted. */
  readonly flags: Uint32Array;
}

export interface DescribeJob {
  readonly finding: Finding;
  readonly ops: GuidedOps;
  readonly shrinks: boolean;
}

/** What such a worker can be asked for. */
export interface GuidedJobs {
  play(cases: readonly GuidedCase[]): PlayedCases;
  /** The programs of some cases. */
  make(cases: readonly GuidedCase[]): readonly GuidedOps[];
  describe(job: DescribeJob): FindingFolder;
}

/** A copy of the target with probes, and how many things they tell of. */
export interface ProbedRun {
  readonly engine: ProbedEngine;
  readonly size: number;
}

interface GuidedPlayerParts extends GuidedWorker {
  readonly compares: ProbedRun;
  readonly coverage?: ProbedRun | undefined;
}

/** What a copy of the target that keeps its comparisons compares. */
export function comparesBy({ engine, size }: ProbedRun): ComparesOf {
  return (ops) => {
    takeCompares(engine.exports, size); // what starting it has left
    engine.run(ops);
    return takeCompares(engine.exports, size);
  };
}

export class GuidedPlayer {
  readonly #engine: GuidedEngine;
  readonly #coverage: ProbedRun | undefined;
  readonly #maker: CaseMaker;

  constructor({ engine, programs, compares, coverage }: GuidedPlayerParts, seed: SeedWords) {
    this.#coverage = coverage;
    this.#engine = engine;
    this.#maker = new CaseMaker(programs, seed, comparesBy(compares));
  }

  play(cases: readonly GuidedCase[], heartbeat?: Heartbeat): PlayedCases {
    const tally = new Tally();
    let words = new Uint32Array(0);
    const operations: number[] = [];
    let flags: Uint32Array = new Uint32Array(0);
    for (const [i, one] of cases.entries()) {
      heartbeat?.beat(i);
      this.#run(one);
      flags = eitherOf(flags, this.#flagsOf(one));
      tally.add(this.#engine.outcome, one.number);
      operations.push(this.#engine.outcome.ran);
      const reading = this.#engine.readEdges();
      if (i === 0) words = new Uint32Array(cases.length * reading.length);
      words.set(reading, i * reading.length);
    }
    return { tally: tally.data, words, operations, flags };
  }

  /** The generator's programs need not become lists of operations first. */
  #run(one: GuidedCase): void {
    const { source } = one;
    if (source.kind === "generated") this.#engine.runGenerated(source.caseNumber);
    else this.#engine.run(this.#maker.make(one));
  }

  #flagsOf(one: GuidedCase): Uint32Array {
    if (this.#coverage === undefined) return new Uint32Array(0);
    const { engine, size } = this.#coverage;
    engine.run(this.#maker.make(one));
    return takeFlags(engine.exports, size);
  }

  make(cases: readonly GuidedCase[]): readonly GuidedOps[] {
    return cases.map((one) => this.#maker.make(one));
  }

  describe({ finding, ops, shrinks }: DescribeJob): FindingFolder {
    return this.#engine.describe({ finding, ops, tokenOf: tokenOfScript }, shrinks);
  }
}
