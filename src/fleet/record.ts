// A campaign as a fleet knows it: the record that lies in Redis, and how its cases are cut into
// shards. Whoever can write to Redis can write a record, so that it is checked before it is used.
//
//   cases    0        shardCases     2 * shardCases              cases
//            |  shard 0   |   shard 1    |   ...   |  last shard   |
import * as v from "valibot";
import { digestOfText } from "../base/hash.ts";
import { readJson } from "../base/json_file.ts";
import {
  jsonCountUpTo,
  jsonList,
  jsonObject,
  jsonText,
  jsonTextLike,
  jsonVersion,
  jsonWhole,
} from "../base/schema.ts";
import { SHA256, sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import type { Identity } from "../campaign/identity.ts";
import type { JournalHeader } from "../campaign/journal_text.ts";
import { type Range, shardText, WHOLE } from "../campaign/ranges.ts";
import { CASES_MAX } from "../target/options.ts";
import type { Target } from "../target/target.ts";

const VERSION = 1;
/** Bytes of a record's text. */
const RECORD_MAX = 64 * 1024;
/** Bytes of all files of a campaign's target. */
export const FILES_BYTES_MAX = 16 * 1024 * 1024;
const PATH_MAX = 1024;

/** A file of the target, which travels beside the record. */
export interface FileRecord {
  /** Where it was on the machine that started the campaign: findings name it so. */
  readonly path: string;
  /** SHA-256 of its bytes. */
  readonly hash: string;
  readonly size: number;
}

export interface FleetCampaign extends Identity {
  /** Cases in all. */
  readonly cases: number;
  /** Cases of each shard but the last. */
  readonly shardCases: number;
  /** CPU time that one case may take, in ms. */
  readonly timeoutMs: number;
  /** The major version of Node that it was started with. */
  readonly node: number;
  /** What the target is made of, its module first; none where every slabfuzz has it. */
  readonly files: readonly FileRecord[];
}

const positive = v.pipe(jsonCountUpTo(CASES_MAX), v.minValue(1, "must be 1 or more"));

const FILE = jsonObject({
  path: v.pipe(
    jsonText,
    v.check((text) => visible(text) === text && text.length <= PATH_MAX, "must be a path"),
  ),
  hash: jsonTextLike(SHA256, "a SHA-256"),
  size: jsonCountUpTo(FILES_BYTES_MAX),
});

const FILES = v.pipe(
  jsonList(FILE),
  v.check(
    (files) => bytesOf(files) <= FILES_BYTES_MAX,
    `must have ${FILES_BYTES_MAX} bytes at most`,
  ),
);

const RECORD = jsonObject({
  version: jsonVersion(VERSION),
  campaign: jsonText,
  driver: jsonTextLike(/^[0-9a-f]{8}$/, "eight digits"),
  cases: positive,
  shardCases: positive,
  timeoutMs: jsonCountUpTo(86_400_000),
  node: jsonWhole(1, 999),
  files: FILES,
});

function bytesOf(files: readonly FileRecord[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The files of a target, in short. Throws a UserError for more than a fleet carries. */
export function fileRecords({
  files,
  options,
}: Pick<Target, "files" | "options">): readonly FileRecord[] {
  const records = files.map(({ path, bytes }) => {
    return { path, hash: sha256(bytes), size: bytes.length };
  });
  if (bytesOf(records) <= FILES_BYTES_MAX) return records;
  throw new UserError(
    `${options.target}: has ${bytesOf(records)} bytes with its scripts, and a fleet carries ` +
      `${FILES_BYTES_MAX}: run it with slabfuzz fuzz --shard`,
  );
}

/** What campaigns are called: the same campaign has the same name, whoever starts it. */
export function campaignName({ campaign, driver, cases }: FleetCampaign): string {
  return digestOfText(JSON.stringify([campaign, driver, cases])).slice(0, 12);
}

export function recordText(campaign: FleetCampaign): string {
  return JSON.stringify({ version: VERSION, ...campaign });
}

/** Reads a record from Redis. Throws a UserError that begins with `name`. */
export function readRecord(text: string, name: string): FleetCampaign {
  const { version: _, ...campaign } = readJson(
    { text: text.slice(0, RECORD_MAX), name, kind: "record of a campaign" },
    RECORD,
  );
  return campaign;
}

export function shardCount({ cases, shardCases }: FleetCampaign): number {
  return Math.ceil(cases / shardCases);
}

/** The cases of a shard, counted from 0. */
export function shardRange({ cases, shardCases }: FleetCampaign, shard: number): Range {
  return [shard * shardCases, Math.min(cases, (shard + 1) * shardCases)];
}

/** The header of a journal with any of the campaign's cases. */
export function wholeHeader({ campaign, driver, cases }: FleetCampaign): JournalHeader {
  return { campaign, driver, cases, shard: shardText(WHOLE), timeMs: null, isMerged: false };
}
