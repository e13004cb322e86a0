// What a campaign can be told, an option a row: the command line of `slabfuzz fuzz`, the fields of
// slabfuzz.config.ts, the settings of commands, help and docs follow from it.
import { JOBS_MAX } from "../../campaign/request.ts";
import { FUEL_LEAST, FUEL_MOST } from "../../module/load/limits.ts";
import { SWITCH_NAMES } from "../../slub/gen/features.ts";
import {
  BUGS_PER_CASE_MAX,
  DEFAULT_SHAPE,
  OPS_MAX,
  WORKLOAD_NAMES,
} from "../../slub/gen/options.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import { CPUS_LIMIT } from "../../slub/program/boot.ts";
import type { VariantName } from "../../slub/program/machine.ts";
import { PROFILES, VARIANTS } from "../../slub/program/variant.ts";
import { parseWithout, parseWorkload } from "../../slub/shape_text.ts";
import { BUG_NAMES, parseBugs } from "../../target/bug_names.ts";
import { CASES_MAX } from "../../target/options.ts";
import { VERDICTS } from "../../target/verdict.ts";
import { FUEL_FULL } from "../../wasm/fuel.ts";
import {
  exportsMapping,
  foreignTargets,
  invariantRules,
  memorySize,
  objectSizes,
} from "./campaign_kind.ts";
import { CI_OPTIONS } from "./ci_options.ts";
import { duration, flag, namesFrom, namesOr, oneOf, seed, text, whole } from "./kind.ts";
import { type InputsOf, objectOf, option, ownOption, type ValuesOf } from "./option.ts";
import { knownName, knownNames } from "./value.ts";

export const DEFAULT_FOLDER = "findings";
export const DEFAULT_BASELINE = "slabfuzz.baseline";

export type BootText = VariantName | `${VariantName} ${string}`;

/** The machine that programs run on. */
export const MACHINE_OPTIONS = {
  /** The kernel; default v6.1. */
  profile: option({
    flag: "--profile <kernel>",
    kind: oneOf(PROFILES, (name) => knownName("profile", PROFILES)(kernelName(name))),
    usual: "a script's own, or v6.1",
    about: `which kernel: ${PROFILES.join(" ")}`,
  }),
  /** A variant (default up, on v3.10 v310), and perhaps kernel parameters behind it. */
  boot: option({
    flag: "--boot <variant>",
    kind: text<BootText>(Object.keys(VARIANTS)),
    usual: "a script's own, or up, on v3.10 v310",
    about: `its configuration: ${Object.keys(VARIANTS).join(" ")}; debian is as Debian ships it`,
  }),
  /** The kernel's boot parameter slub_debug, `-` for none; default none. */
  slubDebug: option({
    flag: "--slub-debug <value>",
    kind: text(),
    usual: "a script's own, or none",
    about: "the kernel's boot parameter: FZP; FZ,kmalloc-64; - for none",
  }),
  /** nr_cpu_ids, 1 to 8192; default what the variant has. */
  cpus: option({
    flag: "--cpus <n>",
    kind: whole(1, CPUS_LIMIT),
    usual: "as --boot says",
    about: "number of CPUs, nr_cpu_ids",
  }),
  /** Kernel options switched on (+NAME) or off (-NAME). */
  kconfig: option({
    flag: "--kconfig <options>",
    kind: text(),
    usual: "as --boot says",
    about: "kernel options: +SLAB_FREELIST_RANDOM -DEBUG_LIST ...",
  }),
};

const TARGET_ABOUT = "slub, canary:NAME, tlsf, FILE.wasm or PACKAGE";

/** What decides which cases there are and how each is judged: a token spells it out. */
export const CASE_OPTIONS = {
  /** `slub`, `canary:NAME`, `tlsf`, a .wasm file, a package, or a name of `targets`. */
  target: option({
    flag: "--target <target>",
    kind: text(["slub", "tlsf", ...CANARY_NAMES.map((name) => `canary:${name}`)]),
    default: "slub",
    about: TARGET_ABOUT,
  }),
  /** Which module of a package, or of a script, is meant, where it holds several. */
  module: option({
    flag: "--module <name>",
    kind: text(),
    usual: "the one that has an allocator",
    about: "which module of a package: its file, or the end of its path",
  }),
  /** How a foreign target is called: malloc=NAME,free=NAME,... */
  exports: option({
    flag: "--exports <names>",
    kind: exportsMapping,
    usual: "by their names",
    about: "how a foreign target is called: malloc=NAME,free=NAME,...",
  }),
  /** Watch the stores of a foreign target: slow, and tells at once who wrote into a live block. */
  instrument: option({
    flag: "--instrument",
    kind: flag,
    about: "watch the stores of a foreign target: slow, and sees more",
  }),
  /** Turns of loops that a foreign target may make at a time; default 512 million. */
  fuel: option({
    flag: "--fuel <turns>",
    kind: whole(FUEL_LEAST, FUEL_MOST),
    usual: `${FUEL_FULL}`,
    about: "turns of loops that a foreign target may make in 64 operations, or in a long one",
  }),
  /** What a foreign target's memory may have, such as `64MiB`. */
  memory: option({
    flag: "--memory <size>",
    kind: memorySize,
    usual: "64MiB more than it begins with, or twice as much",
    about: "how large the memory of a foreign target may become",
  }),
  /** Foreign targets by name, with what their exports do. */
  targets: option({ kind: foreignTargets, about: "modules by name, and what their exports do" }),
  ...MACHINE_OPTIONS,
  /** Bug classes to draw from; default "all", which is all but the clean one. */
  bugs: option({
    flag: "--bugs <classes>",
    kind: namesOr(["all", "none"], { names: BUG_NAMES, read: parseBugs }),
    default: DEFAULT_SHAPE.bugs,
    about: "bug classes: names, all, or none",
  }),
  /** Mistakes in one program; default 1. */
  bugsPerCase: option({
    flag: "--bugs-per-case <n>",
    kind: whole<1 | 2>(1, BUGS_PER_CASE_MAX),
    default: DEFAULT_SHAPE.bugsPerCase,
    about: "1, or 2 mistakes in each program",
  }),
  /** The same programs with each mistake put right; default false. */
  twins: option({
    flag: "--twins",
    kind: flag,
    default: DEFAULT_SHAPE.twins,
    about: "benign twins: the same programs, with the mistake put right",
    no: "the mistakes themselves (the default)",
  }),
  /** Every case does without some features, drawn at random; default true. */
  swarm: option({
    flag: "--swarm",
    kind: flag,
    default: DEFAULT_SHAPE.swarm,
    about: "every case does without some features, drawn at random (the default)",
    no: "every case makes use of every feature",
  }),
  /** Features and bug classes that are off in every case; default none. */
  without: option({
    flag: "--without <names>",
    kind: namesFrom({ names: SWITCH_NAMES, read: parseWithout, mayBeEmpty: true }),
    default: DEFAULT_SHAPE.without,
    usual: "none",
    about: "features and bug classes that are off in every case",
  }),
  /** What the traffic is like; default "mixed". */
  workload: option({
    flag: "--workload <names>",
    kind: namesOr(["all"], { names: WORKLOAD_NAMES, read: parseWorkload }),
    default: DEFAULT_SHAPE.workload,
    about: "what traffic is like: names, or all",
  }),
  /** The name of a mix, or sizes in bytes; default "mixed". */
  sizes: option({
    flag: "--size <sizes>",
    kind: objectSizes,
    default: DEFAULT_SHAPE.sizes,
    about: "of objects: a mix by name, or numbers",
  }),
  /** Operations of a program before its ending, at most; default 100. */
  ops: option({
    flag: "--ops <n>",
    kind: whole(1, OPS_MAX),
    default: DEFAULT_SHAPE.opCountMax,
    about: "operations of a program before its end, at most",
  }),
  /** A number, or the text of one that has more than 53 bits; default a fresh one. */
  seed: option({
    flag: "--seed <seed>",
    kind: seed,
    usual: "a fresh one, which is printed",
    about: "seed of the campaign",
  }),
  /** Rules that are off (`false`), or kept in one case of so many. */
  invariants: option({
    flag: "--invariants <rules>",
    kind: invariantRules,
    usual: "as --list-invariants shows",
    about: "NAME=off, or NAME=N: kept in one case of N",
  }),
};

/** How far a campaign goes and where it is stored: its journal says it when it is resumed. */
const EXTENT_OPTIONS = {
  /** How many cases to run; default as many as the time allows. */
  cases: option({
    flag: "--cases <n>",
    kind: whole(1, CASES_MAX),
    usual: "as many as --time allows",
    about: "how many cases",
  }),
  /** Such as `30s` or `2m`. Default 10s where `cases` is left out. */
  time: option({
    flag: "--time <time>",
    kind: duration,
    usual: "10s, or until --cases are done",
    about: "how long: 30s, 2m",
  }),
  /** Folder for journal and findings, from where the command runs; default `findings`. */
  out: option({
    flag: "--out <folder>",
    kind: text(),
    usual: DEFAULT_FOLDER,
    about: "where journal and findings are stored",
  }),
};

/** What each run of a campaign may say anew: nothing of it changes what a case is. */
export const RUN_OPTIONS = {
  /** CPU time that one case may take. Default 10s, for `slabfuzz ci` 2s. */
  timeout: option({
    flag: "--timeout <time>",
    kind: duration,
    usual: "10s",
    about: "CPU time that one case may take",
  }),
  /** Worker threads; default 1, for `slabfuzz ci` one for each CPU, at most 8. */
  jobs: option({
    flag: "--jobs <n>",
    kind: whole(1, JOBS_MAX),
    default: 1,
    about: "worker threads",
  }),
  /** End with the first fault of the allocator itself; default false. */
  stopOnFirst: option({
    flag: "--stop-on-first",
    kind: flag,
    about: "end the campaign with the first fault of the allocator itself",
  }),
  /** Write a page for each finding, and an index of them; default false. */
  pages: option({
    flag: "--pages",
    kind: flag,
    about: "write view.html for each finding, and index.html",
  }),
  /** Which findings make the exit code 1; default "new". */
  failOn: option({
    flag: "--fail-on <what>",
    kind: oneOf(["new", "any", "none"]),
    default: "new",
    about: "what makes the exit code 1",
  }),
  /** Verdicts that count as new findings, beside `invariant` and `misattributed`; default none. */
  countAsNew: option({
    flag: "--count-as-new <verdicts>",
    kind: namesFrom({
      names: VERDICTS,
      read: knownNames("verdict", VERDICTS),
      mayBeEmpty: true,
    }),
    default: [],
    usual: "none",
    about: "verdicts that are new findings, too",
  }),
  /** The file of known findings; `slabfuzz.baseline` if there is one. */
  baseline: option({
    flag: "--baseline <file>",
    kind: text(),
    usual: DEFAULT_BASELINE,
    about: "findings that are not new",
  }),
};

export const OPTIONS = {
  ...CASE_OPTIONS,
  ...EXTENT_OPTIONS,
  ...RUN_OPTIONS,
  /** What only `slabfuzz ci` looks at. */
  ci: option({ kind: objectOf(CI_OPTIONS), about: "what only slabfuzz ci looks at" }),
};

/** A limit of a module, for a command that has few options of campaigns. */
export function limitOption(name: "fuel" | "memory") {
  const { about, usual } = CASE_OPTIONS[name];
  return ownOption(CASE_OPTIONS, name, `${about} (default: ${usual})`);
}

/** Where a program runs instead of on the target that its header names. */
export const TARGET_OPTIONS = {
  target: option({
    flag: "--target <target>",
    kind: CASE_OPTIONS.target.kind,
    usual: "a script's own, or slub",
    about: TARGET_ABOUT,
  }),
  exports: CASE_OPTIONS.exports,
  fuel: option({ ...CASE_OPTIONS.fuel, usual: "a script's own, or 512000000" }),
  memory: option({ ...CASE_OPTIONS.memory, usual: "a script's own, or as fuzz says" }),
};

export type TargetSettings = ValuesOf<typeof TARGET_OPTIONS>;

/** What commands are told: by a config, and by a command line, which overrides it. */
export type Settings = ValuesOf<typeof OPTIONS>;

export type MachineSettings = ValuesOf<typeof MACHINE_OPTIONS>;

/** What makes the exit code 1. */
export type Gate = Pick<Settings, "failOn" | "countAsNew" | "baseline">;

/** Fields have the names and the meaning of the command's options; each may be left out. */
export interface FuzzConfig extends InputsOf<typeof OPTIONS> {}

/** People call 6.1 what we call v6.1. */
export function kernelName(word: string): string {
  return /^[0-9]/.test(word) ? `v${word}` : word;
}
