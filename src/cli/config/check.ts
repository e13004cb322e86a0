// Reads what a config file holds, which may be anything: each field is checked, and what is wrong
// is said with the name of the field.
import { parseDuration } from "../../base/option_text.ts";
import { UserError } from "../../base/user_error.ts";
import { SECTION_NAMES } from "../../checks/gate/result.ts";
import type { ForeignChoice } from "../../module/load/load.ts";
import {
  checkedMapping,
  MAPPING_FIELDS,
  mappingText,
  parseMapping,
} from "../../module/load/mapping.ts";
import { SWITCH_NAMES } from "../../slub/gen/features.ts";
import { BUGS_PER_CASE_MAX, OPS_MAX, WORKLOAD_NAMES } from "../../slub/gen/options.ts";
import { isSizeMixName, OBJECT_SIZE_MAX, SIZE_MIX_NAMES } from "../../slub/gen/sizes.ts";
import { parseInvariants } from "../../slub/invariant_text.ts";
import type { InvariantCadence } from "../../slub/oracle/violation.ts";
import { PROFILES } from "../../slub/program/variant.ts";
import { BUG_NAMES, INJECTED_BUGS } from "../../target/bug_names.ts";
import { VERDICTS } from "../../target/verdict.ts";
import { requireTarget } from "../../targets/targets.ts";
import type { CiConfig, CiSettings, FuzzConfig, Settings } from "./settings.ts";
import { FAIL_ON } from "./settings.ts";

const SEED_END = 1n << 64n;

/** What each field means for the settings. */
const FIELDS: Readonly<Record<keyof FuzzConfig, (value: unknown) => Settings>> = {
  target: (value) => ({ target: text(value) }),
  exports: (value) => ({ exports: mappingText(parseMapping(text(value))) }),
  instrument: (value) => ({ instrument: flag(value) }),
  targets: (value) => ({ targets: targets(value) }),
  profile: (value) => ({ profile: oneOf(PROFILES)(value) }),
  boot: (value) => ({ boot: text(value) }),
  slubDebug: (value) => ({ slubDebug: text(value) }),
  cpus: (value) => ({ cpus: whole(1)(value) }),
  kconfig: (value) => ({ kconfig: text(value) }),
  bugs: (value) => ({ bugs: bugs(value) }),
  bugsPerCase: (value) => ({ bugsPerCase: whole(1, BUGS_PER_CASE_MAX)(value) }),
  twins: (value) => ({ twins: flag(value) }),
  swarm: (value) => ({ swarm: flag(value) }),
  without: (value) => ({ without: someOf(SWITCH_NAMES)(value) }),
  workload: (value) => ({ workload: workload(value) }),
  sizes: (value) => ({ sizes: sizes(value) }),
  ops: (value) => ({ opCountMax: whole(1, OPS_MAX)(value) }),
  seed: (value) => ({ seed: seed(value) }),
  cases: (value) => ({ cases: whole(1)(value) }),
  time: (value) => ({ timeMs: duration(value, "s") }),
  timeout: (value) => ({ timeoutMs: duration(value, "ms") }),
  jobs: (value) => ({ jobs: whole(1)(value) }),
  out: (value) => ({ out: text(value) }),
  failOn: (value) => ({ failOn: oneOf(FAIL_ON)(value) }),
  countAsNew: (value) => ({ countAsNew: someOf(VERDICTS)(value) }),
  baseline: (value) => ({ baseline: text(value) }),
  ci: (value) => ({ ci: ci(value) }),
  invariants: (value) => ({ invariants: invariants(value) }),
};

/** The fields of `ci`. */
const CI_FIELDS: Readonly<Record<keyof CiConfig, (value: unknown) => CiSettings>> = {
  quick: (value) => ({ isQuick: flag(value) }),
  time: (value) => ({ fuzzMs: duration(value, "s") }),
  corpus: (value) => ({ corpus: text(value) }),
  golden: (value) => ({ golden: text(value) }),
  cost: (value) => ({ cost: text(value) }),
  costTolerance: (value) => ({ costTolerance: percent(value) }),
  out: (value) => ({ out: text(value) }),
  sections: (value) => ({ sections: nonEmpty(someOf(SECTION_NAMES)(value)) }),
};

export const CONFIG_FIELDS = Object.keys(FIELDS) as readonly (keyof FuzzConfig)[];

/** The settings that a config asks for; `file` is named in messages. */
export function checkConfig(config: unknown, file: string): Settings {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UserError(`${file}: has to export an object of fields (defineConfig({ ... }))`);
  }
  const fields = Object.entries(config).map(([name, value]) => readField(file, name, value));
  return Object.assign({}, ...fields);
}

function readField(file: string, name: string, value: unknown): Settings {
  if (!isField(name)) {
    throw new UserError(`${file}: unknown field ${name} (there are: ${CONFIG_FIELDS.join(" ")})`);
  }
  if (value === undefined) return {};
  try {
    return FIELDS[name](value);
  } catch (error) {
    if (error instanceof Mismatch) throw new UserError(`${file}: ${name}${error.text}`);
    if (error instanceof UserError) throw new UserError(`${file}: ${placeOf(name, error)}`);
    throw error;
  }
}

/** A complaint about a field within a field names it itself. */
function placeOf(name: string, { message }: UserError): string {
  return message.includes(`${name}.`) ? message : `${name}: ${message}`;
}

function isField(name: string): name is keyof FuzzConfig {
  return Object.hasOwn(FIELDS, name);
}

function ci(value: unknown): CiSettings {
  const fields = Object.entries(record(value)).map(([name, field]) => {
    if (!Object.hasOwn(CI_FIELDS, name)) {
      const known = Object.keys(CI_FIELDS).join(" ");
      throw new UserError(`unknown field ci.${name} (there are: ${known})`);
    }
    return field === undefined ? {} : ciField(name as keyof CiConfig, field);
  });
  return Object.assign({}, ...fields);
}

function ciField(name: keyof CiConfig, value: unknown): CiSettings {
  try {
    return CI_FIELDS[name](value);
  } catch (error) {
    if (error instanceof Mismatch) throw new UserError(`ci.${name}${error.text}`);
    throw error;
  }
}

function bugs(value: unknown): Settings["bugs"] {
  if (value === "all") return INJECTED_BUGS;
  if (value === "none") return ["none"];
  if (typeof value === "string") throw new Mismatch("has to be all, none, or a list of classes");
  return nonEmpty(someOf(BUG_NAMES)(value));
}

function workload(value: unknown): Settings["workload"] {
  if (value === "all") return WORKLOAD_NAMES;
  if (typeof value === "string") return [oneOf(WORKLOAD_NAMES)(value)];
  return nonEmpty(someOf(WORKLOAD_NAMES)(value));
}

function sizes(value: unknown): Settings["sizes"] {
  if (typeof value === "number") return [whole(1, OBJECT_SIZE_MAX)(value)];
  if (typeof value !== "string") return listOf(whole(1, OBJECT_SIZE_MAX))(value);
  if (isSizeMixName(value)) return value;
  throw new Mismatch(`has to be one of ${SIZE_MIX_NAMES.join(" ")}, or sizes in bytes`);
}

function invariants(value: unknown): InvariantCadence {
  const rules = record(value);
  const words = Object.entries(rules).map(([name, every]) => {
    return `${name}=${every === false ? "off" : every}`;
  });
  return words.length === 0 ? {} : parseInvariants(words.join(","));
}

function seed(value: unknown): bigint {
  const isNumber = typeof value === "bigint" || Number.isSafeInteger(value);
  const isText = typeof value === "string" && /^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(value);
  const number = isNumber || isText ? BigInt(value as bigint | number | string) : -1n;
  if (number >= 0n && number < SEED_END) return number;
  throw new Mismatch("has to be a number of up to 64 bits, or its text");
}

function duration(value: unknown, bare: "s" | "ms"): number {
  const ms = parseDuration(String(value), bare);
  if (ms !== undefined) return ms;
  throw new Mismatch("has to be a time such as 30s, 500ms or 2m");
}

function nonEmpty<T>(list: readonly T[]): readonly T[] {
  if (list.length > 0) return list;
  throw new Mismatch("has to name at least one");
}

/** The target is there, or it is one of those that the config names. */
export async function checkTarget(settings: Settings, file: string): Promise<void> {
  const { target, exports, targets: named = {} } = settings;
  if (target === undefined || Object.hasOwn(named, target)) return;
  try {
    await requireTarget(target, exports);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${file}: target: ${error.message}`);
    throw error;
  }
}

export function targets(value: unknown): NonNullable<Settings["targets"]> {
  const named = Object.entries(record(value));
  return Object.fromEntries(named.map(([name, one]) => [name, namedTarget(name, one)]));
}

function namedTarget(name: string, value: unknown): ForeignChoice {
  const { file, ...mapping } = record(value);
  const unknown = Object.keys(mapping).find((one) => !(MAPPING_FIELDS as string[]).includes(one));
  if (unknown !== undefined) {
    const known = ["file", ...MAPPING_FIELDS].join(" ");
    throw new Mismatch(`(${name}) has an unknown field ${unknown} (there are: ${known})`);
  }
  if (typeof file !== "string") throw new Mismatch(`(${name}) has to have a file`);
  return { target: file, exports: mappingText(checkedMapping(mapping)) };
}

/** What a field, or an entry of its list, should have been. */
class Mismatch extends Error {
  /** To be put behind the field's name. */
  readonly text: string;

  constructor(message: string, entry?: number) {
    super(message);
    this.text = entry === undefined ? ` ${message}` : `[${entry}] ${message}`;
  }
}

export type Reader<T> = (value: unknown) => T;

export function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Mismatch("has to be text");
}

export function flag(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new Mismatch("has to be true or false");
}

/** A whole number between bounds. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value) => {
    const isWhole = typeof value === "number" && Number.isSafeInteger(value);
    if (isWhole && value >= least && value <= most) return value;
    const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` up to ${most}`;
    throw new Mismatch(`has to be a whole number from ${least} on${upTo}`);
  };
}

/** A number of percent, 0 or more. */
export function percent(value: unknown): number {
  if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
  throw new Mismatch("has to be a number of percent from 0 on");
}

/** One of these words. */
export function oneOf<T extends string>(words: readonly T[]): Reader<T> {
  return (value) => {
    if (typeof value === "string" && (words as readonly string[]).includes(value)) {
      return value as T;
    }
    throw new Mismatch(`has to be one of ${words.join(" ")}`);
  };
}

/** Fields with values, as they stand there. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Mismatch("has to be an object of fields");
}

/** Several of these words, in the order of the words, each once. */
function someOf<T extends string>(words: readonly T[]): Reader<readonly T[]> {
  const read = oneOf(words);
  return (value) => {
    if (!Array.isArray(value)) throw new Mismatch("has to be a list");
    const names = value.map((item, i) => at(i, read, item));
    return words.filter((word) => names.includes(word));
  };
}

/** A list of what `read` reads, not empty. */
export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0) throw new Mismatch("has to be a list");
    return value.map((item, i) => at(i, read, item));
  };
}

function at<T>(index: number, read: Reader<T>, value: unknown): T {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof Mismatch) throw new Mismatch(error.message, index);
    throw error;
  }
}
