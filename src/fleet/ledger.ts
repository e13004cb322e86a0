// What a fleet has in Redis beside its queues. A shard counts once: its first result is taken, each
// later one is dropped. The queue only says what is to be done next; whether a shard is done, its
// result says.
//
//   PREFIX:fleet:campaigns           hash   name -> record
//   PREFIX:fleet:NAME:files          hash   SHA-256 -> a file of the target, packed
//   PREFIX:fleet:NAME:results        hash   shard -> its journal line, packed, or where it lies
//   PREFIX:fleet:NAME:parts          hash   shard -> what is done of it so far, packed
//   PREFIX:fleet:NAME:marks          hash   shard -> the batch under way, and deaths with it
//   PREFIX:fleet:NAME:totals         hash   cases, operations: sums over results
//   PREFIX:fleet:NAME:counts         hash   signature -> cases that showed it
//   PREFIX:fleet:NAME:seen           hash   signature -> when it came up first, ms
//   PREFIX:fleet:NAME:written        hash   signature -> its folder, packed, or where it lies
//   PREFIX:fleet:NAME:next           number the first shard that was never queued
//   PREFIX:fleet:NAME:feeding        flag   somebody puts shards into the queue
//   PREFIX:fleet:NAME:workers        hash   worker -> what it says of itself
import type { Redis } from "ioredis";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import { parsePartLine, partLine } from "../campaign/journal_text.ts";
import type { Part } from "../campaign/part.ts";
import { RangeSet } from "../campaign/ranges.ts";
import type { Finding } from "../target/tally.ts";
import type { TargetFile } from "../target/target.ts";
import { LargeResults } from "./large_results.ts";
import { type BatchMark, markText, readMark } from "./mark.ts";
import { packed, unpacked, unpackedFile } from "./packing.ts";
import {
  campaignName,
  FILES_BYTES_MAX,
  type FleetCampaign,
  readRecord,
  recordText,
  shardCount,
  shardRange,
  wholeHeader,
} from "./record.ts";
import { readWorkerReport, type WorkerReport, workerReportText } from "./worker_report.ts";
import { readWrittenUp, type WrittenUp, writtenUpText } from "./written_up.ts";

/** Takes a result once, and adds it to the sums in the same step. */
const SETTLE = `
if redis.call("hsetnx", KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call("hdel", KEYS[2], ARGV[1])
redis.call("hdel", KEYS[3], ARGV[1])
redis.call("hincrby", KEYS[4], "cases", ARGV[3])
redis.call("hincrby", KEYS[4], "operations", ARGV[4])
for i = 5, #ARGV, 2 do redis.call("hincrby", KEYS[5], ARGV[i], ARGV[i + 1]) end
return 1`;

const ADVANCE = `
if tonumber(ARGV[1]) > tonumber(redis.call("get", KEYS[1]) or "0") then
  redis.call("set", KEYS[1], ARGV[1])
end
return 1`;

/** Results that are asked for at once. */
const AT_ONCE = 200;
/** What cannot be packed is a little larger when it is. */
const FILE_BYTES_MAX = FILES_BYTES_MAX + 64 * 1024;
/** Putting shards into the queue takes some milliseconds. */
const FEEDING_MS = 2000;
/** Of these, so many are unpacked at once: they may be large. */
const UNPACKED_AT_ONCE = 8;

/** The campaigns of a fleet. */
export class FleetIndex {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #large: LargeResults;

  constructor(redis: Redis, prefix: string, large = new LargeResults()) {
    this.#redis = redis;
    this.#prefix = `${prefix}:fleet`;
    this.#large = large;
  }

  /** Adds a campaign with the files of its target, unless it is there; gives what is there then. */
  async add(
    campaign: FleetCampaign,
    files: readonly TargetFile[] = [],
  ): Promise<{ campaign: FleetCampaign; isNew: boolean }> {
    const name = campaignName(campaign);
    // Before the record: whoever sees that can have them.
    await this.ledgerOf(campaign).saveFiles(files);
    const isNew = await this.#redis.hsetnx(this.#campaigns, name, recordText(campaign));
    return { campaign: await this.find(name), isNew: isNew === 1 };
  }

  /** The campaign of a name. Throws a UserError if there is none. */
  async find(name: string): Promise<FleetCampaign> {
    const text = await this.#redis.hget(this.#campaigns, name);
    if (text !== null) return readRecord(text, `campaign ${name}`);
    const names = await this.#redis.hkeys(this.#campaigns);
    const known = names.length === 0 ? "there is none" : `there are ${names.sort().join(" ")}`;
    throw new UserError(`campaign ${name}: is not in this fleet: ${known}`);
  }

  /** Names of all campaigns, in order. */
  async names(): Promise<readonly string[]> {
    return (await this.#redis.hkeys(this.#campaigns)).sort();
  }

  ledgerOf(campaign: FleetCampaign): FleetLedger {
    const key = `${this.#prefix}:${campaignName(campaign)}`;
    return new FleetLedger(this.#redis, key, campaign, this.#large);
  }

  get #campaigns(): string {
    return `${this.#prefix}:campaigns`;
  }
}

/** What came of a campaign so far. */
export class FleetLedger {
  readonly campaign: FleetCampaign;
  readonly name: string;
  readonly #redis: Redis;
  readonly #key: string;
  readonly #large: LargeResults;

  constructor(redis: Redis, key: string, campaign: FleetCampaign, large: LargeResults) {
    this.#redis = redis;
    this.#key = key;
    this.#large = large;
    this.campaign = campaign;
    this.name = campaignName(campaign);
  }

  get shards(): number {
    return shardCount(this.campaign);
  }

  async saveFiles(files: readonly TargetFile[]): Promise<void> {
    for (const { bytes } of files) {
      await this.#redis.hsetnx(this.#of("files"), sha256(bytes), packed(bytes));
    }
  }

  /** The files of the target. Throws a UserError for one that is not what the record says. */
  async files(): Promise<readonly TargetFile[]> {
    const files: TargetFile[] = [];
    for (const { path, hash, size } of this.campaign.files) {
      const place = `campaign ${this.name}, file ${path}`;
      if ((await this.#redis.hstrlen(this.#of("files"), hash)) > FILE_BYTES_MAX) {
        throw new UserError(`${place}: is larger than ${FILE_BYTES_MAX} bytes`);
      }
      const stored = await this.#redis.hgetBuffer(this.#of("files"), hash);
      if (stored === null) throw new UserError(`${place}: is not in the fleet`);
      const bytes = unpackedFile(stored, size, place);
      if (bytes.length !== size || sha256(bytes) !== hash) {
        throw new UserError(`${place}: is not the file that the campaign was started with`);
      }
      files.push({ path, bytes });
    }
    return files;
  }

  async isDone(shard: number): Promise<boolean> {
    return (await this.#redis.hexists(this.#of("results"), String(shard))) === 1;
  }

  /** How many shards are done. */
  doneCount(): Promise<number> {
    return this.#redis.hlen(this.#of("results"));
  }

  /** Takes the result of a shard; false if there is one already. */
  async settle(shard: number, part: Part): Promise<boolean> {
    const keys = ["results", "parts", "marks", "totals", "counts"].map((kind) => this.#of(kind));
    const { cases, operations, findings } = part.tally;
    const counts = findings.flatMap(({ signature, count }) => [signature.text, count]);
    const bytes = await this.#large.toRedis(partLine(part));
    const result = [shard, bytes, cases, operations, ...counts];
    return (await this.#redis.eval(SETTLE, keys.length, ...keys, ...result)) === 1;
  }

  /** The results of all shards that are done, in order. Throws a UserError for a damaged one. */
  async *results(): AsyncGenerator<Part> {
    for (let first = 0; first < this.shards; first += AT_ONCE) {
      const shards = upTo(Math.min(AT_ONCE, this.shards - first)).map((i) => first + i);
      const found = await this.#redis.hmgetBuffer(this.#of("results"), ...shards.map(String));
      const held = shards.flatMap((shard, i) => {
        const bytes = found[i];
        return bytes === null ? [] : [{ shard, bytes }];
      });
      for (let i = 0; i < held.length; i += UNPACKED_AT_ONCE) {
        const some = held.slice(i, i + UNPACKED_AT_ONCE);
        yield* await Promise.all(some.map(({ shard, bytes }) => this.#resultOf(shard, bytes)));
      }
    }
  }

  async #resultOf(shard: number, bytes: Buffer): Promise<Part> {
    const place = `campaign ${this.name}, shard ${shard}`;
    const text = await this.#large.fromRedis(bytes, place);
    const part = parsePartLine(text, wholeHeader(this.campaign), place);
    const [first, end] = shardRange(this.campaign, shard);
    const [[from, to], ...more] = part.ranges;
    if (from === first && to === end && more.length === 0) return part;
    throw new UserError(`${place}: has other cases than it should`);
  }

  /** What is done of a shard that is under way; undefined if nothing is. */
  async part(shard: number): Promise<Part | undefined> {
    const bytes = await this.#redis.hgetBuffer(this.#of("parts"), String(shard));
    if (bytes === null) return undefined;
    const place = `campaign ${this.name}, part of shard ${shard}`;
    const part = parsePartLine(unpacked(bytes, place), wholeHeader(this.campaign), place);
    const whole = new RangeSet([shardRange(this.campaign, shard)]);
    if (whole.covers(new RangeSet(part.ranges))) return part;
    throw new UserError(`${place}: has cases of other shards`);
  }

  async savePart(shard: number, part: Part): Promise<void> {
    await this.#redis.hset(this.#of("parts"), String(shard), packed(partLine(part)));
  }

  /** The batch that a worker began and did not end; undefined if there is none. */
  async mark(shard: number): Promise<BatchMark | undefined> {
    const text = await this.#redis.hget(this.#of("marks"), String(shard));
    return text === null ? undefined : readMark(text, shardRange(this.campaign, shard));
  }

  async setMark(shard: number, mark: BatchMark): Promise<void> {
    await this.#redis.hset(this.#of("marks"), String(shard), markText(mark));
  }

  async clearMark(shard: number): Promise<void> {
    await this.#redis.hdel(this.#of("marks"), String(shard));
  }

  /** The first shard that was never queued. */
  async next(): Promise<number> {
    return Number(await this.#redis.get(this.#of("next"))) || 0;
  }

  async advance(next: number): Promise<void> {
    await this.#redis.eval(ADVANCE, 1, this.#of("next"), next);
  }

  /**
   * Does what one at a time is enough for, unless somebody is at it; who dies at it keeps others
   * from it for a moment only.
   */
  async feeding(work: () => Promise<void>): Promise<void> {
    const key = this.#of("feeding");
    if ((await this.#redis.set(key, "1", "PX", FEEDING_MS, "NX")) === null) return;
    try {
      await work();
    } finally {
      await this.#redis.del(key);
    }
  }

  /** Shards that are not done, of those before `end`; at most `limit`. */
  async missing(end: number, limit: number): Promise<readonly number[]> {
    const missing: number[] = [];
    for (let first = 0; first < end && missing.length < limit; first += AT_ONCE) {
      const shards = upTo(Math.min(AT_ONCE, end - first)).map((i) => first + i);
      const pipeline = this.#redis.pipeline();
      for (const shard of shards) pipeline.hexists(this.#of("results"), String(shard));
      const answers = (await pipeline.exec()) ?? [];
      missing.push(...shards.filter((_, i) => answers[i]?.[1] === 0));
    }
    return missing.slice(0, limit);
  }

  /** Whether nobody in the fleet has seen the finding's signature before. */
  async isFirstToSee({ signature }: Finding): Promise<boolean> {
    const ms = await this.serverMs();
    return (await this.#redis.hsetnx(this.#of("seen"), signature.text, ms)) === 1;
  }

  async saveWrittenUp(signature: string, written: WrittenUp): Promise<void> {
    const bytes = await this.#large.toRedis(writtenUpText(written));
    await this.#redis.hset(this.#of("written"), signature, bytes);
  }

  async isWrittenUp(signature: string): Promise<boolean> {
    return (await this.#redis.hexists(this.#of("written"), signature)) === 1;
  }

  /** What a worker has written up of a signature. */
  async writtenUp(signature: string): Promise<WrittenUp | undefined> {
    const bytes = await this.#redis.hgetBuffer(this.#of("written"), signature);
    if (bytes === null) return undefined;
    const place = `campaign ${this.name}, finding ${signature.slice(0, 80)}`;
    return readWrittenUp(await this.#large.fromRedis(bytes, place), place);
  }

  async report(worker: string, report: WorkerReport): Promise<void> {
    await this.#redis.hset(this.#of("workers"), worker, workerReportText(report));
  }

  async forget(worker: string): Promise<void> {
    await this.#redis.hdel(this.#of("workers"), worker);
  }

  /** Workers by name, with what they said last. */
  async workers(): Promise<ReadonlyMap<string, WorkerReport>> {
    const texts = Object.entries(await this.#redis.hgetall(this.#of("workers")));
    return new Map(texts.map(([id, text]) => [id, readWorkerReport(text, `worker ${id}`)]));
  }

  /** Sums over all results. */
  async totals(): Promise<{ cases: number; operations: number }> {
    const { cases, operations } = await this.#redis.hgetall(this.#of("totals"));
    return { cases: Number(cases ?? 0), operations: Number(operations ?? 0) };
  }

  /** Cases that showed each signature. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const counts = Object.entries(await this.#redis.hgetall(this.#of("counts")));
    return new Map(counts.map(([signature, count]) => [signature, Number(count)]));
  }

  /** When each signature came up first, in order: ms of the server's clock. */
  async firstSeen(): Promise<readonly (readonly [signature: string, ms: number])[]> {
    const seen = Object.entries(await this.#redis.hgetall(this.#of("seen")));
    return seen.map(([text, ms]) => [text, Number(ms)] as const).sort((a, b) => a[1] - b[1]);
  }

  /** The server's clock, in ms. */
  async serverMs(): Promise<number> {
    const [seconds, micros] = await this.#redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  #of(kind: string): string {
    return `${this.#key}:${kind}`;
  }
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
