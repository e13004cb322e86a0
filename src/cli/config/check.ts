// What a config file may hold: a schema for each field, which says what it has to be and what it
// means for the settings.
import * as v from "valibot";
import { parseDuration } from "../../base/option_text.ts";
import {
  checkValue,
  jsonFields,
  jsonFlag,
  jsonList,
  jsonOneOf,
  jsonReadBy,
  jsonTable,
  jsonText,
  jsonTextLike,
  jsonWhole,
} from "../../base/schema.ts";
import { UserError } from "../../base/user_error.ts";
import { JOBS_MAX } from "../../campaign/request.ts";
import { SECTION_NAMES } from "../../checks/gate/result.ts";
import type { ForeignChoice } from "../../module/load/load.ts";
import { checkedMapping, mappingText, parseMapping } from "../../module/load/mapping.ts";
import { SWITCH_NAMES } from "../../slub/gen/features.ts";
import { BUGS_PER_CASE_MAX, OPS_MAX, WORKLOAD_NAMES } from "../../slub/gen/options.ts";
import { OBJECT_SIZE_MAX, SIZE_MIX_NAMES } from "../../slub/gen/sizes.ts";
import { parseInvariants } from "../../slub/invariant_text.ts";
import { CPUS_LIMIT } from "../../slub/program/boot.ts";
import { PROFILES } from "../../slub/program/variant.ts";
import { BUG_NAMES, parseBugs } from "../../target/bug_names.ts";
import { CASES_MAX } from "../../target/options.ts";
import { VERDICTS } from "../../target/verdict.ts";
import { requireTarget } from "../../targets/targets.ts";
import { TOLERANCE_MAX } from "../known_files.ts";
import type { CiConfig, FuzzConfig, Settings } from "./settings.ts";
import { FAIL_ON } from "./settings.ts";

const seed = v.pipe(v.unknown(), jsonReadBy(seedOf));
const duration = v.pipe(v.unknown(), jsonReadBy(durationOf));
const size = jsonWhole(1, OBJECT_SIZE_MAX);
const percentMessage = `must be a number of percent from 0 to ${TOLERANCE_MAX}`;
const percent = v.pipe(
  v.number(percentMessage),
  v.minValue(0, percentMessage),
  v.maxValue(TOLERANCE_MAX, percentMessage),
);
/** An export: other characters part the words of a mapping. */
const exported = jsonTextLike(/^[^,=]{1,1000}$/, "the name of an export, without , and =");

const MAPPING = {
  malloc: exported,
  free: exported,
  realloc: exported,
  calloc: exported,
  collect: exported,
  init: exported,
  align: jsonWhole(1, 4096),
};

const CI_FIELDS = {
  quick: jsonFlag,
  time: duration,
  corpus: jsonText,
  golden: jsonText,
  cost: jsonText,
  costTolerance: percent,
  out: jsonText,
  sections: notEmpty(someOf(SECTION_NAMES)),
} satisfies Readonly<Record<keyof CiConfig, unknown>>;

const FIELDS = {
  target: jsonText,
  exports: v.pipe(
    jsonText,
    jsonReadBy((names: string) => mappingText(parseMapping(names))),
  ),
  instrument: jsonFlag,
  targets: jsonTable(v.pipe(jsonFields({ file: jsonText, ...MAPPING }), jsonReadBy(choiceOf))),
  profile: jsonOneOf(PROFILES),
  boot: jsonText,
  slubDebug: jsonText,
  cpus: jsonWhole(1, CPUS_LIMIT),
  kconfig: jsonText,
  bugs: listOr(notEmpty(someOf(BUG_NAMES)), () =>
    v.pipe(
      v.picklist(["all", "none"], "must be all, none, or a list"),
      v.transform((name) => parseBugs(name)),
    ),
  ),
  bugsPerCase: jsonWhole(1, BUGS_PER_CASE_MAX),
  twins: jsonFlag,
  swarm: jsonFlag,
  without: someOf(SWITCH_NAMES),
  workload: listOr(notEmpty(someOf(WORKLOAD_NAMES)), () =>
    v.pipe(
      jsonOneOf(["all", ...WORKLOAD_NAMES]),
      v.transform((name) => (name === "all" ? WORKLOAD_NAMES : [name])),
    ),
  ),
  sizes: listOr(notEmpty(jsonList(size)), (value) =>
    typeof value === "number"
      ? v.pipe(
          size,
          v.transform((one) => [one]),
        )
      : v.picklist(SIZE_MIX_NAMES, `must be one of ${SIZE_MIX_NAMES.join(", ")}, or sizes`),
  ),
  ops: jsonWhole(1, OPS_MAX),
  seed,
  cases: jsonWhole(1, CASES_MAX),
  time: duration,
  timeout: duration,
  jobs: jsonWhole(1, JOBS_MAX),
  out: jsonText,
  failOn: jsonOneOf(FAIL_ON),
  countAsNew: someOf(VERDICTS),
  baseline: jsonText,
  ci: v.pipe(
    jsonFields(CI_FIELDS),
    v.transform((fields) => renamed(fields, { quick: "isQuick", time: "fuzzMs" })),
  ),
  invariants: v.pipe(
    jsonTable(v.union([v.literal(false), v.number()], "must be false, or N for one case of N")),
    jsonReadBy(cadenceOf),
  ),
} satisfies Readonly<Record<keyof FuzzConfig, unknown>>;

const NO_OBJECT = "has to export an object of fields (defineConfig({ ... }))";

export const CONFIG_FIELDS = Object.keys(FIELDS) as readonly (keyof FuzzConfig)[];

/** The settings that a config asks for; `file` is named in messages. */
export function checkConfig(config: unknown, file: string): Settings {
  const fields = checkValue<object>(config, jsonFields(FIELDS, NO_OBJECT), file);
  return renamed(fields, { ops: "opCountMax", time: "timeMs", timeout: "timeoutMs" });
}

/** Fields that are there, under the names that settings have for them. */
function renamed(fields: object, names: Readonly<Record<string, string>>): object {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [names[name] ?? name, value]));
}

/** Several of these words, in the order of the words, each once. */
function someOf<const T extends readonly string[]>(words: T) {
  return v.pipe(
    v.array(jsonOneOf(words), "must be a list"),
    v.transform((names) => words.filter((word) => names.includes(word))),
  );
}

function notEmpty<T>(list: v.GenericSchema<unknown, readonly T[]>) {
  return v.pipe(
    list,
    v.check((items) => items.length > 0, "must name at least one"),
  );
}

/** A list, or what stands for one. */
function listOr(list: v.GenericSchema, other: (value: unknown) => v.GenericSchema) {
  return v.lazy((value) => (Array.isArray(value) ? list : other(value)));
}

function cadenceOf(rules: Readonly<Record<string, number | false>>): Settings["invariants"] {
  const words = Object.entries(rules).map(([name, every]) => `${name}=${every || "off"}`);
  return words.length === 0 ? {} : parseInvariants(words.join(","));
}

function choiceOf(fields: Parameters<typeof checkedMapping>[0] & { file?: string }): ForeignChoice {
  const { file, ...mapping } = fields;
  if (file === undefined) throw new UserError("must have a file");
  return { target: file, exports: mappingText(checkedMapping(mapping)) };
}

function seedOf(value: unknown): bigint {
  const isNumber = typeof value === "bigint" || Number.isSafeInteger(value);
  const isText = typeof value === "string" && /^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(value);
  const number = isNumber || isText ? BigInt(value as bigint | number | string) : -1n;
  if (number >= 0n && number < 1n << 64n) return number;
  throw new UserError("must be a number of up to 64 bits, or its text");
}

/** Of a number, too, it is said which unit it lacks. */
function durationOf(value: unknown): number {
  const isSaid = typeof value === "string" || typeof value === "number";
  return parseDuration(isSaid ? String(value) : "", (problem) => {
    throw new UserError(problem);
  });
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
