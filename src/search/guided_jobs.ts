// What a worker of a guided search does: it makes and runs programs, reads which edges they came
// by, and writes findings up.
import type { SeedWords } from "../base/prng.ts";
import type { Heartbeat } from "../pool/heartbeat.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type {
  CoverageCode,
  CoverageEngine,
  GuidedEngine,
  GuidedOps,
  GuidedWorker,
} from "../target/guided.ts";
import { type Finding, Tally, type TallyData } from "../target/tally.ts";
import type { TargetCode } from "../target/target.ts";
import { tokenOfScript } from "../targets/script_token.ts";
import { eitherOf } from "../wasm/flags.ts";
import { CaseMaker, type GuidedCase } from "./guided_case.ts";

/** What such a worker is started with. */
export interface GuidedInput {
  readonly code: TargetCode;
  readonly seed: SeedWords;
  /** Where functions and lines are noted, too: each program runs twice then. */
  readonly coverage?: CoverageCode | undefined;
}

export interface PlayedCases {
  readonly tally: TallyData;
  /** The readings of all programs, one behind the other. */
  readonly words: Uint32Array;
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
  describe(job: DescribeJob): FindingFolder;
}

export class GuidedPlayer {
  readonly #engine: GuidedEngine;
  readonly #coverage: CoverageEngine | undefined;
  readonly #maker: CaseMaker;

  constructor({ engine, programs }: GuidedWorker, seed: SeedWords, coverage?: CoverageEngine) {
    this.#coverage = coverage;
    this.#engine = engine;
    this.#maker = new CaseMaker(programs, seed);
  }

  play(cases: readonly GuidedCase[], heartbeat?: Heartbeat): PlayedCases {
    const tally = new Tally();
    let words = new Uint32Array(0);
    let flags: Uint32Array = new Uint32Array(0);
    for (const [i, one] of cases.entries()) {
      heartbeat?.beat(i);
      const ops = this.#maker.make(one);
      this.#engine.run(ops);
      flags = eitherOf(flags, this.#flagsOf(ops));
      tally.add(this.#engine.outcome, one.number);
      const reading = this.#engine.readEdges();
      if (i === 0) words = new Uint32Array(cases.length * reading.length);
      words.set(reading, i * reading.length);
    }
    return { tally: tally.data, words, flags };
  }

  #flagsOf(ops: GuidedOps): Uint32Array {
    this.#coverage?.run(ops);
    return this.#coverage?.takeFlags() ?? new Uint32Array(0);
  }

  describe({ finding, ops, shrinks }: DescribeJob): FindingFolder {
    return this.#engine.describe({ finding, ops, tokenOf: tokenOfScript }, shrinks);
  }
}
