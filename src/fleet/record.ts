// A campaign as a fleet knows it: the record that lies in Redis, and how its cases are cut into
// shards. Whoever can write to Redis can write a record, so that it is checked before it is used.
//
//   cases    0        shardCases     2 * shardCases              cases
//            |  shard 0   |   shard 1    |   ...   |  last shard   |
import * as v from "valibot";
import { digestOfText } from "../base/hash.ts";
import { readJson } from "../base/json_file.ts";
import { jsonCountUpTo, jsonObject, jsonText, jsonTextLike, jsonVersion } from "../base/schema.ts";
import type { Identity } from "../campaign/identity.ts";
import type { JournalHeader } from "../campaign/journal_text.ts";
import { type Range, shardText, WHOLE } from "../campaign/ranges.ts";
import { CASES_MAX } from "../target/options.ts";

const VERSION = 1;
/** Bytes of a record's text. */
const RECORD_MAX = 64 * 1024;

export interface FleetCampaign extends Identity {
  /** Cases in all. */
  readonly cases: number;
  /** Cases of each shard but the last. */
  readonly shardCases: number;
  /** CPU time that one case may take, in ms. */
  readonly timeoutMs: number;
}

const positive = v.pipe(jsonCountUpTo(CASES_MAX), v.minValue(1, "must be 1 or more"));

const RECORD = jsonObject({
  version: jsonVersion(VERSION),
  campaign: jsonText,
  driver: jsonTextLike(/^[0-9a-f]{8}$/, "eight digits"),
  cases: positive,
  shardCases: positive,
  timeoutMs: jsonCountUpTo(86_400_000),
});

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
