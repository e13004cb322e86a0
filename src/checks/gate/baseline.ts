// The findings that a team knows of: each with a reason, an owner, and a day on which it is no
// excuse any more. One block an entry, sorted, so that a review shows what came and what went.
//
//   signature: none|-|nowhere|invariant wrong-shrink-answer at shrink
//   verdict: invariant
//   reason: shrink is being rewritten
//   owner: alice
//   expires: 2027-03-01
import { linesOf } from "../../base/text_lines.ts";
import { UserError } from "../../base/user_error.ts";
import { VERDICTS } from "../../target/verdict.ts";
import type { FindingStatus } from "./result.ts";

const FIELDS = ["signature", "verdict", "reason", "owner", "expires"] as const;
type Field = (typeof FIELDS)[number];

/** What makes a finding the same as one of the file. */
export interface KnownFinding {
  readonly signature: string;
  readonly verdict: string;
}

export interface BaselineEntry extends Readonly<Record<Field, string>>, KnownFinding {
  /** Lines that begin with `#`, before the entry. */
  readonly comments: readonly string[];
}

export interface Baseline {
  readonly entries: readonly BaselineEntry[];
}

export const EMPTY_BASELINE: Baseline = { entries: [] };

const HEADER = [
  "# What slabfuzz knows of, and does not fail for until the day is over.",
  "# `slabfuzz ci --update-baseline` adds what is new; reason and owner are for people to write.",
];

/** Reads a baseline. Every complaint is a UserError `FILE:LINE: what is wrong`. */
export function parseBaseline(text: string, file: string): Baseline {
  const entries = blocksOf(text, file).map((block) => entryOf(block, file));
  const seen = new Set<string>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (seen.has(key)) throw new UserError(`${file}: ${entry.signature} stands here twice`);
    seen.add(key);
  }
  return { entries };
}

/** The file's text, sorted. */
export function printBaseline({ entries }: Baseline): string {
  const sorted = [...entries].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const blocks = sorted.map((entry) => {
    return [...entry.comments, ...FIELDS.map((field) => `${field}: ${entry[field]}`)];
  });
  return `${[HEADER, ...blocks].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** What a finding is on a day, written as 2027-03-01. */
export function statusIn(baseline: Baseline, finding: KnownFinding, today: string): FindingStatus {
  const entry = entryFor(baseline, finding);
  if (entry === undefined) return "new";
  return entry.expires < today ? "expired" : "known";
}

export function entryFor(baseline: Baseline, finding: KnownFinding): BaselineEntry | undefined {
  const key = keyOf(finding);
  return baseline.entries.find((entry) => keyOf(entry) === key);
}

/** Adds those findings that it does not have; one that has expired stays as it is. */
export function withNew(
  baseline: Baseline,
  findings: readonly KnownFinding[],
  words: Pick<BaselineEntry, "reason" | "owner" | "expires">,
): Baseline {
  const entries = new Map(baseline.entries.map((entry) => [keyOf(entry), entry]));
  for (const { signature, verdict } of findings) {
    const entry = { signature, verdict, ...words, comments: [] };
    if (!entries.has(keyOf(entry))) entries.set(keyOf(entry), entry);
  }
  return { entries: [...entries.values()] };
}

function keyOf({ signature, verdict }: KnownFinding): string {
  return `${signature} ${verdict}`;
}

/** Lines of one entry, and where it begins. */
interface Block {
  readonly line: number;
  readonly lines: readonly string[];
}

/** Blank lines part entries; a block of comments alone is the file's own. */
function blocksOf(text: string, file: string): readonly Block[] {
  const blocks: { line: number; lines: string[] }[] = [];
  let isOpen = false;
  for (const { line, number } of linesOf(text, file)) {
    if (line === "") isOpen = false;
    else if (isOpen) blocks.at(-1)?.lines.push(line);
    else {
      blocks.push({ line: number, lines: [line] });
      isOpen = true;
    }
  }
  return blocks.filter(({ lines }) => lines.some((line) => !line.startsWith("#")));
}

function entryOf({ line: first, lines }: Block, file: string): BaselineEntry {
  const comments: string[] = [];
  const fields: Partial<Record<Field, string>> = {};
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("#")) comments.push(line);
    else readField(fields, line, `${file}:${first + index}`);
  }
  const missing = FIELDS.find((field) => fields[field] === undefined);
  if (missing !== undefined) throw new UserError(`${file}:${first}: the entry has no ${missing}`);
  return { ...(fields as Record<Field, string>), comments };
}

function readField(fields: Partial<Record<Field, string>>, line: string, place: string): void {
  const [, name, value] = /^([a-z]+): *(.*?) *$/.exec(line) ?? [];
  const field = FIELDS.find((one) => one === name);
  if (field === undefined) {
    const what = name === undefined ? "is no line of a baseline" : `unknown field ${name}`;
    throw new UserError(`${place}: ${what} (there are: ${FIELDS.join(" ")})`);
  }
  if (fields[field] !== undefined) throw new UserError(`${place}: ${field} stands here twice`);
  checkValue(field, value, place);
  fields[field] = value;
}

function checkValue(field: Field, value: string, place: string): void {
  if (value === "") throw new UserError(`${place}: ${field} is empty`);
  if (field === "verdict" && !(VERDICTS as readonly string[]).includes(value)) {
    throw new UserError(`${place}: verdict has to be one of ${VERDICTS.join(" ")}`);
  }
  if (field === "expires" && !isDay(value)) {
    throw new UserError(`${place}: expires has to be a day such as 2027-03-01`);
  }
}

/** A day that a calendar has. */
export function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return Number(day) >= 1 && Number(day) <= (days[Number(month) - 1] ?? 0);
}
