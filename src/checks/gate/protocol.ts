// What the gate and its workers say to each other. A target is named as on the command line.
import type { CoreKind } from "../../slub/core/load.ts";
import type { ShownByRun } from "../../target/program.ts";
import type { CostTable } from "../cost/measure.ts";
import type { Check, CheckFinding, CheckResult } from "./check.ts";
import type { Exhibit } from "./exhibit.ts";

/** Given to a worker when it starts. */
export interface GateInput {
  /** Every core that a job may name, compiled once for all. */
  readonly cores: readonly { readonly kind: CoreKind; readonly module: WebAssembly.Module }[];
}

export interface TargetJob {
  readonly target: string;
}

export interface CheckJob extends TargetJob {
  readonly check: Check;
}

export interface CanaryJob extends TargetJob {
  readonly checks: readonly Check[];
}

export interface CanaryAnswer {
  /** The check that caught the canary. */
  readonly caught: CheckResult | undefined;
  readonly cases: number;
}

export interface ExhibitJob extends CheckJob {
  readonly finding: CheckFinding;
}

/** A program to be judged, as text. */
export interface ProgramJob extends TargetJob {
  readonly script: string;
  /** What its complaints begin with. */
  readonly name: string;
}

/** A set of golden programs, by its name. */
export interface GoldenJob extends TargetJob {
  readonly set: string;
}

/** What a worker can be asked for. */
export interface GateJobs {
  check(job: CheckJob): CheckResult;
  /** Runs checks up to the first one that fails: the target is a canary. */
  canary(job: CanaryJob): CanaryAnswer;
  exhibit(job: ExhibitJob): Exhibit;
  program(job: ProgramJob): ShownByRun;
  /** A digest of what the target answers. */
  golden(job: GoldenJob): string;
  /** The smallest program that the target answers otherwise than our own core. */
  goldenExample(job: GoldenJob): Exhibit;
  /** What operations cost; undefined where the target traps. */
  cost(job: TargetJob): CostTable | undefined;
}
