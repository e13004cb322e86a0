// The shape of programs in words: how command line, config, tokens and findings spell it.
import { namesIn, unknownText } from "../base/option_text.ts";
import { UserError } from "../base/user_error.ts";
import { bugsText } from "../target/bug_names.ts";
import { isSwitchName, SWITCH_NAMES, type SwitchName } from "./gen/features.ts";
import type { ProgramShape, WorkloadName } from "./gen/options.ts";
import { BUGS_PER_CASE_MAX, DEFAULT_SHAPE, isWorkloadName, WORKLOAD_NAMES } from "./gen/options.ts";
import { isSizeMixName, OBJECT_SIZE_MAX, SIZE_MIX_NAMES, type Sizes } from "./gen/sizes.ts";

/** Features and bug classes with commas between. */
export function parseWithout(text: string): readonly SwitchName[] {
  const names = namesIn(text, isSwitchName, "feature or bug class", SWITCH_NAMES);
  return SWITCH_NAMES.filter((name) => names.includes(name));
}

/** `all`, or names with commas between. */
export function parseWorkload(text: string): readonly WorkloadName[] {
  if (text === "all") return WORKLOAD_NAMES;
  const names = namesIn(text, isWorkloadName, "workload", ["all", ...WORKLOAD_NAMES]);
  return WORKLOAD_NAMES.filter((name) => names.includes(name));
}

export function workloadText(workload: readonly WorkloadName[]): string {
  return workload.length === WORKLOAD_NAMES.length ? "all" : workload.join(",");
}

/** The name of a mix, or numbers with commas between. */
export function parseSizes(text: string): Sizes {
  if (isSizeMixName(text)) return text;
  return text.split(",").map((word) => {
    const size = /^[0-9]{1,5}$/.test(word.trim()) ? Number(word) : 0;
    if (size >= 1 && size <= OBJECT_SIZE_MAX) return size;
    throw new UserError(unknownText("size", word, SIZE_MIX_NAMES, `or 1 to ${OBJECT_SIZE_MAX}`));
  });
}

interface ShapePart<T> {
  /** In tokens and findings: alone, or before `=` and the value. */
  readonly word: string;
  /** On a command line. */
  readonly flag: string;
  readonly read: (text: string) => T;
  /** Says a value by itself. */
  readonly isSwitch?: boolean;
}

type PartName = Exclude<keyof ProgramShape, "bugs" | "opCountMax">;

/** How texts spell what differs from the usual shape, beside classes and length. */
const PARTS: { readonly [K in PartName]: ShapePart<ProgramShape[K]> } = {
  bugsPerCase: { word: "bugs", flag: "--bugs-per-case", read: bugsPerCaseOf },
  twins: { word: "twins", flag: "--twins", read: () => true, isSwitch: true },
  swarm: { word: "noswarm", flag: "--no-swarm", read: () => false, isSwitch: true },
  without: { word: "without", flag: "--without", read: parseWithout },
  workload: { word: "workload", flag: "--workload", read: parseWorkload },
  sizes: { word: "size", flag: "--size", read: parseSizes },
};

const PART_NAMES = Object.keys(PARTS) as readonly PartName[];

function bugsPerCaseOf(text: string): number {
  return /^[1-9]$/.test(text) ? Number(text) : BUGS_PER_CASE_MAX + 1;
}

/** As one word: `bugs=2;twins`. */
export function shapeText(shape: ProgramShape): string {
  const unusual = unusualParts(shape);
  return unusual
    .map(([{ word, isSwitch }, text]) => (isSwitch ? word : `${word}=${text}`))
    .join(";");
}

/** As the words of a command line. */
export function shapeWords(shape: ProgramShape): readonly string[] {
  const unusual = unusualParts(shape);
  const parts = unusual.flatMap(([{ flag, isSwitch }, text]) => (isSwitch ? [flag] : [flag, text]));
  return ["--bugs", bugsText(shape.bugs), ...parts, "--ops", String(shape.opCountMax)];
}

function unusualParts(shape: ProgramShape): readonly (readonly [ShapePart<unknown>, string])[] {
  const unusual = PART_NAMES.filter(
    (name) => partText(shape, name) !== partText(DEFAULT_SHAPE, name),
  );
  return unusual.map((name) => [PARTS[name], partText(shape, name)]);
}

function partText(shape: ProgramShape, name: PartName): string {
  return name === "workload" ? workloadText(shape.workload) : String(shape[name]);
}

/** Reads what `shapeText` wrote. */
export function parseShape(text: string): Partial<ProgramShape> {
  if (text === "") return {};
  return Object.assign({}, ...text.split(";").map(parsePart));
}

function parsePart(part: string): Partial<ProgramShape> {
  const [word, value = ""] = part.split("=");
  const name = PART_NAMES.find((one) => PARTS[one].word === word);
  if (name !== undefined) return { [name]: PARTS[name].read(value) };
  throw new UserError(`unknown part ${JSON.stringify(part)} of a shape`);
}
