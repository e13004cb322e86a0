// The answer to a log: what it says, and the causes that fit.
import { UserError } from "../base/user_error.ts";
import { shortened } from "../base/visible.ts";
import { type Cause, causesOf } from "./cause/rank.ts";
import type { LogInput, RawLine } from "./read/splitter.ts";
import type { LogStory } from "./report.ts";
import { readStory } from "./story.ts";

export interface Explanation {
  readonly story: LogStory;
  readonly causes: readonly Cause[];
}

/** Explains a log, or refuses it in one sentence. */
export function explain(input: LogInput, name: string): Explanation {
  const story = readStory(input);
  if (story.reports.length === 0) throw new UserError(refusal(input, story, name));
  return { story, causes: causesOf(story) };
}

/** A file of text has fewer lines with zero bytes than this share. */
const BINARY_SHARE = 0.02;

function refusal(input: LogInput, story: LogStory, name: string): string {
  const { lineCount, binaryCount, lines } = input;
  if (binaryCount > lineCount * BINARY_SHARE) return `${name}: is binary, not a log in text`;
  const read = `${name}: read ${lineCount.toLocaleString("en")} lines`;
  const stranger = strangerIn(lines);
  if (stranger !== undefined) return `${read}: they are of ${stranger}, not of SLUB`;
  return `${read}, none is of SLUB or list debugging${closest(story)}`;
}

const STRANGERS: readonly (readonly [RegExp, string])[] = [
  [/\bslab error in |Slab corruption(?: \(|: )|slab: double free detected/i, "the SLAB allocator"],
  [/\bslob_|mm\/slob\.c/, "the SLOB allocator"],
  [/malloc\(\): |double free or corruption|free\(\): invalid/, "the malloc of a program"],
];

function strangerIn(lines: readonly RawLine[]): string | undefined {
  const found = STRANGERS.find(([pattern]) => lines.some(({ text }) => pattern.test(text)));
  return found?.[1];
}

const CLOSEST = 3;

function closest({ unplaced, others }: LogStory): string {
  const texts = [
    ...unplaced.map(({ line, text }) => `line ${line}, ${shortened(text, 60)}`),
    ...others,
  ];
  if (texts.length === 0) return "";
  return `; these looked closest: ${texts.slice(0, CLOSEST).join("; ")}`;
}
