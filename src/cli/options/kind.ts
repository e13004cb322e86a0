// Kinds of values that options take: how a command line spells one, how a config holds it, and what
// an editor is told of it (JSON schema).
import * as v from "valibot";
import { parseDuration } from "../../base/option_text.ts";
import {
  jsonFlag,
  jsonList,
  jsonOneOf,
  jsonReadBy,
  jsonText,
  jsonWhole,
  type Schema,
} from "../../base/schema.ts";
import { reworded } from "../../base/user_error.ts";
import { durationMs, numberFrom, parseSeed, percentUpTo, seedValue } from "./value.ts";

/** What an editor is told of a value. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ValueKind<Input, Value> {
  /** Reads the text of a command line. */
  readonly read?: (text: string) => Value;
  /** Words that the text may consist of; without `read`, the words that it may be. */
  readonly words?: readonly string[];
  /** Checks what a config holds, and makes the value of it. */
  readonly schema: Schema<Value>;
  /** The same for an editor. */
  readonly json: JsonSchema;
  /** What a config holds to ask for the value, where that is not the value itself. */
  write?(value: Value): Input | undefined;
}

export function text<I extends string = string>(words?: readonly string[]): ValueKind<I, string> {
  return { read: (one) => one, words, schema: jsonText, json: { type: "string" } };
}

export const flag: ValueKind<boolean, boolean> = { schema: jsonFlag, json: { type: "boolean" } };

export function whole<I extends number = number>(
  least: number,
  most: number,
): ValueKind<I, number> {
  const json = { type: "integer", minimum: least, maximum: most };
  return { read: numberFrom(least, most), schema: jsonWhole(least, most), json };
}

/** A number of percent from 0 to `most`. */
export function percent(most: number): ValueKind<number, number> {
  const message = `must be a number of percent from 0 to ${most}`;
  return {
    read: percentUpTo(most),
    schema: v.pipe(v.number(message), v.minValue(0, message), v.maxValue(most, message)),
    json: { type: "number", minimum: 0, maximum: most },
  };
}

/** `30s`; as a value, milliseconds. Of a number, too, it is said which unit it lacks. */
export const duration: ValueKind<string, number> = {
  read: durationMs,
  schema: readBy((value) => parseDuration(typeof value === "number" ? `${value}` : textOf(value))),
  json: { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$" },
  write: (ms) => `${ms}ms`,
};

/** Up to 64 bits. */
export const seed: ValueKind<number | bigint | string, bigint> = {
  read: seedValue,
  schema: readBy((value) => {
    const isNumber = typeof value === "bigint" || Number.isSafeInteger(value);
    return reworded(
      (problem) => `${problem}, or its text`,
      () => parseSeed(isNumber ? `${value}` : textOf(value)),
    );
  }),
  json: {
    anyOf: [
      { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      { type: "string", pattern: "^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$" },
    ],
  },
  write: String,
};

/** One of these names. */
export function oneOf<const T extends string>(
  words: readonly T[],
  read?: (text: string) => T,
): ValueKind<T, T> {
  return { read, words, schema: jsonOneOf(words), json: { enum: words } };
}

interface NameList<T extends string> {
  readonly names: readonly T[];
  readonly read: (text: string) => readonly T[];
  readonly mayBeEmpty?: boolean;
}

/** Several of these names, in the order of the names, each once. */
export function namesFrom<T extends string>({
  names,
  read,
  mayBeEmpty = false,
}: NameList<T>): ValueKind<readonly T[], readonly T[]> {
  const list = v.pipe(
    jsonList(jsonOneOf(names)),
    v.transform((said) => names.filter((name) => said.includes(name))),
  );
  return {
    read,
    words: names,
    schema: mayBeEmpty ? list : notEmpty(list),
    json: { type: "array", items: { enum: names }, minItems: mayBeEmpty ? 0 : 1 },
  };
}

/** The same, or one name alone, or a word for a list that the command line has, too. */
export function namesOr<T extends string, const W extends string>(
  short: readonly W[],
  { names, read }: NameList<T>,
): ValueKind<readonly T[] | T | W, readonly T[]> {
  const list = namesFrom({ names, read });
  const words = [...new Set<string>([...short, ...names])];
  const one = v.pipe(jsonOneOf(words), v.transform(read));
  return {
    read,
    words,
    schema: listOr(list.schema, one),
    json: { anyOf: [{ enum: words }, list.json] },
    write: (value) => short.find((word) => read(word).join() === value.join()) ?? value,
  };
}

/** A list, or what stands for one. */
export function listOr<T>(list: Schema<T>, other: Schema<T>): Schema<T> {
  return v.lazy((value) => (Array.isArray(value) ? list : other));
}

export function notEmpty<T>(list: Schema<readonly T[]>): Schema<readonly T[]> {
  return v.pipe(
    list,
    v.check((items) => items.length > 0, "must name at least one"),
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function readBy<T>(read: (value: unknown) => T): Schema<T> {
  return v.pipe(v.unknown(), jsonReadBy(read));
}
