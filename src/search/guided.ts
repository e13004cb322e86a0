// A guided search as one call: what `fuzz --guided` does. Rounds of programs run on watched worker
// threads; between two rounds the corpus grows by the programs that came by something new. Findings
// are judged and written up as those of other campaigns are.
import { highWord, lowWord } from "../base/bytes.ts";
import { RunClock } from "../base/clock.ts";
import { UserError } from "../base/user_error.ts";
import { type FindingWriters, finishCampaign } from "../campaign/finish.ts";
import { type FuzzRequest, type FuzzResult, UnstoredCampaign } from "../campaign/fuzz.ts";
import type { Guidance } from "../campaign/guidance_text.ts";
import { claimFolder } from "../campaign/output.ts";
import { RangeSet } from "../campaign/ranges.ts";
import { poolSizeOf } from "../campaign/request.ts";
import { rangeOf, type Start, startOf } from "../campaign/start.ts";
import { FindingStore } from "../campaign/store.ts";
import type { Summary } from "../campaign/summary.ts";
import { Pool } from "../pool/pool.ts";
import type { GuidedOps, GuidedTarget } from "../target/guided.ts";
import { type Finding, Tally } from "../target/tally.ts";
import { isAlarm } from "../target/verdict.ts";
import { guidedTargetOf } from "../targets/targets.ts";
import { eitherOf } from "../wasm/flags.ts";
import { CorpusFolder } from "./corpus_folder.ts";
import { type CoverageReport, coverageReport } from "./coverage_report.ts";
import type { GuidedCase } from "./guided_case.ts";
import type { GuidedInput, GuidedJobs, PlayedCases } from "./guided_jobs.ts";
import { GUIDED_ROUND, GuidedSearch } from "./guided_search.ts";
import { Examples, searchTarget } from "./search_target.ts";

/** What a guided search takes, beside what `fuzz` takes. */
export interface GuidedRequest extends FuzzRequest {
  /** A folder of programs: the search begins with them, and adds what is new. */
  readonly corpus?: string | undefined;
  /** A file for a report of what the search never reached: .txt, .info (lcov) or .html. */
  readonly coverage?: string | undefined;
}

export interface GuidedResult extends FuzzResult {
  readonly guidance: Guidance;
}

/**
 * Runs a guided search. The same seed, options, number of cases and corpus give the same digest,
 * findings and corpus with any number of workers. Throws a UserError as `fuzz` does, for a corpus
 * of another target or build, and for a shard or a resumed campaign, which it cannot be.
 */
export async function guidedFuzz(request: GuidedRequest = {}): Promise<GuidedResult> {
  refuseParts(request);
  const size = poolSizeOf(request);
  const start = await startOf(request);
  const guided = await guidedTargetOf(start.target);
  const folder =
    request.corpus === undefined ? undefined : new CorpusFolder(request.corpus, guided);
  folder?.write([]); // a place that cannot be written to is refused now
  const given = folder?.read() ?? [];
  const { out, onNote = () => {} } = request;
  const store = out && new FindingStore(await claimFolder(request, out, start.header, onNote));
  const report =
    request.coverage === undefined ? undefined : await coverageReport(request.coverage, guided);
  const { seed } = start.target.options;
  const input: GuidedInput = {
    code: guided.code,
    compares: guided.compares,
    seed: { high: highWord(seed), low: lowWord(seed) },
    coverage: report?.code,
  };
  const file = { beside: import.meta.url, name: "guided_worker", input };
  const pool = new Pool<GuidedJobs>({ file, size: size.jobs, limitMs: size.timeoutMs });
  pool.closeAt(request.signal);
  try {
    const parts = { request, start, guided, pool, given, report };
    const session = new Session({ ...parts, store: store || undefined });
    const writers = [() => folder?.write(session.programs), () => report?.write()];
    return await runAndStore(session, writers, onNote);
  } finally {
    await pool.close();
    request.onEnd?.();
  }
}

/**
 * Runs a search. What it has found is kept however it ends; what cannot be written is said, and
 * hides neither the result nor the error with which it ended.
 */
async function runAndStore(
  session: Session,
  writers: readonly (() => void)[],
  onNote: (note: string) => void,
): Promise<GuidedResult> {
  const result = await session.run().catch((error) => {
    for (const message of failuresOf(writers)) onNote(message);
    throw error;
  });
  const failures = failuresOf(writers);
  if (failures.length > 0) throw new UnstoredCampaign(failures.join("; "), result);
  return result;
}

/** Has all of them write; returns what those say that were refused. */
function failuresOf(writers: readonly (() => void)[]): readonly string[] {
  return writers.flatMap((write) => {
    try {
      write();
      return [];
    } catch (error) {
      if (error instanceof UserError) return [error.message];
      throw error;
    }
  });
}

function refuseParts({ shard, resume }: GuidedRequest): void {
  if (shard !== undefined) {
    throw new UserError("--guided: has no shards: run searches with other seeds, merge corpora");
  }
  if (resume === true) {
    throw new UserError("--guided: is not resumed: --corpus goes on from what a search has found");
  }
}

/** A case that ran: features that none before it had, and findings that it is the example of. */
interface TakenCase {
  readonly one: GuidedCase;
  readonly features: readonly number[];
  readonly findings: readonly Finding[];
}

interface SessionParts {
  readonly request: GuidedRequest;
  readonly start: Start;
  readonly guided: GuidedTarget;
  readonly pool: Pool<GuidedJobs>;
  readonly given: readonly GuidedOps[];
  readonly store: FindingStore | undefined;
  readonly report: CoverageReport | undefined;
}

class Session {
  readonly #parts: SessionParts;
  readonly #start: Start;
  readonly #search: GuidedSearch;
  readonly #tally = new Tally();
  readonly #examples = new Examples();
  readonly #clock = new RunClock();
  #cases = 0;
  #signatures = 0;
  #newestMs = 0;
  #newestEdgeMs = 0;

  constructor(parts: SessionParts) {
    const { start, guided, given } = parts;
    const { seed } = start.target.options;
    const { words } = guided;
    const target = searchTarget(start.target, guided, this.#examples, parts.request.corpus);
    this.#parts = parts;
    this.#start = { ...start, target };
    this.#search = new GuidedSearch({
      ...{ words, given },
      seed: { high: highWord(seed), low: lowWord(seed) },
    });
  }

  /** The corpus. */
  get programs(): readonly GuidedOps[] {
    return this.#search.corpus.programs;
  }

  async run(): Promise<GuidedResult> {
    this.#parts.request.onStart?.(this.#start);
    while (this.#casesLeft() > 0) await this.#playRound();
    this.#clock.stop();
    let unstored: UserError | undefined;
    const summary = await this.#finish((error) => {
      unstored = error;
    });
    const result = this.#resultOf(summary);
    if (unstored !== undefined) throw new UnstoredCampaign(unstored.message, result);
    return result;
  }

  /** Cases of the next round, at most; none once it is told to stop. */
  #casesLeft(): number {
    const { request } = this.#parts;
    const { cases, timeMs } = this.#start.header;
    const isTimeUp = timeMs !== null && this.#clock.ms >= timeMs;
    const hasBug = request.stopOnFirst === true && this.#hasAlarm();
    if (request.signal?.aborted === true || isTimeUp || hasBug) return 0;
    return Math.min(GUIDED_ROUND, (cases ?? Number.POSITIVE_INFINITY) - this.#cases);
  }

  #hasAlarm(): boolean {
    return this.#tally.findings.some(({ verdict }) => isAlarm(verdict));
  }

  /** A round that is cut short by a signal does not count. */
  async #playRound(): Promise<void> {
    const { pool } = this.#parts;
    const round = this.#search.nextRound(this.#casesLeft());
    const length = Math.ceil(round.length / pool.size);
    const count = Math.ceil(round.length / length);
    const pieces = Array.from({ length: count }, (_, i) =>
      round.slice(i * length, (i + 1) * length),
    );
    const played = await pool.map(pieces, (piece) => this.#play(piece));
    if (pool.isClosed) return;
    const wanted = pieces
      .flatMap((piece, i) => this.#take(piece, played[i]))
      .filter(({ features, findings }) => features.length + findings.length > 0);
    const made = await this.#make(wanted.map(({ one }) => one));
    if (pool.isClosed) return;
    for (const [i, taken] of wanted.entries()) this.#learn(made[i], taken);
    this.#cases += round.length;
    this.#show(undefined);
  }

  /** What the programs came by, and which of them are wanted for it. */
  #take(cases: readonly GuidedCase[], played: PlayedCases): readonly TakenCase[] {
    const { tally, words, operations, flags } = played;
    this.#parts.report?.add(cases.length, flags);
    this.#tally.merge(tally);
    const length = words.length / cases.length;
    return cases.map((one, i) => ({
      one,
      features: this.#search.learn(
        one,
        words.subarray(i * length, (i + 1) * length),
        operations[i],
      ),
      findings: tally.findings.filter(({ caseNumber }) => caseNumber === one.number),
    }));
  }

  #learn(ops: GuidedOps, { features, findings }: TakenCase): void {
    if (features.length > 0) {
      this.#search.corpus.add({ ops, features });
      this.#newestEdgeMs = this.#clock.ms;
    }
    for (const finding of findings) this.#examples.offer(finding, () => ops);
  }

  /** A worker makes them, as only it may run the target; one that is lost leaves nothing. */
  async #make(cases: readonly GuidedCase[]): Promise<readonly GuidedOps[]> {
    if (cases.length === 0) return [];
    const outcome = await this.#parts.pool.run("make", cases);
    return outcome.kind === "done" ? outcome.answer : cases.map(() => []);
  }

  /** Where a worker is lost, each case is run by itself, and is a finding if it is lost again. */
  async #play(cases: readonly GuidedCase[]): Promise<PlayedCases> {
    const { pool } = this.#parts;
    const outcome = await pool.tryOnce("play", cases);
    if (outcome.kind === "done") return outcome.answer;
    const parts: PlayedCases[] = [];
    if (pool.isClosed) return NOTHING_PLAYED;
    for (const one of cases) parts.push(await this.#playAlone(one));
    const tally = new Tally();
    for (const part of parts) tally.merge(part.tally);
    const flags = parts.map((part) => part.flags).reduce(eitherOf);
    return {
      tally: tally.data,
      words: joined(parts.map(({ words }) => words)),
      operations: parts.flatMap((part) => part.operations),
      flags,
    };
  }

  async #playAlone(one: GuidedCase): Promise<PlayedCases> {
    const { pool, guided } = this.#parts;
    const outcome = await pool.run("play", [one]);
    if (outcome.kind === "done") return outcome.answer;
    const tally = new Tally();
    const [ops] = await this.#make([one]);
    if (!pool.isClosed) tally.add(guided.programs.lost(outcome.how, ops), one.number);
    const nothing = new Uint32Array(0);
    return {
      tally: tally.data,
      words: new Uint32Array(guided.words),
      operations: [0],
      flags: nothing,
    };
  }

  #finish(onFailure: (error: UserError) => void): Promise<Summary> {
    const { pool, store } = this.#parts;
    const { target, header } = this.#start;
    const writers: FindingWriters = {
      get isClosed() {
        return pool.isClosed;
      },
      map: (items, work, signal) => pool.map(items, work, signal),
      describe: ({ finding, shrinks }, limitMs) => {
        const ops = this.#examples.of(finding);
        return pool.run("describe", { finding, ops, shrinks }, { limitMs });
      },
    };
    const result = { tally: this.#tally, timeMs: this.#clock.ms };
    const identity = { ...header, campaign: `guided ${header.campaign}` };
    return finishCampaign({ target, identity, result }, writers, {
      store,
      onFolder: (written) => this.#show(written),
      onFailure,
    });
  }

  #resultOf(summary: Summary): GuidedResult {
    const { request, store } = this.#parts;
    const done = this.#done;
    const { timeMs } = this.#start.header;
    const isTimeUp = timeMs !== null && this.#clock.ms >= timeMs;
    return {
      options: this.#start.target.options,
      start: this.#start,
      summary,
      done,
      interrupted: request.signal?.aborted === true,
      isFinished: isTimeUp || done.gapsIn(rangeOf(this.#start.header)).length === 0,
      out: store?.path,
      guidance: this.#guidance,
    };
  }

  get #done(): RangeSet {
    return new RangeSet(this.#cases === 0 ? [] : [[0, this.#cases]]);
  }

  get #guidance(): Guidance {
    const { record, corpus } = this.#search;
    const { edges: edgesInAll } = this.#parts.guided;
    const newestMs = this.#newestEdgeMs;
    return { edges: record.reached, edgesInAll, corpus: corpus.size, newestMs };
  }

  #show(written: number | undefined): void {
    const signatures = this.#examples.count;
    const timeMs = this.#clock.ms;
    if (signatures > this.#signatures) this.#newestMs = timeMs;
    this.#signatures = signatures;
    this.#parts.request.onProgress?.({
      ...{ tally: this.#tally, done: this.#done, timeMs },
      ...{ start: this.#start, workers: this.#parts.pool, newestMs: this.#newestMs, written },
      guidance: this.#guidance,
    });
  }
}

const NOTHING_PLAYED: PlayedCases = {
  tally: new Tally().data,
  words: new Uint32Array(0),
  operations: [],
  flags: new Uint32Array(0),
};

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
