// What several commands do with their options: texts of what there is to choose from, kernels by
// name, and the files that options name.
import { mkdirSync } from "node:fs";
import { unknownText } from "../base/option_text.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import { writeWholeFile } from "../base/whole_file.ts";
import type { Paint } from "../compare/matrix/matrix_text.ts";
import { FEATURE_ABOUT } from "../slub/gen/features.ts";
import { WORKLOAD_ABOUT } from "../slub/gen/options.ts";
import { SIZE_MIX_ABOUT } from "../slub/gen/sizes.ts";
import type { ProfileName } from "../slub/program/op.ts";
import { isProfileName, isVariantName, PROFILES, VARIANTS } from "../slub/program/variant.ts";
import { BUG_ABOUT } from "../target/bug_names.ts";
import type { MachineOverrides } from "../target/options.ts";
import { kernelName, type MachineSettings } from "./options/campaign_options.ts";
import { colours, note } from "./terminal.ts";

/** What there is to choose from, for the end of a help text. */
export const SHAPE_DETAILS = `Bug classes (--bugs takes names with commas between, or all):
${tableOf(BUG_ABOUT)}

Workloads (--workload takes names with commas between, or all):
${tableOf(WORKLOAD_ABOUT)}

Sizes (--size takes one of these, or numbers with commas between, such as 320 or 64,320):
${tableOf(SIZE_MIX_ABOUT)}

Features (--without takes them, and bug classes, with commas between):
${tableOf(FEATURE_ABOUT)}`;

function tableOf(about: Readonly<Record<string, string>>): string {
  return Object.entries(about)
    .map(([name, words]) => `  ${name.padEnd(25)} ${words}`)
    .join("\n");
}

/** What the options say, for `resolveMachine` and `machineFor`. */
export function machineOverrides(options: MachineSettings): MachineOverrides {
  const { profile, boot, slubDebug, cpus, kconfig } = options;
  return { profile, boot, slubDebug, cpus, config: kconfig };
}

/** The kernels that are asked where none is named; v7.3, which has sheaves, on request. */
const USUAL: readonly ProfileName[] = ["v3.10", "v6.1", "v6.12"];
const ALL = "all";

/** Kernels by name with commas between, or all; without a word, those the variant exists of. */
export function profilesOf(
  text: string | undefined,
  boot: string | undefined,
  usual = USUAL,
): readonly ProfileName[] {
  if (text === ALL) return PROFILES.filter((profile) => existsOn(profile, boot));
  if (text !== undefined) return [...new Set(text.split(",").map(profileOf))];
  const fitting = usual.filter((profile) => existsOn(profile, boot));
  return fitting.length > 0 ? fitting : USUAL.filter((profile) => existsOn(profile, boot));
}

/** Whether a kernel exists in the variant of a boot line; a word that names none is nobody's. */
function existsOn(profile: ProfileName, boot = ""): boolean {
  const [variant] = boot.trim().split(/[ \t]/);
  return !isVariantName(variant) || VARIANTS[variant].isOld === (profile === "v3.10");
}

function profileOf(word: string): ProfileName {
  const name = kernelName(word.trim());
  if (isProfileName(name)) return name;
  throw new UserError(unknownText("profile", name, [...PROFILES, ALL]));
}

/** Writes a page and says so. */
export function writePage(path: string, page: string): void {
  const bytes = writeWholeFile(path, page);
  note(`${path}: written, ${Math.ceil(bytes / 1024)} KiB`);
}

/** Makes a folder, and those above it, where they are missing. */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new UserError(`${path}: cannot be made (${reasonOf(error)})`);
  }
}

/** Verdicts in colour, on a terminal. */
export function verdictPaint(): Paint {
  const { green, yellow, red, dim } = colours();
  const paints: Readonly<Record<string, (text: string) => string>> = {
    detected: green,
    late: yellow,
    masked: yellow,
    misattributed: yellow,
    misuse: yellow,
    escaped: red,
    oops: red,
    invariant: red,
    blind: dim,
  };
  return (verdict, text) => paints[verdict]?.(text) ?? text;
}
