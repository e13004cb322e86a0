// Many cases: batches go to worker threads, tallies come back and are added up. Which worker ran
// what, when, and how often one had to be replaced, does not change the result.
import { nowMs, RunClock } from "../base/clock.ts";
import { UserError } from "../base/user_error.ts";
import type { LostJob } from "../pool/job.ts";
import type { FailureKind } from "../target/failure.ts";
import { Tally } from "../target/tally.ts";
import type { Target } from "../target/target.ts";
import type { Batch, BatchResult } from "../targets/batch.ts";
import type { TargetPool } from "../targets/workers.ts";
import { type Range, RangeSet } from "./ranges.ts";

interface CampaignLimits {
  /** The cases that are this run's business. */
  readonly range: Range;
  /** Time in all, that of earlier runs included. */
  readonly timeMs?: number;
}

/** What was done, by this run and those before it that it carries on. */
export interface Progress {
  readonly tally: Tally;
  readonly done: RangeSet;
  readonly timeMs: number;
}

interface CampaignHooks {
  /** Called before each batch, which begins when its promise is kept. */
  readonly onBatch?: (batch: Batch) => Promise<void>;
  /** Called after each batch with what it came to, and what there is now. */
  readonly onPart?: (part: BatchResult, progress: Progress) => void;
  /** Ends the campaign after the cases that run. */
  readonly signal?: AbortSignal;
}

export interface CampaignResult extends Progress {
  /** It was told to stop before its limits. */
  readonly interrupted: boolean;
}

/** The beginning of every campaign. */
function nothingDone(): Progress {
  return { tally: new Tally(), done: new RangeSet(), timeMs: 0 };
}

/** Runs a campaign from where it stands to its limits, or until it is told to stop. */
export async function runCampaign(
  target: Target,
  pool: TargetPool,
  limits: CampaignLimits,
  hooks: CampaignHooks = {},
  before: Progress = nothingDone(),
): Promise<CampaignResult> {
  const run = new CampaignRun(target, limits, hooks, before);
  try {
    await pool.each(
      () => run.take(),
      (batch) => runOneBatch(pool, batch, run),
    );
    const { tally, done, timeMs } = run;
    return { tally, done, timeMs, interrupted: run.isStopped };
  } finally {
    run.end();
  }
}

/** What is left to do, and what was done. */
class CampaignRun implements Progress {
  readonly tally: Tally;
  readonly done: RangeSet;
  readonly #target: Target;
  readonly #timeMax: number;
  readonly #hooks: CampaignHooks;
  readonly #plan: Plan;
  /** Cases that a worker was lost with, and how often: once may be the machine's fault. */
  readonly #suspects = new Map<number, Suspicion>();
  readonly #timeBefore: number;
  /** The clock starts with the first batch, because starting workers does not count. */
  #clock: RunClock | undefined;

  constructor(
    target: Target,
    { range, timeMs = Number.POSITIVE_INFINITY }: CampaignLimits,
    hooks: CampaignHooks,
    { tally, done, timeMs: timeBefore }: Progress,
  ) {
    this.tally = tally;
    this.done = done;
    this.#target = target;
    this.#timeMax = timeMs;
    this.#hooks = hooks;
    this.#plan = new Plan(range, done);
    this.#timeBefore = timeBefore;
  }

  get timeMs(): number {
    return this.#timeBefore + (this.#clock?.ms ?? 0);
  }

  get isStopped(): boolean {
    return this.#hooks.signal?.aborted === true;
  }

  /** The next batch, undefined when there is nothing left to do. */
  take(): Batch | undefined {
    if (this.isStopped) return undefined;
    // A batch that began is finished, so that the cases done have no gaps.
    if (this.timeMs >= this.#timeMax) return this.#plan.takeReturned();
    this.#clock ??= new RunClock();
    return this.#plan.take();
  }

  async begin(batch: Batch): Promise<void> {
    await this.#hooks.onBatch?.(batch);
  }

  /** Adds the result of a batch. */
  give(result: BatchResult, batchMs: number): void {
    this.#plan.learn(result, batchMs);
    this.tally.merge(result.tally);
    this.done.add([result.first, result.first + result.count]);
    this.#hooks.onPart?.(result, this);
  }

  /** How a worker was lost with a case that is tried again; undefined for any other batch. */
  suspicionOf({ first, count }: Batch): LostJob | undefined {
    return count === 1 ? this.#suspects.get(first)?.lost : undefined;
  }

  /**
   * A batch was lost with one of its cases: the others are run again. The case itself is run again
   * alone, and is a finding if it is lost again, unless its worker had no CPU time.
   */
  async lose({ first, count }: Batch, lost: LostJob): Promise<void> {
    const culprit = first + lost.index;
    this.#plan.giveBack({ first: culprit + 1, count: count - lost.index - 1 });
    this.#plan.giveBack({ first, count: lost.index });
    const { times } = this.#suspects.get(culprit) ?? { times: 0 };
    this.#suspects.set(culprit, { lost: { ...lost, index: 0 }, times: times + 1 });
    if (times > 0 && !lost.stoodStill) await this.#giveFailure(culprit, lost.how);
    else if (times < TRIES_MAX) this.#plan.giveBack({ first: culprit, count: 1 });
    else throw new UserError(`case ${culprit} could not be run: ${lost.reason}`);
  }

  /** Stops the clock. */
  end(): void {
    this.#clock?.stop();
  }

  async #giveFailure(caseNumber: number, how: FailureKind): Promise<void> {
    const tally = new Tally();
    tally.add(await this.#target.lost(how, caseNumber), caseNumber);
    this.give({ first: caseNumber, count: 1, tally: tally.data }, 0);
  }
}

/** How a worker was last lost with a case, and how many were. */
interface Suspicion {
  readonly lost: LostJob;
  readonly times: number;
}

/** A case whose worker hangs again and again is given up after so many attempts. */
const TRIES_MAX = 4;

async function runOneBatch(pool: TargetPool, batch: Batch, run: CampaignRun): Promise<void> {
  await run.begin(batch);
  const startMs = nowMs();
  const before = run.suspicionOf(batch);
  const outcome = before
    ? await pool.tryAgain("batch", batch, before)
    : await pool.tryOnce("batch", batch);
  if (outcome.kind === "done") run.give(outcome.answer, nowMs() - startMs);
  else if (!pool.isClosed) await run.lose(batch, outcome);
}

const BATCH_MS = 100;
/** The first case of a module may take seconds: a loop without an end is found by its turns. */
const FIRST_COUNT = 1;
const COUNT_MAX = 10_000;
/** A batch grows no faster than this, however quick the last one was. */
const GROWTH_MAX = 4;

/**
 * What is left to do of a campaign, handed out in batches: in order, skipping what was done before,
 * and as long as a worker takes a tenth of a second. How the cases are cut into batches does not
 * change the result.
 */
export class Plan {
  /** Not yet handed out, in order. */
  readonly #gaps: Range[];
  /** Handed out and given back: they come first. */
  readonly #returned: Batch[] = [];
  #count = FIRST_COUNT;

  /** The cases of a range that are not done. */
  constructor(range: Range, done: RangeSet) {
    this.#gaps = done.gapsIn(range);
  }

  /** The next batch, undefined when nothing is left. */
  take(): Batch | undefined {
    return this.takeReturned() ?? this.#takeNew();
  }

  /** The same, but only batches that a worker has begun. */
  takeReturned(): Batch | undefined {
    return this.#returned.pop();
  }

  /** A batch was not done, or not all of it. */
  giveBack(batch: Batch): void {
    if (batch.count > 0) this.#returned.push(batch);
  }

  /** A batch was done: how long it took decides how long the next one is. */
  learn({ count }: Batch, timeMs: number): void {
    if (count < this.#count) return;
    const fitting = Math.round((count * BATCH_MS) / Math.max(timeMs, 1));
    this.#count = Math.max(1, Math.min(fitting, count * GROWTH_MAX, COUNT_MAX));
  }

  #takeNew(): Batch | undefined {
    const gap = this.#gaps.shift();
    if (gap === undefined) return undefined;
    const [first, end] = gap;
    const count = Math.min(this.#count, end - first);
    if (first + count < end) this.#gaps.unshift([first + count, end]);
    return { first, count };
  }
}
