// The workers of the gate, and what a section says of a job that they could not finish.
import type { Outcome } from "../../pool/job.ts";
import { Pool } from "../../pool/pool.ts";
import type { CellRequest } from "../../search/cell.ts";
import { type CoreKind, loadModule } from "../../slub/core/load.ts";
import type { ShownByRun } from "../../target/program.ts";
import type { CostTable } from "../cost/row.ts";
import type { AnyCheck, AnyCheckResult, Check, CheckFinding, CheckResult } from "./check.ts";
import type { ExhaustAnswer } from "./exhaust_check.ts";
import type { Reproducer } from "./reproducer.ts";

export type GatePool = Pool<GateJobs>;

/** CPU time that one case may take: a thousand times as much as one takes. */
export const CASE_TIMEOUT_MS = 2000;

/** A pool whose jobs may name targets of these cores. */
export function gatePool(
  kinds: readonly CoreKind[],
  jobs: number,
  timeoutMs = CASE_TIMEOUT_MS,
): GatePool {
  const cores = kinds.map((kind) => ({ kind, module: loadModule(kind) }));
  const input: GateInput = { cores };
  const file = { beside: import.meta.url, name: "worker", input };
  return new Pool<GateJobs>({ file, size: jobs, limitMs: timeoutMs });
}

/**
 * A lost job is the target's fault only if it was lost at the same case twice, the second time with
 * no other at work. Otherwise nothing is known of the target: this says so, and the gate is not
 * finished. Undefined where something is known.
 */
export function unfinishedText(outcome: Outcome<unknown>): string | undefined {
  if (outcome.kind === "done" || outcome.isConfirmed) return undefined;
  return `could not finish in its time (case ${outcome.index}: ${outcome.reason})`;
}

/** Given to a worker when it starts. */
export interface GateInput {
  /** Every core that a job may name, compiled once for all. */
  readonly cores: readonly { readonly kind: CoreKind; readonly module: WebAssembly.Module }[];
}

export interface TargetJob {
  readonly target: string;
}

export interface CheckJob extends TargetJob {
  readonly check: AnyCheck;
}

export interface CanaryJob extends TargetJob {
  readonly checks: readonly Check[];
}

export interface CanaryAnswer {
  /** The check that caught the canary. */
  readonly caught: CheckResult | undefined;
  readonly cases: number;
}

export interface ReproducerJob extends CheckJob {
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

/** Has the operations of a target counted. */
export interface CostJob extends TargetJob {
  /** A module with counters; a core gets its own when it is counted. */
  readonly metered?: WebAssembly.Module | undefined;
}

/** Every program of a small scope, on one machine. */
export interface ExhaustJob extends TargetJob {
  readonly cell: CellRequest;
}

/** What a worker can be asked for. */
export interface GateJobs {
  check(job: CheckJob): AnyCheckResult;
  /** Runs checks up to the first one that fails: the target is a canary. */
  canary(job: CanaryJob): CanaryAnswer;
  reproducer(job: ReproducerJob): Reproducer;
  program(job: ProgramJob): ShownByRun;
  exhaust(job: ExhaustJob): ExhaustAnswer;
  /** A digest of what the target answers. */
  golden(job: GoldenJob): string;
  /** The smallest program that the target answers otherwise than our own core. */
  goldenExample(job: GoldenJob): Reproducer;
  /** What operations cost; undefined where the target traps. */
  cost(job: CostJob): CostTable | undefined;
}
