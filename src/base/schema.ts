// What data from outside must look like: JSON files, journals, configs. A schema is one declaration
// from which the check, its message and the type of what was read follow (valibot). A message says
// what must be there, in the words of this file; `checkValue` adds where.
import * as v from "valibot";
import { unknownText } from "./option_text.ts";
import { UserError } from "./user_error.ts";

export type Schema<T = unknown> = v.GenericSchema<unknown, T>;

export const jsonText = v.string("must be text");
export const jsonFlag = v.boolean("must be true or false");
/** A whole number from 0 on that a double holds exactly. */
export const jsonCount = jsonCountUpTo(Number.MAX_SAFE_INTEGER);
/** A finite number from 0 on. */
export const jsonAmount = v.pipe(
  v.number("must be a number"),
  v.finite("must be a number"),
  v.minValue(0, "must not be negative"),
);

/** A whole number from 0 to `most`. */
export function jsonCountUpTo(most: number) {
  return jsonWhole(0, most);
}

export function jsonWhole(least: number, most: number) {
  const end = most === Number.MAX_SAFE_INTEGER ? "on" : `to ${most}`;
  const message = `must be a whole number from ${least} ${end}`;
  return v.pipe(
    v.number(message),
    v.safeInteger(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** The version of a format that this slabfuzz reads. */
export function jsonVersion(known: number) {
  return v.literal(known, ({ received }) => `is ${received}, this slabfuzz reads ${known}`);
}

/** Text of a form; `what` completes "must be ...". */
export function jsonTextLike(pattern: RegExp, what: string) {
  return v.pipe(v.string(`must be ${what}`), v.regex(pattern, `must be ${what}`));
}

export function jsonOneOf<const T extends readonly string[]>(names: T) {
  return v.picklist(names, `must be one of ${names.join(", ")}`);
}

export function jsonList<T>(item: Schema<T>) {
  return v.array(item, "must be a list");
}

/** An object with these fields; others are let through, and dropped. */
export function jsonObject<const F extends v.ObjectEntries>(fields: F) {
  return v.object(fields, ({ received }) =>
    received === "undefined" ? "is missing" : "must be an object",
  );
}

/**
 * An object with these fields, each of which may be missing, and with no others. Its type is
 * spelled out: the inferred one does not compile in a project that checks declarations.
 */
export function jsonFields<const F extends v.ObjectEntries>(
  fields: F,
  message = "must be an object of fields",
): Schema<{ readonly [Name in keyof F]?: v.InferOutput<F[Name]> }> {
  const known = Object.keys(fields);
  return v.pipe(
    v.custom<object>(isPlainObject, message),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const unknown = Object.keys(dataset.value).find((name) => !known.includes(name));
      if (unknown !== undefined) addIssue({ message: unknownText("field", unknown, known) });
    }),
    v.partial(v.object(fields)),
  ) as never;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a function makes of a value; what it complains of, as a UserError, is wrong with it. */
export function jsonReadBy<I, O>(read: (value: I) => O) {
  return v.rawTransform<I, O>(({ dataset, addIssue, NEVER }) => {
    try {
      return read(dataset.value);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      addIssue({ message: error.message });
      return NEVER;
    }
  });
}

/** An object whose fields, whatever their names, all look alike. */
export function jsonTable<T>(item: Schema<T>) {
  return v.record(v.string(), item, "must be an object");
}

/**
 * The value as its schema has it. Throws a UserError "PLACE: FIELD: what is wrong" for the first
 * thing that is wrong with it; `place` is the file, or the file and the line.
 */
export function checkValue<T>(value: unknown, schema: Schema<T>, place: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = fieldOf(issue);
  if (field === "") throw new UserError(`${place}: ${issue.message}`);
  const problem = issue.received === "undefined" ? "is missing" : issue.message;
  throw new UserError(`${place}: ${field}: ${problem}`);
}

/** Whether a value looks as its schema says. */
export function fits<T>(value: unknown, schema: Schema<T>): value is T {
  return v.is(schema, value);
}

/** `rows[3].name`; a field whose name is no word stands in brackets. */
function fieldOf(issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map(({ key }) => key);
  return keys
    .map((key) => (/^[a-z_]\w*$/i.test(String(key)) ? `.${key}` : `[${JSON.stringify(key)}]`))
    .join("")
    .replace(/^\./, "");
}
