// The options that choose a machine and say what programs are like, the same for every command that
// has them, and how a command line spells them.
import { mkdirSync } from "node:fs";
import type { Command } from "commander";
import { unknownText } from "../base/option_text.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import { writeWholeFile } from "../base/whole_file.ts";
import type { Paint } from "../compare/matrix/matrix_text.ts";
import { FEATURE_ABOUT } from "../slub/gen/features.ts";
import { DEFAULT_SHAPE, type ProgramShape, WORKLOAD_ABOUT } from "../slub/gen/options.ts";
import { SIZE_MIX_ABOUT } from "../slub/gen/sizes.ts";
import type { ProfileName } from "../slub/program/op.ts";
import { isProfileName, isVariantName, PROFILES, VARIANTS } from "../slub/program/variant.ts";
import { parseSizes, parseWithout, parseWorkload } from "../slub/shape_text.ts";
import { BUG_ABOUT, parseBugs } from "../target/bug_names.ts";
import type { MachineOverrides } from "../target/options.ts";
import { cpusValue, knownName, numberFrom, opsValue } from "./option_value.ts";
import { colours, note } from "./terminal.ts";

/** The options as commander hands them over; what was not given is missing. */
export interface ShapeOptions {
  readonly bugs?: string;
  readonly bugsPerCase?: number;
  readonly twins?: boolean;
  readonly swarm?: boolean;
  readonly without?: string;
  readonly workload?: string;
  readonly size?: string;
  readonly ops?: number;
}

/** Adds the options that say what programs are like. */
export function addShapeOptions(command: Command): Command {
  return command
    .option("--bugs <classes>", "bug classes: names, all, or none (default: all)")
    .option(
      "--bugs-per-case <n>",
      "1, or 2 mistakes in each program (default: 1)",
      numberFrom(1, 2),
    )
    .option("--twins", "benign twins: the same programs, with the mistake put right")
    .option("--no-twins", "the mistakes themselves (as usual)")
    .option("--swarm", "every case does without some features, drawn at random (as usual)")
    .option("--no-swarm", "every case makes use of every feature")
    .option("--without <names>", "features and bug classes that are off in every case")
    .option("--workload <names>", "what traffic is like: names, or all (default: mixed)")
    .option("--size <sizes>", "of objects: a mix by name, or numbers (default: mixed)")
    .option(
      "--ops <n>",
      `operations of a program before its end, at most (default: ${DEFAULT_SHAPE.opCountMax})`,
      opsValue,
    );
}

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

/** What the options say; what they leave out is undefined. */
export function shapeOfOptions(options: ShapeOptions): Partial<ProgramShape> {
  const { bugs, bugsPerCase, twins, swarm, without, workload, size, ops } = options;
  return {
    bugs: bugs === undefined ? undefined : parseBugs(bugs),
    bugsPerCase,
    twins,
    swarm,
    without: without === undefined ? undefined : parseWithout(without),
    workload: workload === undefined ? undefined : parseWorkload(workload),
    sizes: size === undefined ? undefined : parseSizes(size),
    opCountMax: ops,
  };
}

/** Adds --profile, --boot, --slub-debug, --cpus and --kconfig. */
export function addMachineOptions(command: Command): Command {
  const variants = Object.keys(VARIANTS).join(" ");
  return command
    .option("--profile <kernel>", `which kernel: ${PROFILES.join(" ")}`, profileValue)
    .option("--boot <variant>", `its configuration: ${variants}`)
    .option("--slub-debug <value>", "the kernel's boot parameter, - for none (FZP; FZ,kmalloc-64)")
    .option("--cpus <n>", "nr_cpu_ids", cpusValue)
    .option("--kconfig <options>", "kernel options: +SLAB_FREELIST_RANDOM -DEBUG_LIST ...");
}

/** What the options say, for `resolveMachine` and `machineFor`. */
export function machineOverrides(options: MachineOptions): MachineOverrides {
  const { profile, boot, slubDebug, cpus, kconfig } = options;
  return { profile, boot, slubDebug, cpus, config: kconfig };
}

/** The options as commander hands them over. */
export interface MachineOptions {
  readonly profile?: string;
  readonly boot?: string;
  readonly slubDebug?: string;
  readonly cpus?: number;
  readonly kconfig?: string;
}

/** The kernels that run programs. */
const RUNNABLE: readonly ProfileName[] = ["v3.10", "v6.1", "v6.12"];

/** Kernels by name with commas between; without a word, those that the variant exists of. */
export function profilesOf(
  text: string | undefined,
  boot: string | undefined,
  usual = RUNNABLE,
): readonly ProfileName[] {
  if (text !== undefined) return [...new Set(text.split(",").map(profileOf))];
  const [variant] = (boot ?? "").trim().split(/[ \t]/);
  if (!isVariantName(variant)) return usual;
  const { isOld } = VARIANTS[variant];
  const fitting = usual.filter((profile) => (profile === "v3.10") === isOld);
  return fitting.length > 0 ? fitting : RUNNABLE.filter((one) => (one === "v3.10") === isOld);
}

function profileOf(word: string): ProfileName {
  const name = kernelName(word.trim());
  if (isProfileName(name) && RUNNABLE.includes(name)) return name;
  throw new UserError(unknownText("profile", name, RUNNABLE));
}

function profileValue(text: string): ProfileName {
  return knownName("profile", PROFILES)(kernelName(text));
}

/** People call 6.1 what we call v6.1. */
function kernelName(word: string): string {
  return /^[0-9]/.test(word) ? `v${word}` : word;
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
