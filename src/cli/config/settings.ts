// What a fuzz command is told: by its config, and by its options, which override the config field
// by field. What neither says has its default.
import type { RunRequest } from "../../campaign/request.ts";
import type { SectionName } from "../../checks/gate/result.ts";
import type { ForeignChoice } from "../../module/load/load.ts";
import { DEFAULT_SHAPE, type ProgramShape } from "../../slub/gen/options.ts";
import type { InvariantCadence } from "../../slub/oracle/violation.ts";
import { workloadText } from "../../slub/shape_text.ts";
import { bugsText } from "../../target/bug_names.ts";
import type { Verdict } from "../../target/verdict.ts";
import { type CampaignRequest, watchedTarget } from "../../targets/targets.ts";
import type { FailOn, FuzzConfig } from "./fuzz_config.ts";

/** What makes the exit code 1. */
export interface Gate {
  readonly failOn?: FailOn;
  readonly countAsNew?: readonly Verdict[];
  /** The file of known findings. */
  readonly baseline?: string;
}

/** What only the gate is told. */
export interface CiSettings {
  readonly isQuick?: boolean;
  readonly fuzzMs?: number;
  readonly corpus?: string;
  readonly golden?: string;
  readonly cost?: string;
  readonly costTolerance?: number;
  readonly out?: string;
  readonly sections?: readonly SectionName[];
}

/** Machine and shape lie flat here, so that each field can override for itself. */
export interface Settings extends Partial<ProgramShape>, RunRequest, Gate {
  readonly target?: string;
  /** How a foreign target is called. */
  readonly exports?: string;
  /** The stores of a foreign target are watched. */
  readonly instrument?: boolean;
  /** Foreign targets that have a name of their own. */
  readonly targets?: Readonly<Record<string, ForeignChoice>>;
  readonly profile?: string;
  readonly boot?: string;
  readonly slubDebug?: string;
  readonly cpus?: number;
  readonly kconfig?: string;
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
  return JSON.stringify(Object.fromEntries(sorted), null, 2);
}
