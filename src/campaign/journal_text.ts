// The lines of a journal. Each is a check and a JSON value; a line that the end of the process cut
// short is the last one, and does not count.
//
//   8c1f02aa {"journal":1,"campaign":"sf1:...","driver":"...","cases":1000,"shard":"1/1"}
//   01d3e9b7 {"ranges":[[0,250]],"ms":61,"tally":{...}}
//   ...
import * as v from "valibot";
import { Digest } from "../base/hash.ts";
import { hex32 } from "../base/hex.ts";
import {
  checkValue,
  jsonAmount,
  jsonCount,
  jsonCountUpTo,
  jsonFlag,
  jsonList,
  jsonObject,
  jsonOneOf,
  jsonText,
  jsonTextLike,
} from "../base/schema.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import { BUG_NAMES } from "../target/bug_names.ts";
import { CASES_MAX } from "../target/options.ts";
import { parseSignature } from "../target/signature.ts";
import type { Finding, TallyData } from "../target/tally.ts";
import { IMPACTS, VERDICTS } from "../target/verdict.ts";
import type { Identity } from "./identity.ts";
import type { Part } from "./part.ts";
import { parseShard, type Range, RangeSet, rangeOfShard, shardText, WHOLE } from "./ranges.ts";

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

export function journalText({ header, parts }: JournalContent): string {
  return [headerLine(header), ...parts.map(partLine)].join("");
}

export function headerLine({ isMerged, timeMs, ...rest }: JournalHeader): string {
  const { campaign, driver, cases, shard } = rest;
  return checkedLine({
    journal: VERSION,
    campaign,
    driver,
    cases,
    shard,
    ms: timeMs,
    merged: isMerged,
  });
}

export function partLine({ ranges, timeMs, tally }: Part): string {
  const findings = tally.findings.map((finding) => {
    return { ...finding, signature: finding.signature.text };
  });
  return checkedLine({ ranges, ms: Math.round(timeMs), tally: { ...tally, findings } });
}

/** A line with a check in front, which `checkedValues` reads. */
export function checkedLine(value: object): string {
  const text = JSON.stringify(value);
  return `${checkOf(text)} ${text}\n`;
}

function checkOf(text: string): string {
  return hex32(new Digest().text(text).low);
}

/** Reads a journal; `name` is what messages call it. */
export function parseJournal(text: string, name: string): JournalContent {
  const values = checkedValues(text, name);
  const header = headerOf(values[0], `${name}: line 1`);
  const done = new RangeSet();
  const parts = values.slice(1).map((value, i) => {
    const part = partOf(value, header, `${name}: line ${i + 2}`);
    addOnce(part, done, `${name}: line ${i + 2}`);
    return part;
  });
  return { header, parts };
}

/** The values of all lines; one that was cut short at the end does not count. */
export function checkedValues(text: string, name: string): readonly unknown[] {
  const lines = text.split("\n");
  lines.pop(); // what follows the last newline: nothing, or a line cut short
  const values = lines.map(readLine);
  if (values.length > 1 && values.at(-1) === undefined) values.pop();
  const damaged = values.indexOf(undefined);
  if (damaged >= 0) throw new UserError(`${name}: line ${damaged + 1} is damaged`);
  if (values.length === 0) throw new UserError(`${name}: is empty`);
  return values;
}

/** Reads the line of one part, such as `partLine` writes it. */
export function parsePartLine(line: string, header: JournalHeader, name: string): Part {
  const value = readLine(line.trimEnd());
  if (value === undefined) throw new UserError(`${name}: is damaged`);
  return partOf(value, header, name);
}

function readLine(line: string): unknown {
  const json = line.slice(CHECK_DIGITS + 1);
  if (line !== `${checkOf(json)} ${json}`) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

// A check keeps accidents out, not people: whatever is read is looked at before it is believed.

const caseCount = v.pipe(jsonCountUpTo(CASES_MAX), v.minValue(1, "must be 1 or more"));
const halfDigest = jsonCountUpTo(0xffffffff);

const HEADER = jsonObject({
  journal: v.literal(VERSION, `must be ${VERSION}`),
  campaign: jsonText,
  driver: jsonTextLike(/^[0-9a-f]{8}$/, "eight digits"),
  cases: v.nullable(caseCount),
  shard: jsonTextLike(/^[0-9]{1,5}\/[0-9]{1,5}$/, "such as 1/4"),
  ms: v.nullable(jsonAmount),
  merged: jsonFlag,
});

const RANGE = v.pipe(
  v.tuple([jsonCount, caseCount], "must be a range"),
  v.check(([first, end]) => first < end, "must be a range"),
);

const FINDING = jsonObject({
  signature: v.pipe(
    jsonText,
    v.check((text) => visible(text) === text, "must be one line of visible text"),
    v.transform(parseSignature),
  ),
  verdict: jsonOneOf(VERDICTS),
  class: jsonOneOf(BUG_NAMES),
  impact: jsonOneOf(IMPACTS),
  count: caseCount,
  caseNumber: jsonCountUpTo(CASES_MAX - 1),
  opCount: jsonCount,
});

/** A finding that travels on its own. Throws a UserError that begins with `name`. */
export function findingOfRecord(value: unknown, name: string): Finding {
  return checkValue(value, FINDING, name);
}

const PART = jsonObject({
  ranges: jsonList(RANGE),
  ms: jsonAmount,
  tally: jsonObject({
    cases: jsonCountUpTo(CASES_MAX),
    operations: jsonCount,
    digestHigh: halfDigest,
    digestLow: halfDigest,
    verdicts: tableWith(BUG_NAMES, tableWith(VERDICTS, jsonCount)),
    findings: jsonList(FINDING),
  }),
});

/** An object that has some of these names as its fields. */
function tableWith<const T extends readonly string[], V>(names: T, value: v.GenericSchema<V>) {
  return v.record(jsonOneOf(names), value, "must be an object");
}

function headerOf(value: unknown, place: string): JournalHeader {
  const { campaign, driver, cases, shard, ms, merged } = checkValue(value, HEADER, place);
  parseShard(shard);
  return { campaign, driver, cases, shard, timeMs: ms, isMerged: merged };
}

function partOf(value: unknown, { cases, shard }: JournalHeader, place: string): Part {
  const { ranges, ms, tally } = checkValue(value, PART, place);
  const complaint = complaintAbout(ranges, tally);
  if (complaint !== undefined) throw new UserError(`${place}: ${complaint}`);
  const own = new RangeSet([rangeOfShard(parseShard(shard), cases ?? undefined)]);
  // Only the whole may be made shorter than what is done.
  if (shard !== shardText(WHOLE) && !own.covers(new RangeSet(ranges))) {
    throw new UserError(`${place}: has cases that are not in shard ${shard}`);
  }
  return { ranges, timeMs: ms, tally };
}

/** What does not agree within a part, undefined if all does. */
function complaintAbout(ranges: readonly Range[], tally: TallyData): string | undefined {
  const { cases, verdicts, findings } = tally;
  const done = new RangeSet(ranges);
  const size = ranges.reduce((sum, [first, end]) => sum + end - first, 0);
  if (size !== done.size) return "counts a case twice";
  if (size !== cases) return `counts ${cases} cases, and its ranges have ${size}`;
  const rows = Object.values(verdicts);
  const judged = rows.flatMap((row) => Object.values(row)).reduce((sum, one) => sum + one, 0);
  // The other mistake of two has a verdict of its own.
  if (judged < cases || judged > 2 * cases) return `has ${judged} verdicts on ${cases} cases`;
  const found = findings.reduce((sum, finding) => sum + finding.count, 0);
  const fine = rows.reduce((sum, row) => sum + (row.ok ?? 0), 0);
  const isSum = judged === cases ? found + fine === cases : found <= cases;
  if (!isSum) return `has findings of ${found} cases, and ${fine} of ${cases} without one`;
  const odd = findings.find(({ class: bug, verdict }) => (verdicts[bug]?.[verdict] ?? 0) === 0);
  if (odd !== undefined)
    return `has a finding ${odd.class}, ${odd.verdict}, that it does not count`;
  if (new Set(findings.map(({ signature }) => signature.text)).size < findings.length) {
    return "has a finding twice";
  }
  const stranger = findings.find(
    ({ caseNumber }) =>
      done.firstShared(new RangeSet([[caseNumber, caseNumber + 1]])) === undefined,
  );
  return stranger && `has a finding of case ${stranger.caseNumber}, which is not among its cases`;
}

/** Adds a part's cases to those of earlier lines, which must not have them. */
function addOnce({ ranges }: Part, done: RangeSet, place: string): void {
  const shared = done.firstShared(new RangeSet(ranges));
  if (shared !== undefined) {
    throw new UserError(`${place}: counts case ${shared} again: remove that line`);
  }
  for (const range of ranges) done.add(range);
}
