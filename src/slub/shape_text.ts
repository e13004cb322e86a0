// The shape of programs in words: how command line, config, tokens and findings spell it.
import { namesIn } from "../base/option_text.ts";
import { UserError } from "../base/user_error.ts";
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
    const known = `${SIZE_MIX_NAMES.join(" ")}, or 1 to ${OBJECT_SIZE_MAX}`;
    throw new UserError(`unknown size ${JSON.stringify(word)} (there are: ${known})`);
  });
}

export function sizesText(sizes: Sizes): string {
  return typeof sizes === "string" ? sizes : sizes.join(",");
}

/** What differs from the usual shape, beside classes and length, as one word: `bugs=2;twins`. */
export function shapeText(shape: ProgramShape): string {
  const parts: string[] = [];
  const { bugsPerCase, twins, swarm, without, workload, sizes } = shape;
  if (bugsPerCase !== DEFAULT_SHAPE.bugsPerCase) parts.push(`bugs=${bugsPerCase}`);
  if (twins) parts.push("twins");
  if (!swarm) parts.push("noswarm");
  if (without.length > 0) parts.push(`without=${without.join(",")}`);
  if (workloadText(workload) !== "mixed") parts.push(`workload=${workloadText(workload)}`);
  if (sizes !== DEFAULT_SHAPE.sizes) parts.push(`size=${sizesText(sizes)}`);
  return parts.join(";");
}

/** Reads what `shapeText` wrote. */
export function parseShape(text: string): Partial<ProgramShape> {
  if (text === "") return {};
  return Object.assign({}, ...text.split(";").map(parsePart));
}

function parsePart(part: string): Partial<ProgramShape> {
  const [name, value = ""] = part.split("=");
  switch (name) {
    case "bugs":
      return { bugsPerCase: /^[1-9]$/.test(value) ? Number(value) : BUGS_PER_CASE_MAX + 1 };
    case "twins":
      return { twins: true };
    case "noswarm":
      return { swarm: false };
    case "without":
      return { without: parseWithout(value) };
    case "workload":
      return { workload: parseWorkload(value) };
    case "size":
      return { sizes: parseSizes(value) };
    default:
      throw new UserError(`unknown part ${JSON.stringify(part)} of a shape`);
  }
}
