// What a fuzz command is told: by its config, and by its options, which override the config field
// by field. What neither says has its default.
import { jsonOf } from "../../base/visible.ts";
import type { RunRequest } from "../../campaign/request.ts";
import type { SectionName } from "../../checks/gate/result.ts";
import type { ForeignChoice } from "../../module/load/load.ts";
import type { Mapping } from "../../module/load/mapping.ts";
import type { SwitchName } from "../../slub/gen/features.ts";
import { DEFAULT_SHAPE, type ProgramShape, type WorkloadName } from "../../slub/gen/options.ts";
import type { SizeMixName } from "../../slub/gen/sizes.ts";
import type { Invariant, InvariantCadence } from "../../slub/oracle/violation.ts";
import type { VariantName } from "../../slub/program/machine.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { workloadText } from "../../slub/shape_text.ts";
import { type BugName, bugsText } from "../../target/bug_names.ts";
import type { Verdict } from "../../target/verdict.ts";
import { type CampaignRequest, watchedTarget } from "../../targets/targets.ts";
import type { MachineOptions } from "../case_options.ts";

/** What makes the exit code 1. */
export interface Gate {
  readonly failOn?: FailOn;
  readonly countAsNew?: readonly Verdict[];
  /** The file of known findings. */
  readonly baseline?: string;
}

/** What only the gate is told. */
export interface CiSettings extends Omit<CiConfig, "quick" | "time"> {
  readonly isQuick?: boolean;
  readonly fuzzMs?: number;
}

/** Machine and shape lie flat here, so that each field can override for itself. */
export interface Settings extends Partial<ProgramShape>, MachineOptions, RunRequest, Gate {
  readonly target?: string;
  /** How a foreign target is called. */
  readonly exports?: string;
  /** The stores of a foreign target are watched. */
  readonly instrument?: boolean;
  /** Foreign targets that have a name of their own. */
  readonly targets?: Readonly<Record<string, ForeignChoice>>;
  readonly seed?: bigint;
  readonly invariants?: InvariantCadence;
  readonly ci?: CiSettings;
}

/** The later ones override the earlier ones. */
export function mergeSettings(...layers: readonly Settings[]): Settings {
  const given = layers.flatMap((layer) => Object.entries(layer));
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** What a config may say when a campaign is resumed: the rest is in its journal. */
export function settingsForResume(settings: Settings): Settings {
  const { jobs, timeoutMs, failOn, countAsNew, baseline } = settings;
  return { jobs, timeoutMs, failOn, countAsNew, baseline };
}

/** The campaign that settings ask for. */
export async function requestOf(settings: Settings): Promise<CampaignRequest & RunRequest> {
  const { profile, boot, slubDebug, cpus, kconfig, ...others } = settings;
  const { failOn: _, countAsNew: __, baseline: ___, ci: ____, ...rest } = others;
  const machine = { profile, boot, slubDebug, cpus, config: kconfig };
  const { targets = {}, target, exports, instrument, ...plain } = rest;
  const isNamed = target !== undefined && Object.hasOwn(targets, target);
  const choice = isNamed && exports === undefined ? targets[target] : { target, exports };
  if (instrument !== true) return { ...plain, ...choice, machine };
  const watched = await watchedTarget(choice.target ?? "slub", choice.exports);
  return { ...plain, ...choice, target: watched, machine };
}

function invariantsField(cadence: InvariantCadence = {}): FuzzConfig["invariants"] {
  const rules = Object.entries(cadence).map(([name, every]) => [name, every === 0 ? false : every]);
  return rules.length === 0 ? undefined : Object.fromEntries(rules);
}

function ciField({ isQuick, fuzzMs, ...same }: CiSettings): FuzzConfig["ci"] {
  const time = fuzzMs === undefined ? undefined : `${fuzzMs}ms`;
  return { quick: isQuick, time, ...same };
}

/** Settings with their defaults, as a config that would ask for them: JSON. */
export function settingsText(settings: Settings): string {
  const whole = mergeSettings(DEFAULT_SHAPE, settings);
  const { bugs = [], workload = [], opCountMax, seed, timeMs, timeoutMs, ...rest } = whole;
  const { shard: _, resume: __, ci, ...plain } = rest;
  const config = {
    target: "slub",
    jobs: 1,
    failOn: "new",
    countAsNew: [],
    ...plain,
    invariants: invariantsField(settings.invariants),
    ci: ci === undefined ? undefined : ciField(ci),
    bugs: ["all", "none"].includes(bugsText(bugs)) ? bugsText(bugs) : bugs,
    workload: workloadText(workload) === "all" ? "all" : workload,
    ops: opCountMax,
    seed: seed === undefined ? undefined : String(seed),
    time: timeMs === undefined ? undefined : `${timeMs}ms`,
    timeout: timeoutMs === undefined ? undefined : `${timeoutMs}ms`,
  };
  const sorted = Object.entries(config).sort(([one], [other]) => (one < other ? -1 : 1));
  return jsonOf(Object.fromEntries(sorted));
}

export type FailOn = "new" | "any" | "none";

export const FAIL_ON: readonly FailOn[] = ["new", "any", "none"];

/** A module whose names say nothing, and what they stand for. */
export interface NamedTarget extends Mapping {
  /** A .wasm file, or a package. */
  readonly file: string;
}

/** Fields have the names and the meaning of the command's options; each may be left out. */
export interface FuzzConfig {
  /** `slub`, `canary:NAME`, `tlsf`, a .wasm file, a package, or a name of `targets`. */
  readonly target?: string;
  /** How a foreign target is called: malloc=NAME,free=NAME,... */
  readonly exports?: string;
  /** Watch the stores of a foreign target: slow, and tells at once who wrote into a live block. */
  readonly instrument?: boolean;
  /** Foreign targets by name, with what their exports do. */
  readonly targets?: Readonly<Record<string, NamedTarget>>;
  /** The kernel; default v6.1. */
  readonly profile?: ProfileName;
  /** A variant (default up, on v3.10 v310), and perhaps kernel parameters behind it. */
  readonly boot?: VariantName | `${VariantName} ${string}`;
  /** The kernel's boot parameter slub_debug, `-` for none; default none. */
  readonly slubDebug?: string;
  /** nr_cpu_ids, 1 to 8192; default what the variant has. */
  readonly cpus?: number;
  /** Kernel options switched on (+NAME) or off (-NAME). */
  readonly kconfig?: string;
  /** Bug classes to draw from; default "all", which is all but the clean one. */
  readonly bugs?: "all" | "none" | readonly BugName[];
  /** Mistakes in one program; default 1. */
  readonly bugsPerCase?: 1 | 2;
  /** The same programs with each mistake put right; default false. */
  readonly twins?: boolean;
  /** Every case does without some features, drawn at random; default true. */
  readonly swarm?: boolean;
  /** Features and bug classes that are off in every case; default none. */
  readonly without?: readonly SwitchName[];
  /** What the traffic is like; default "mixed". */
  readonly workload?: "all" | WorkloadName | readonly WorkloadName[];
  /** The name of a mix, or sizes in bytes; default "mixed". */
  readonly sizes?: SizeMixName | number | readonly number[];
  /** Operations of a program before its ending, at most; default 100. */
  readonly ops?: number;
  /** A number, or the text of one that has more than 53 bits; default a fresh one. */
  readonly seed?: number | bigint | string;
  /** How many cases to run; default as many as the time allows. */
  readonly cases?: number;
  /** Such as `30s` or `2m`. Default 10s where `cases` is left out. */
  readonly time?: string;
  /** CPU time that one case may take. Default 10s, for `slabfuzz ci` 2s. */
  readonly timeout?: string;
  /** Worker threads; default 1, for `slabfuzz ci` one for each CPU, at most 8. */
  readonly jobs?: number;
  /** Folder for journal and findings, from where the command runs; default `findings`. */
  readonly out?: string;
  /** Which findings make the exit code 1; default "new". */
  readonly failOn?: FailOn;
  /** Verdicts that count as new findings, beside `invariant` and `misattributed`; default none. */
  readonly countAsNew?: readonly Verdict[];
  /** The file of known findings; `slabfuzz.baseline` if there is one. */
  readonly baseline?: string;
  /** What only `slabfuzz ci` looks at. */
  readonly ci?: CiConfig;
  /** Rules that are off (`false`), or kept in one case of so many. */
  readonly invariants?: Readonly<Partial<Record<Invariant, false | number>>>;
}

/** Of the gate: the same names as the options of `slabfuzz ci`. */
export interface CiConfig {
  /** The fast part only; default false. */
  readonly quick?: boolean;
  /** How long the campaign at the end takes. Default 30s, if quick 2s. */
  readonly time?: string;
  /** Folder of the regression corpus; `corpus` if there is one. */
  readonly corpus?: string;
  /** File of the answers to the golden programs; `slabfuzz.golden.json` if there is one. */
  readonly golden?: string;
  /** File of what operations cost; `slabfuzz.cost.json` if there is one. */
  readonly cost?: string;
  /** Percent by which an operation may become dearer; default 0. */
  readonly costTolerance?: number;
  /** Folder that reports are written to; default `slabfuzz-ci`. */
  readonly out?: string;
  /** Sections to run, all by default. */
  readonly sections?: readonly SectionName[];
}

/**
 * Gives a config its type, so that an editor knows its fields; returns it as it is. What it says is
 * checked when a command loads the file.
 */
export function defineConfig(config: FuzzConfig): FuzzConfig {
  return config;
}
