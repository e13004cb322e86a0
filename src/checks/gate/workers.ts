// The workers of the gate, and what a section says of a job that they could not finish.
import type { Outcome } from "../../pool/job.ts";
import { Pool } from "../../pool/pool.ts";
import { type CoreKind, loadModule } from "../../slub/core/load.ts";
import type { GateInput, GateJobs } from "./protocol.ts";

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
