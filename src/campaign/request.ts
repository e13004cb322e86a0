// How the user wants a campaign to run. None of these options changes a case.
import { UserError } from "../base/user_error.ts";
import { CASES_MAX } from "../target/options.ts";
import type { Shard } from "./ranges.ts";

export interface RunRequest {
  /** Runs cases 0 to `cases` - 1, at most 4 294 967 296; by default as many as time allows. */
  readonly cases?: number;
  /**
   * Milliseconds in all; what an earlier run took counts. Default 10 000 where `cases` is left out,
   * else no limit.
   */
  readonly timeMs?: number;
  /** Which part of the cases to run, counted from 1; by default all of them. */
  readonly shard?: Shard;
  /** Worker threads, 1 to 256; default 1. */
  readonly jobs?: number;
  /**
   * Milliseconds of CPU time that one case may take before it counts as hung, at least 50; default
   * 10 000.
   */
  readonly timeoutMs?: number;
  /** Folder for the journal and the findings; without it findings get tokens only. */
  readonly out?: string;
  /** Carries on with the campaign in `out`, which has to be of the same build; default false. */
  readonly resume?: boolean;
}

export interface PoolSize {
  readonly jobs: number;
  /** CPU time that one case may take. */
  readonly timeoutMs: number;
}

export const JOBS_MAX = 256;
const DEFAULT_TIMEOUT_MS = 10_000;
const TIMEOUT_MS_MIN = 50;

/** How many workers, and how much CPU time one case may take. */
export function poolSizeOf(request: RunRequest): PoolSize {
  const { jobs = 1, timeoutMs = DEFAULT_TIMEOUT_MS, cases = 1 } = request;
  if (jobs > JOBS_MAX) throw new UserError(`--jobs ${jobs}: at most ${JOBS_MAX}`);
  if (timeoutMs < TIMEOUT_MS_MIN) {
    throw new UserError(`--timeout ${timeoutMs}ms: at least ${TIMEOUT_MS_MIN}ms`);
  }
  if (cases > CASES_MAX) throw new UserError(`--cases ${cases}: a seed has ${CASES_MAX}`);
  if (cases < 1) throw new UserError(`--cases ${cases}: at least 1`);
  return { jobs, timeoutMs };
}
