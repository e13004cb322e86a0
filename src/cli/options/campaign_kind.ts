// Kinds of values that only a campaign has: sizes of objects, the rules that are kept, and how the
// allocator of a module is called.
import * as v from "valibot";
import {
  jsonFields,
  jsonList,
  jsonReadBy,
  jsonTable,
  jsonText,
  jsonTextLike,
} from "../../base/schema.ts";
import { UserError } from "../../base/user_error.ts";
import type { ForeignChoice } from "../../module/load/choice.ts";
import { memoryText, parseMemory } from "../../module/load/limits.ts";
import {
  checkedMapping,
  MAPPING_FIELDS,
  type Mapping,
  mappingText,
  parseMapping,
} from "../../module/load/mapping.ts";
import {
  OBJECT_SIZE_MAX,
  SIZE_MIX_NAMES,
  type SizeMixName,
  type Sizes,
} from "../../slub/gen/sizes.ts";
import { parseInvariants } from "../../slub/invariant_text.ts";
import type { Invariant, InvariantCadence } from "../../slub/oracle/violation.ts";
import { INVARIANT_NAMES } from "../../slub/oracle/violation.ts";
import { parseSizes } from "../../slub/shape_text.ts";
import { listOr, notEmpty, type ValueKind, whole } from "./kind.ts";
import { readWith } from "./value.ts";

const size = whole(1, OBJECT_SIZE_MAX);

/** The name of a mix, a size, or sizes. */
export const objectSizes: ValueKind<SizeMixName | number | readonly number[], Sizes> = {
  read: parseSizes,
  words: SIZE_MIX_NAMES,
  schema: v.lazy((value): v.GenericSchema<unknown, Sizes> => {
    if (typeof value === "number")
      return v.pipe(
        size.schema,
        v.transform((one) => [one]),
      );
    const mix = v.picklist(SIZE_MIX_NAMES, `must be one of ${SIZE_MIX_NAMES.join(", ")}, or sizes`);
    return listOr<Sizes>(notEmpty(jsonList(size.schema)), mix);
  }),
  json: {
    anyOf: [{ enum: SIZE_MIX_NAMES }, size.json, { type: "array", items: size.json, minItems: 1 }],
  },
};

type Rules = Readonly<Partial<Record<Invariant, false | number>>>;

/** Which rules are off, or kept in one case of so many. */
export const invariantRules: ValueKind<Rules, InvariantCadence> = {
  read: readWith(parseInvariants),
  words: INVARIANT_NAMES.map((name) => `${name}=`),
  schema: v.pipe(
    jsonTable(v.union([v.literal(false), v.number()], "must be false, or N for one case of N")),
    jsonReadBy((rules: Readonly<Record<string, number | false>>) => {
      const words = Object.entries(rules).map(([name, every]) => `${name}=${every || "off"}`);
      return words.length === 0 ? {} : parseInvariants(words.join(","));
    }),
  ),
  json: {
    type: "object",
    propertyNames: { enum: INVARIANT_NAMES },
    additionalProperties: { anyOf: [{ const: false }, { type: "integer", minimum: 1 }] },
  },
  write: (cadence) => {
    const rules = Object.entries(cadence).map(([name, every]) => [name, every || false]);
    return rules.length === 0 ? undefined : Object.fromEntries(rules);
  },
};

/** `malloc=NAME,free=NAME,...` */
export const exportsMapping: ValueKind<string, string> = {
  schema: v.pipe(
    jsonText,
    jsonReadBy((names: string) => mappingText(parseMapping(names))),
  ),
  json: { type: "string", pattern: "malloc=.*free=|free=.*malloc=" },
};

/** `64MiB`: whole pages. */
export const memorySize: ValueKind<string, number> = {
  read: readWith(parseMemory),
  schema: v.pipe(jsonText, jsonReadBy(parseMemory)),
  json: { type: "string", pattern: "^[0-9]+(KiB|MiB|GiB)$" },
  write: memoryText,
};

/** A module whose names say nothing, and what they stand for. */
export interface NamedTarget extends Mapping {
  /** A .wasm file, or a package. */
  readonly file: string;
}

/** An export: other characters part the words of a mapping. */
const exported = jsonTextLike(/^[^,=]{1,1000}$/, "the name of an export, without , and =");
const align = whole(1, 65_536);
const roles = MAPPING_FIELDS.filter((name) => name !== "align");
const namedTarget = jsonFields({
  file: jsonText,
  align: align.schema,
  ...Object.fromEntries(roles.map((name) => [name, exported])),
});

/** Modules by name, and what their exports do. */
export const foreignTargets: ValueKind<
  Readonly<Record<string, NamedTarget>>,
  Readonly<Record<string, ForeignChoice>>
> = {
  schema: jsonTable(v.pipe(namedTarget, jsonReadBy(choiceOf))),
  json: {
    type: "object",
    additionalProperties: {
      type: "object",
      properties: {
        file: { type: "string", description: "a .wasm file, or a package" },
        ...Object.fromEntries(roles.map((name) => [name, { type: "string" }])),
        align: align.json,
      },
      required: ["file", "malloc", "free"],
      additionalProperties: false,
    },
  },
  write: (targets) => {
    const named = Object.entries(targets).map(([name, { target, exports = "" }]) => {
      return [name, { file: target, ...parseMapping(exports) }] as const;
    });
    return Object.fromEntries(named);
  },
};

function choiceOf(fields: Partial<NamedTarget>): ForeignChoice {
  const { file, ...mapping } = fields;
  if (file === undefined) throw new UserError("must have a file");
  return { target: file, exports: mappingText(checkedMapping(mapping)) };
}
