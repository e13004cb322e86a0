// The answer to a log: what it says, and the causes that fit.
import { UserError } from "../base/user_error.ts";
import { shortened } from "../base/visible.ts";
import type { ProfileName } from "../slub/program/op.ts";
import type { Draws } from "./cause/draws.ts";
import type { PriorChange } from "./cause/prior.ts";
import { causesOf, type RankedCause } from "./cause/rank.ts";
import { type KernelConfig, switchesOf, toolsOf } from "./kernel_config.ts";
import { type OptionOutcome, optionsFor } from "./program/options.ts";
import { type FoundProgram, programFor } from "./program/search.ts";
import { profileOf, type SettingWish } from "./program/setting.ts";
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

/** What the user says beside the log. */
export interface ExplainRequest {
  /** Programs are tried for so many seconds of a processor; default 4. */
  readonly effortSeconds?: number;
  readonly profile?: ProfileName;
  readonly config?: KernelConfig;
  /** Shares of causes in place of those of the table, by check. */
  readonly prior?: PriorChange;
  /** Keeps the programs that are drawn for the causes, for the logs that follow. */
  readonly draws?: Draws;
}

const EFFORT_SECONDS = 4;

/**
 * Explains a log. Throws a UserError of one sentence for a file that is no log of SLUB or list
 * debugging; `name` is the file's.
 */
export async function explain(
  input: LogInput,
  name: string,
  request: ExplainRequest = {},
): Promise<Explanation> {
  const read = explainCauses(input, name, request);
  const { reading } = read;
  const effort = request.effortSeconds ?? EFFORT_SECONDS;
  const program = await programFor(reading, effort, wishOf(request, reading));
  const options = program === undefined ? [] : await optionsFor(program);
  return { ...read, program, options };
}

function wishOf({ profile, config }: ExplainRequest, reading: LogReading): SettingWish {
  const chosen = profile ?? profileOf(reading.reports[0], reading);
  const switches = config === undefined ? "" : switchesOf(config, chosen);
  return { profile: chosen, config: switches };
}

/** The same without a program. */
export function explainCauses(
  input: LogInput,
  name: string,
  request: ExplainRequest = {},
): Omit<Explanation, "program" | "options"> {
  const read = readingOf(input);
  if (read.reports.length === 0) throw new UserError(refusal(input, read, name));
  const { prior, config, draws } = request;
  const tools = [...read.machine.tools, ...(config === undefined ? [] : toolsOf(config))];
  const reading = { ...read, machine: { ...read.machine, tools } };
  return { reading, causes: causesOf(reading, { prior, wish: wishOf(request, reading), draws }) };
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
