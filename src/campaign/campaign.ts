// Many cases: batches go to worker threads, tallies come back and are added up. Which worker ran
// what, when, and how often one had to be replaced, leaves no trace in the result.
import { assert } from "../base/assert.ts";
import { nowMs } from "../base/clock.ts";
import { lostForeignCase } from "../module/foreign_engine.ts";
import type { LostJob } from "../pool/watched_thread.ts";
import { generatorFor } from "../slub/engine.ts";
import { type CaseOutcome, type FailureKind, failedCase } from "../target/failure.ts";
import { Tally } from "../target/tally.ts";
import { type CampaignOptions, machineOf } from "./options.ts";
import { Plan } from "./plan.ts";
import type { Batch, BatchResult } from "./protocol.ts";
import { type Range, RangeSet } from "./ranges.ts";
import type { Seat } from "./seat.ts";

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
  options: CampaignOptions,
  seats: readonly Seat[],
  limits: CampaignLimits,
  hooks: CampaignHooks = {},
  before: Progress = nothingDone(),
): Promise<CampaignResult> {
  assert(seats.length >= 1, "somebody has to do the work");
  const run = new CampaignRun(options, limits, hooks, before);
  await Promise.all(seats.map((seat) => keepBusy(seat, run)));
  const { tally, done, timeMs } = run;
  return { tally, done, timeMs, interrupted: run.isStopped };
}

/** What is left to do, and what was done. */
class CampaignRun implements Progress {
  readonly tally: Tally;
  readonly done: RangeSet;
  readonly #options: CampaignOptions;
  readonly #timeMax: number;
  readonly #hooks: CampaignHooks;
  readonly #plan: Plan;
  /** Cases that a worker was lost with: once may be the machine's fault. */
  readonly #suspects = new Set<number>();
  readonly #timeBefore: number;
  /** The clock starts with the first answer's batch: getting ready does not count. */
  #startMs: number | undefined;

  constructor(
    options: CampaignOptions,
    { range, timeMs = Number.POSITIVE_INFINITY }: CampaignLimits,
    hooks: CampaignHooks,
    { tally, done, timeMs: timeBefore }: Progress,
  ) {
    this.tally = tally;
    this.done = done;
    this.#options = options;
    this.#timeMax = timeMs;
    this.#hooks = hooks;
    this.#plan = new Plan(range, done);
    this.#timeBefore = timeBefore;
  }

  get timeMs(): number {
    return this.#timeBefore + (this.#startMs === undefined ? 0 : nowMs() - this.#startMs);
  }

  get isStopped(): boolean {
    return this.#hooks.signal?.aborted === true;
  }

  /** The next batch, undefined when there is nothing left to do. */
  take(): Batch | undefined {
    if (this.isStopped) return undefined;
    // What was begun is finished: the cases done are those up to a number, without gaps.
    if (this.timeMs >= this.#timeMax) return this.#plan.takeReturned();
    this.#startMs ??= nowMs();
    return this.#plan.take();
  }

  /** Adds the result of a batch. */
  give(result: BatchResult, batchMs: number): void {
    this.#plan.learn(result, batchMs);
    this.tally.merge(result.tally);
    this.done.add([result.first, result.first + result.count]);
    this.#hooks.onPart?.(result, this);
  }

  /**
   * A batch was lost with one of its cases: the others are run again. The case itself gets a second
   * chance, and is a finding if it fails again.
   */
  lose({ first, count }: Batch, { how, index }: LostJob): void {
    const culprit = first + index;
    this.#plan.giveBack({ first: culprit + 1, count: count - index - 1 });
    this.#plan.giveBack({ first, count: index });
    if (this.#suspects.has(culprit)) this.#giveFailure(culprit, how);
    else this.#plan.giveBack({ first: culprit, count: 1 });
    this.#suspects.add(culprit);
  }

  #giveFailure(caseNumber: number, how: FailureKind): void {
    const tally = new Tally();
    tally.add(lostCase(this.#options, how, caseNumber), caseNumber);
    this.give({ first: caseNumber, count: 1, tally: tally.data }, 0);
  }
}

/** A case that its worker was lost with: what it was is known, not what it did. */
function lostCase(options: CampaignOptions, how: FailureKind, caseNumber: number): CaseOutcome {
  if (options.foreign !== undefined) return lostForeignCase(options, how, caseNumber);
  const generator = generatorFor(options, machineOf(options));
  const { opCount } = generator.generate(caseNumber);
  return failedCase(how, { bug: generator.bug, opCount });
}

/** Keeps a worker busy until nothing is left. */
async function keepBusy(seat: Seat, run: CampaignRun): Promise<void> {
  for (let batch = run.take(); batch !== undefined; batch = run.take()) {
    const startMs = nowMs();
    const answer = await seat.run({ kind: "batch", batch });
    if (answer.kind === "lost") run.lose(batch, answer);
    else if (answer.kind === "batch") run.give(answer.result, nowMs() - startMs);
  }
}
