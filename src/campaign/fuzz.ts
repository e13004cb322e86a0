// A whole campaign as one call: what the command does, for anyone who imports slabfuzz.
//
//   const { summary } = await fuzz({ machine: { slubDebug: "FZP" }, cases: 1000 });
import type { CampaignOptions } from "../target/options.ts";
import type { BatchResult } from "../targets/batch.ts";
import type { CampaignRequest } from "../targets/targets.ts";
import { startWorkers, type TargetPool } from "../targets/workers.ts";
import { type CampaignResult, type Progress, runCampaign } from "./campaign.ts";
import { conclude } from "./conclude.ts";
import { Journal } from "./journal.ts";
import type { JournalHeader } from "./journal_text.ts";
import type { RangeSet } from "./ranges.ts";
import { poolSizeOf, type RunRequest } from "./request.ts";
import { moveAside, rangeOf, type Start, startOf } from "./start.ts";
import { FindingStore } from "./store.ts";
import type { Summary } from "./summary.ts";

interface FuzzHooks {
  /** Called when everything is ready and the first case is about to run. */
  readonly onStart?: (start: Start) => void;
  /** Called after each batch and each finding that was written up. */
  readonly onProgress?: (view: CampaignView) => void;
  /** Called after the last of these. */
  readonly onEnd?: () => void;
  /** Called with one line that people should read, such as the new name of an old journal. */
  readonly onNote?: (line: string) => void;
  /** Ends the campaign after the batches that run at the moment; the result says so. */
  readonly signal?: AbortSignal;
}

/**
 * What `fuzz` takes. Every field may be left out: the target is then `slub` on kernel v6.1 without
 * debug options, programs have a mistake of any class, the seed is a fresh one, one worker runs for
 * ten seconds, and nothing is written to disk.
 */
export interface FuzzRequest extends CampaignRequest, RunRequest, FuzzHooks {}

/** What a status line says of the workers. */
export type Workers = Pick<TargetPool, "size" | "replaced" | "heldBytes">;

/** A campaign under way, for whoever watches it. */
export interface CampaignView extends Progress {
  readonly start: Start;
  readonly workers: Workers;
  /** When the newest signature came up, on the campaign's clock. */
  readonly newestMs: number;
  /** Findings written up; undefined while cases run. */
  readonly written: number | undefined;
}

/** What a campaign came to; `merge` gives the same. */
export interface FuzzResult {
  /** The campaign in full; its seed is the one that was drawn if the request had none. */
  readonly options: CampaignOptions;
  /** Where the run began: the target, the limits, and what was done before it. */
  readonly start: Start;
  readonly summary: Summary;
  /** The numbers of the cases that are done. */
  readonly done: RangeSet;
  /** It was told to stop before its limits. */
  readonly interrupted: boolean;
  /** No case within its limits is left to do. */
  readonly isFinished: boolean;
}

/**
 * Runs a campaign on worker threads, or what is left of it (`resume`), and writes up what it found.
 * The same seed and options give the same digest and findings with any number of workers. Throws a
 * UserError for a target or an option that does not exist, a limit out of its bounds, or a folder
 * that cannot be written to. Nothing that a target does throws.
 */
export async function fuzz(request: FuzzRequest = {}): Promise<FuzzResult> {
  const size = poolSizeOf(request);
  const start = await startOf(request);
  const { target } = start;
  await target.prepare();
  const store = request.out === undefined ? undefined : new FindingStore(request.out);
  const journal = await beginJournal(request, start);
  const pool = startWorkers(target.code, size.jobs, size.timeoutMs);
  try {
    return await new Session(request, start, pool, store, journal).run();
  } finally {
    await pool.close();
    journal?.close();
    request.onEnd?.();
  }
}

async function beginJournal(
  request: FuzzRequest,
  { header, before }: Start,
): Promise<Journal | undefined> {
  const { out, resume, onNote } = request;
  if (out === undefined) return undefined;
  const note = resume === true ? undefined : await moveAside(out);
  if (note !== undefined) onNote?.(note);
  return Journal.begin(out, header, before.isEmpty ? [] : [before.part]);
}

/** One run of a campaign. */
class Session {
  readonly #hooks: FuzzHooks;
  readonly #start: Start;
  readonly #pool: TargetPool;
  readonly #store: FindingStore | undefined;
  readonly #journal: Journal | undefined;
  #signatures = 0;
  #newestMs = 0;

  constructor(
    hooks: FuzzHooks,
    start: Start,
    pool: TargetPool,
    store: FindingStore | undefined,
    journal: Journal | undefined,
  ) {
    this.#hooks = hooks;
    this.#start = start;
    this.#pool = pool;
    this.#store = store;
    this.#journal = journal;
  }

  async run(): Promise<FuzzResult> {
    this.#hooks.onStart?.(this.#start);
    const start = this.#start;
    const result = await this.#runCases();
    this.#journal?.flush();
    const summary = await this.#conclude(result);
    const { done, interrupted } = result;
    const isFinished = isFinishedBy(result, start.header);
    return { options: start.target.options, start, summary, done, interrupted, isFinished };
  }

  #runCases(): Promise<CampaignResult> {
    const { target, header, before } = this.#start;
    const limits = { range: rangeOf(header), timeMs: header.timeMs ?? undefined };
    const { signal } = this.#hooks;
    let timeMs = before.timeMs;
    const onPart = (part: BatchResult, progress: Progress): void => {
      const ranges = [[part.first, part.first + part.count]] as const;
      this.#journal?.add({ ranges, timeMs: progress.timeMs - timeMs, tally: part.tally });
      timeMs = progress.timeMs;
      this.#show(progress, undefined);
    };
    return runCampaign(target, this.#pool, limits, { signal, onPart }, before);
  }

  #conclude(result: CampaignResult): Promise<Summary> {
    const { target, header } = this.#start;
    return conclude({ target, identity: header, result }, this.#pool, this.#store, (written) => {
      this.#show(result, written);
    });
  }

  #show(progress: Progress, written: number | undefined): void {
    const { tally, done, timeMs } = progress;
    const signatures = tally.findings.length;
    if (signatures > this.#signatures) this.#newestMs = timeMs;
    this.#signatures = signatures;
    this.#hooks.onProgress?.({
      tally,
      done,
      timeMs,
      start: this.#start,
      workers: this.#pool,
      newestMs: this.#newestMs,
      written,
    });
  }
}

function isFinishedBy({ done, timeMs }: Progress, header: JournalHeader): boolean {
  const isTimeUp = header.timeMs !== null && timeMs >= header.timeMs;
  return isTimeUp || done.gapsIn(rangeOf(header)).length === 0;
}
