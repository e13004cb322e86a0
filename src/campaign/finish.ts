// The end of a campaign: each finding is made again by a worker, which a case that hangs cannot
// hold up for ever, and gets its folder; then everything is summed up and stored.
import { basename } from "node:path";
import { nowMs } from "../base/clock.ts";
import { omit } from "../base/fields.ts";
import { UserError } from "../base/user_error.ts";
import { writeWholeFile } from "../base/whole_file.ts";
import type { Outcome } from "../pool/job.ts";
import { tookItsWorker } from "../target/failure.ts";
import { type FindingFolder, findingFields } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { Target } from "../target/target.ts";
import { compareUrgency } from "../target/verdict.ts";
import type { DescribeRequest, TargetPool } from "../targets/workers.ts";
import type { Progress } from "./campaign.ts";
import { type CausedFinding, withConsequences } from "./consequences.ts";
import { estimateOf } from "./estimate.ts";
import type { Identity } from "./identity.ts";
import { summaryPath } from "./output.ts";
import { inOrder } from "./part.ts";
import type { FindingStore } from "./store.ts";
import type { Summary, SummaryFinding } from "./summary.ts";

/** A campaign whose cases are run. */
export interface FinishedCampaign {
  readonly target: Target;
  readonly identity: Identity;
  readonly result: Pick<Progress, "tally" | "timeMs">;
}

/** Where findings go, and what is called meanwhile. */
export interface FindingOutput {
  /** Without a store, findings get tokens only. */
  readonly store: FindingStore | undefined;
  /** Called for each finding written up. */
  readonly onFolder: (written: number) => void;
  /** Called with what could not be stored; nothing is stored from then on. */
  readonly onFailure: (error: UserError) => void;
  /** CPU time that all write-ups together may take; by default each may take two minutes. */
  readonly writeUpMs?: number | undefined;
  /** What others have written up of a finding already; by default nothing. */
  readonly known?: (finding: Finding) => Promise<FindingFolder | undefined>;
}

/** The workers that write findings up. */
export interface FindingWriters extends Pick<TargetPool, "map" | "isClosed"> {
  describe(job: DescribeRequest, limitMs: number): Promise<Outcome<FindingFolder>>;
}

/** Those of a campaign whose findings have case numbers. */
export function writersIn(pool: TargetPool): FindingWriters {
  return {
    get isClosed() {
      return pool.isClosed;
    },
    map: (items, work, signal) => pool.map(items, work, signal),
    describe: (job, limitMs) =>
      job.timeMs === undefined
        ? pool.run("describe", job, { limitMs })
        : pool.tryOnce("describe", job, { limitMs }),
  };
}

export async function finishCampaign(
  { target, identity, result }: FinishedCampaign,
  writers: FindingWriters,
  output: FindingOutput,
): Promise<Summary> {
  const { tally, timeMs } = result;
  const inTurn = [...tally.findings].sort(byWeight);
  const writer = new Writer(target, writers, output, inTurn.length);
  const findings = withConsequences(await writers.map(inTurn, (finding) => writer.write(finding)));
  const summary = {
    digest: tally.digest,
    cases: tally.cases,
    operations: tally.operations,
    seconds: Math.round(timeMs) / 1000,
    verdicts: inOrder(tally.data).verdicts,
    estimate: estimateOf(tally.cases, inTurn),
    findings,
  };
  writer.store(({ path }) => storeResult(path, identity, summary));
  return summary;
}

/** CPU time that running, checking and shrinking a finding may take. */
const DESCRIBE_MS = 120_000;

/** Writes findings up, in whatever order they come. */
class Writer {
  readonly #target: Target;
  readonly #writers: FindingWriters;
  readonly #output: FindingOutput;
  #store: FindingStore | undefined;
  #written = 0;
  /** Findings that nobody has begun with, and the time for them where there is a limit. */
  #waiting: number;
  #leftMs: number | undefined;

  constructor(target: Target, writers: FindingWriters, output: FindingOutput, count: number) {
    this.#target = target;
    this.#writers = writers;
    this.#output = output;
    this.#store = output.store;
    this.#waiting = count;
    this.#leftMs = output.writeUpMs;
  }

  /** Stores something, where that is still possible. */
  store<T>(work: (store: FindingStore) => T): T | undefined {
    try {
      return this.#store && work(this.#store);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#store = undefined;
      this.#output.onFailure(error);
      return undefined;
    }
  }

  /** A finding that there was no time to make again has a token, and no folder. */
  async write(finding: Finding): Promise<CausedFinding> {
    const described = await this.#describe(finding);
    const { token, files, isStable, cause } =
      described ?? (await this.#target.describeUnrun(finding));
    const { signature, caseNumber, opCount } = finding;
    const folder = described && this.store((store) => store.write(signature.text, files));
    this.#output.onFolder(++this.#written);
    const written: SummaryFinding = {
      ...findingFields(finding, isStable || described === undefined),
      case: caseNumber,
      operations: opCount,
      folder,
      token,
    };
    if (cause === undefined) return { finding: written, cause };
    return { finding: { ...written, shrunk: cause.operations }, cause };
  }

  async #describe(finding: Finding): Promise<FindingFolder | undefined> {
    const waiting = this.#waiting--;
    const known = await this.#output.known?.(finding);
    if (known !== undefined) return known;
    if (tookItsWorker(finding.signature)) return await this.#target.describeUnrun(finding);
    const shrinks = this.#store !== undefined;
    const outcome = await this.#inTime(waiting, (timeMs) =>
      this.#writers.describe({ finding, shrinks, timeMs }, timeMs ?? DESCRIBE_MS),
    );
    if (outcome.kind === "done") return outcome.answer;
    if (this.#leftMs !== undefined && outcome.how === "hung") return undefined;
    if (!this.#writers.isClosed) return await this.#target.describeUnrun(finding);
    // Many findings take a while, during which a second signal is to be heard.
    return await new Promise((resume) => setImmediate(resume, undefined));
  }

  /** Each finding may take its share of the time that the ones before it have left. */
  async #inTime<T>(waiting: number, work: (timeMs: number | undefined) => Promise<T>): Promise<T> {
    if (this.#leftMs === undefined) return await work(undefined);
    const shareMs = this.#leftMs / waiting;
    const startMs = nowMs();
    this.#leftMs -= shareMs;
    const outcome = await work(shareMs);
    this.#leftMs += Math.max(0, shareMs - (nowMs() - startMs));
    return outcome;
  }
}

function byWeight(one: Finding, other: Finding): number {
  const order = compareUrgency(one.verdict, other.verdict);
  if (order !== 0) return order;
  if (one.count !== other.count) return other.count - one.count;
  return one.signature.text < other.signature.text ? -1 : 1;
}

/**
 * What a campaign came to, as a file beside its findings. It says nothing of clocks and places: two
 * runs of the same cases, or the merged parts of one, leave the same bytes.
 */
function storeResult(folder: string, { campaign, driver }: Identity, summary: Summary): void {
  const { findings, ...rest } = omit(summary, "seconds");
  const placeless = findings.map((finding) => ({
    ...finding,
    folder: finding.folder && basename(finding.folder),
  }));
  const record = { campaign, driver, ...rest, findings: placeless };
  writeWholeFile(summaryPath(folder), `${JSON.stringify(record, null, 2)}\n`);
}
