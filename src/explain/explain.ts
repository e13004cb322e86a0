// The answer to a log: what it says, and the causes that fit.
import { UserError } from "../base/user_error.ts";
import { shortened } from "../base/visible.ts";
import { causesOf, type RankedCause } from "./cause/rank.ts";
import { type OptionOutcome, optionsFor } from "./program/options.ts";
import { type FoundProgram, programFor } from "./program/search.ts";
import { longPattern } from "./read/pattern.ts";
import type { LogInput, RawLine } from "./read/splitter.ts";
import { readingOf } from "./reading.ts";
import type { LogReading } from "./report.ts";

export interface Explanation {
  readonly program: FoundProgram | undefined;
  readonly options: readonly OptionOutcome[];
  readonly reading: LogReading;
  readonly causes: readonly RankedCause[];
}

/** Programs are tried for so many seconds. */
const EFFORT_SECONDS = 4;

/** Explains a log, or refuses it in one sentence. */
export async function explain(input: LogInput, name: string): Promise<Explanation> {
  const read = explainCauses(input, name);
  const program = await programFor(read.reading, EFFORT_SECONDS);
  const options = program === undefined ? [] : await optionsFor(program.script);
  return { ...read, program, options };
}

/** The same without a program. */
export function explainCauses(
  input: LogInput,
  name: string,
): Omit<Explanation, "program" | "options"> {
  const reading = readingOf(input);
  if (reading.reports.length === 0) throw new UserError(refusal(input, reading, name));
  return { reading, causes: causesOf(reading) };
}

/** A file of text has fewer lines with zero bytes than this share. */
const BINARY_SHARE = 0.02;

function refusal(input: LogInput, reading: LogReading, name: string): string {
  const { lineCount, binaryCount, lines } = input;
  if (binaryCount > lineCount * BINARY_SHARE) return `${name}: is binary, not a log in text`;
  const read = `${name}: read ${lineCount.toLocaleString("en")} lines`;
  const stranger = strangerIn(lines);
  if (stranger !== undefined) return `${read}: they are of ${stranger}, not of SLUB`;
  return `${read}, none is of SLUB or list debugging${closest(reading)}`;
}

const SLAB_ALLOCATOR = longPattern(
  String.raw`\b[Ss]lab error in |Slab corruption(?: \(|: )|slab: double free detected`,
  String.raw`|\bmm\/slab\.c:\d|\bmm\/slab\.h:\d{1,5} kfree\+|virt_to_cache: Object is not a Slab`,
);

const STRANGERS: readonly (readonly [RegExp, string])[] = [
  [SLAB_ALLOCATOR, "the SLAB allocator"],
  [/\bslob_|mm\/slob\.c/, "the SLOB allocator"],
  [
    /\b[mc]?alloc\(\): |double free or corruption|\bfree\(\): |munmap_chunk\(\)|==\d+==ERROR: Addr/,
    "the malloc of a program",
  ],
];

function strangerIn(lines: readonly RawLine[]): string | undefined {
  const found = STRANGERS.find(([pattern]) => lines.some(({ text }) => pattern.test(text)));
  return found?.[1];
}

const CLOSEST = 3;

function closest({ unplaced, others }: LogReading): string {
  const texts = [
    ...unplaced.map(({ line, text }) => `line ${line}, ${shortened(text, 60)}`),
    ...others,
  ];
  if (texts.length === 0) return "";
  return `; these looked closest: ${texts.slice(0, CLOSEST).join("; ")}`;
}
