// A whole campaign as one call: what the command does, for programs that import slabfuzz.
//
//   const { summary } = await fuzz({ machine: { slubDebug: "FZP" }, cases: 1000 });
import { UserError } from "../base/user_error.ts";
import type { CampaignOptions } from "../target/options.ts";
import { isAlarm } from "../target/verdict.ts";
import type { BatchResult } from "../targets/batch.ts";
import type { CampaignRequest } from "../targets/targets.ts";
import { startWorkers, type TargetPool } from "../targets/workers.ts";
import { type CampaignResult, type Progress, runCampaign } from "./campaign.ts";
import { finishCampaign, writersIn } from "./finish.ts";
import type { Guidance } from "./guidance_text.ts";
import { Journal } from "./journal.ts";
import type { JournalHeader } from "./journal_text.ts";
import { claimFolder, type OutputRequest } from "./output.ts";
import type { RangeSet } from "./ranges.ts";
import { poolSizeOf, type RunRequest } from "./request.ts";
import { rangeOf, type Start, startOf } from "./start.ts";
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
export interface FuzzRequest extends CampaignRequest, RunRequest, OutputRequest, FuzzHooks {
  /** No further batches begin once the allocator itself is found to be at fault. */
  readonly stopOnFirst?: boolean;
  /**
   * Milliseconds for cases and write-ups together, of which write-ups get a quarter, and an eighth
   * or half a second even if the cases leave less: from four seconds on cases leave an eighth,
   * below two nothing. By default write-ups take what they need.
   */
  readonly wholeMs?: number;
}

/** What a status line says of the workers. */
export type Workers = Pick<TargetPool, "size" | "replaced" | "heldBytes">;

/** A campaign under way, for its watcher. */
export interface CampaignView extends Progress {
  readonly start: Start;
  readonly workers: Workers;
  /** When the newest signature came up, on the campaign's clock. */
  readonly newestMs: number;
  /** Findings written up; undefined while cases run. */
  readonly written: number | undefined;
  /** There for a guided search. */
  readonly guidance?: Guidance;
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
  /** The folder of the journal and the findings, if there is one. */
  readonly out: string | undefined;
  /** There for a guided search. */
  readonly guidance?: Guidance;
}

/** A campaign that could not be stored to its end, and what is known of it all the same. */
export class UnstoredCampaign extends UserError {
  readonly result: FuzzResult;

  constructor(message: string, result: FuzzResult) {
    super(message);
    this.result = result;
  }
}

/**
 * Runs a campaign on worker threads, or what is left of it (`resume`), and writes up what it found.
 * The same seed and options give the same digest and findings with any number of workers. Throws a
 * UserError for a target or an option that does not exist, a limit out of its bounds, or a folder
 * that cannot be written to. Nothing that a target does throws.
 */
export async function fuzz(request: FuzzRequest = {}): Promise<FuzzResult> {
  const size = poolSizeOf(request);
  const start = await startOf({ ...request, timeMs: casesMs(request) });
  const { target } = start;
  await target.prepare();
  const place = await beginPlace(request, start);
  const pool = startWorkers(target.code, size.jobs, size.timeoutMs);
  pool.closeAt(request.signal);
  try {
    return await new Session(request, start, pool, place).run();
  } finally {
    await pool.close();
    place?.journal.close();
    request.onEnd?.();
  }
}

/** Where a run stores what it does. */
interface Place {
  readonly store: FindingStore;
  readonly journal: Journal;
}

async function beginPlace(
  request: FuzzRequest,
  { header, before }: Start,
): Promise<Place | undefined> {
  const { out, onNote = () => {} } = request;
  if (out === undefined) return undefined;
  const store = new FindingStore(await claimFolder(request, out, header, onNote));
  const journal = Journal.begin(store.path, header, before.isEmpty ? [] : [before.part]);
  return { store, journal };
}

/** Of the time for everything, what write-ups get; and what they get even if less is left. */
const WRITE_UP_PART = 1 / 4;
const WRITE_UP_PART_MIN = 1 / 8;
/** In less a program cannot even be run again a few times. */
const WRITE_UP_MS_MIN = 500;

/** How long cases run where there is a time for everything, and no fault is found. */
function casesMs({ wholeMs, timeMs }: FuzzRequest): number | undefined {
  if (wholeMs === undefined) return timeMs;
  // Write-ups have half a second beside a short time: the cases need not leave them any of it.
  const left = Math.max(0, wholeMs * WRITE_UP_PART - WRITE_UP_MS_MIN);
  return wholeMs - Math.min(left, wholeMs * WRITE_UP_PART_MIN);
}

function writeUpMs(wholeMs: number, casesMs: number): number {
  return Math.max(wholeMs - casesMs, wholeMs * WRITE_UP_PART_MIN, WRITE_UP_MS_MIN);
}

/** One run of a campaign. */
class Session {
  readonly #hooks: FuzzHooks;
  /** Cases end here once a bug was found; in milliseconds of the campaign. */
  readonly #foundMs: number;
  readonly #found = new AbortController();
  readonly #wholeMs: number | undefined;
  readonly #start: Start;
  readonly #pool: TargetPool;
  readonly #place: Place | undefined;
  /** What could not be stored ends the run: its cases would be lost. */
  readonly #unstored = new AbortController();
  #signatures = 0;
  #newestMs = 0;

  constructor(request: FuzzRequest, start: Start, pool: TargetPool, place: Place | undefined) {
    this.#hooks = request;
    const { stopOnFirst = false, wholeMs = Number.POSITIVE_INFINITY } = request;
    this.#foundMs = stopOnFirst ? 0 : wholeMs * (1 - WRITE_UP_PART);
    this.#wholeMs = request.wholeMs;
    this.#start = start;
    this.#pool = pool;
    this.#place = place;
  }

  async run(): Promise<FuzzResult> {
    this.#hooks.onStart?.(this.#start);
    const start = this.#start;
    const done = await this.#runCases();
    this.#note((journal) => journal.flush());
    const summary = await this.#finish(done);
    this.#note((journal) => journal.close());
    const result = {
      options: start.target.options,
      start,
      summary,
      done: done.done,
      interrupted: this.#hooks.signal?.aborted === true,
      isFinished: isFinishedBy(done, start.header),
      out: this.#place?.store.path,
    };
    const { signal } = this.#unstored;
    if (signal.aborted) throw new UnstoredCampaign(signal.reason.message, result);
    return result;
  }

  /** Does something with the journal, if there is one. */
  #note(work: (journal: Journal) => void): void {
    try {
      if (this.#place !== undefined) work(this.#place.journal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#unstored.abort(error);
    }
  }

  #runCases(): Promise<CampaignResult> {
    const { target, header, before } = this.#start;
    const limits = { range: rangeOf(header), timeMs: header.timeMs ?? undefined };
    const signals = [this.#hooks.signal ?? [], this.#unstored.signal, this.#found.signal].flat();
    let timeMs = before.timeMs;
    const onPart = (part: BatchResult, progress: Progress): void => {
      const ranges = [[part.first, part.first + part.count]] as const;
      const journaled = { ranges, timeMs: progress.timeMs - timeMs, tally: part.tally };
      this.#note((journal) => journal.add(journaled));
      timeMs = progress.timeMs;
      const isFault = progress.tally.findings.some(({ verdict }) => isAlarm(verdict));
      if (isFault && timeMs >= this.#foundMs) this.#found.abort();
      this.#show(progress, undefined);
    };
    const hooks = { signal: AbortSignal.any(signals), onPart };
    return runCampaign(target, this.#pool, limits, hooks, before);
  }

  #finish(result: CampaignResult): Promise<Summary> {
    const { target, header } = this.#start;
    const { signal } = this.#unstored;
    return finishCampaign({ target, identity: header, result }, writersIn(this.#pool), {
      store: signal.aborted ? undefined : this.#place?.store,
      writeUpMs: this.#wholeMs && writeUpMs(this.#wholeMs, result.timeMs),
      onFolder: (written) => this.#show(result, written),
      onFailure: (error) => this.#unstored.abort(error),
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
