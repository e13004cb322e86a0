// The lines of a journal. Each is a check and a JSON value; a line that the end of the process cut
// short is the last one, and does not count.
//
//   8c1f02aa {"journal":1,"campaign":"sf1:...","driver":"...","cases":1000,"shard":"1/1"}
//   01d3e9b7 {"ranges":[[0,250]],"ms":61,"tally":{...}}
//   ...
import { Digest } from "../base/hash.ts";
import { hex32 } from "../base/hex.ts";
import { isAmount, isCount, isObject, isText } from "../base/json_file.ts";
import { UserError } from "../base/user_error.ts";
import { CASES_MAX } from "../target/options.ts";
import type { Finding, TallyData, VerdictTable } from "../target/tally.ts";
import { IMPACTS, VERDICTS } from "../target/verdict.ts";
import type { Identity } from "./identity.ts";
import type { Part } from "./part.ts";
import type { Range } from "./ranges.ts";

const VERSION = 1;
const CHECK_DIGITS = 8;

/** What a journal says first. */
export interface JournalHeader extends Identity {
  /** Cases of the campaign, null for as many as the time allows. */
  readonly cases: number | null;
  /** Which of them are this folder's business. */
  readonly shard: string;
  /** Time that the campaign may take in all, null for as long as it needs. */
  readonly timeMs: number | null;
  /** Whether its parts come from several runs, and are kept apart. */
  readonly isMerged: boolean;
}

export interface JournalContent {
  readonly header: JournalHeader;
  readonly parts: readonly Part[];
}

export function headerLine({ isMerged, timeMs, ...rest }: JournalHeader): string {
  const { campaign, driver, cases, shard } = rest;
  return lineOf({ journal: VERSION, campaign, driver, cases, shard, ms: timeMs, merged: isMerged });
}

export function partLine({ ranges, timeMs, tally }: Part): string {
  return lineOf({ ranges, ms: Math.round(timeMs), tally });
}

function lineOf(value: object): string {
  const text = JSON.stringify(value);
  return `${checkOf(text)} ${text}\n`;
}

function checkOf(text: string): string {
  return hex32(new Digest().text(text).low);
}

/** Reads a journal; `name` is what messages call it. */
export function parseJournal(text: string, name: string): JournalContent {
  const lines = text.split("\n");
  lines.pop(); // what follows the last newline: nothing, or a line cut short
  const values = lines.map(readLine);
  if (values.length > 1 && values.at(-1) === undefined) values.pop();
  const damaged = values.findIndex((value, i) => value === undefined || !isRecord(value, i));
  if (damaged >= 0) throw new UserError(`${name}: line ${damaged + 1} is damaged`);
  if (values.length === 0) throw new UserError(`${name}: is empty`);
  const [first, ...rest] = values as [HeaderRecord, ...PartRecord[]];
  return { header: headerOf(first), parts: rest.map(partOf) };
}

function readLine(line: string): unknown {
  const json = line.slice(CHECK_DIGITS + 1);
  if (line.slice(0, CHECK_DIGITS) !== checkOf(json)) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

interface HeaderRecord {
  readonly campaign: string;
  readonly driver: string;
  readonly cases: number | null;
  readonly shard: string;
  readonly ms: number | null;
  readonly merged: boolean;
}

interface PartRecord {
  readonly ranges: readonly Range[];
  readonly ms: number;
  readonly tally: TallyData;
}

function headerOf({ campaign, driver, cases, shard, ms, merged }: HeaderRecord): JournalHeader {
  return { campaign, driver, cases, shard, timeMs: ms, isMerged: merged };
}

function partOf({ ranges, ms, tally }: PartRecord): Part {
  return { ranges, timeMs: ms, tally };
}

// A check keeps accidents out, not people: whatever is read is looked at before it is believed.

function isRecord(value: unknown, index: number): boolean {
  return index === 0 ? isHeader(value) : isPart(value);
}

function isHeader(value: unknown): boolean {
  if (!isObject(value) || value["journal"] !== VERSION) return false;
  const { campaign, driver, cases, shard, ms, merged } = value;
  return (
    isText(campaign) &&
    isText(driver) &&
    isText(shard) &&
    typeof merged === "boolean" &&
    (cases === null || isCount(cases)) &&
    (ms === null || isAmount(ms))
  );
}

function isPart(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { ranges, ms, tally } = value;
  return Array.isArray(ranges) && ranges.every(isRange) && isAmount(ms) && isTally(tally);
}

function isRange(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [first, end] = value;
  return isCount(first) && isCount(end) && first < end && end <= CASES_MAX;
}

function isTally(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { cases, operations, digestHigh, digestLow, verdicts, findings } = value;
  return (
    [cases, operations, digestHigh, digestLow].every(isCount) &&
    isVerdictTable(verdicts) &&
    Array.isArray(findings) &&
    findings.every(isFinding)
  );
}

function isVerdictTable(value: unknown): value is VerdictTable {
  return isObject(value) && Object.values(value).every(isVerdictRow);
}

function isVerdictRow(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([name, count]) => isVerdict(name) && isCount(count));
}

function isFinding(value: unknown): value is Finding {
  if (!isObject(value)) return false;
  const { signature, verdict, class: bug, impact, count, caseNumber, opCount } = value;
  return (
    isText(signature) &&
    isText(bug) &&
    isVerdict(verdict) &&
    (IMPACTS as readonly unknown[]).includes(impact) &&
    [count, caseNumber, opCount].every(isCount)
  );
}

function isVerdict(value: unknown): boolean {
  return (VERDICTS as readonly unknown[]).includes(value);
}
