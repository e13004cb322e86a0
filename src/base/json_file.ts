// JSON that people and other programs write. What is read is checked before it is used, and each
// complaint is a UserError that says where: "FILE: FIELD: what is wrong".
import { checkValue, type Schema } from "./schema.ts";
import { UserError } from "./user_error.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A text that ought to hold JSON. */
interface JsonText {
  readonly text: string;
  /** What messages call the file. */
  readonly name: string;
  /** What the file ought to be, for the message "is no KIND". */
  readonly kind: string;
}

/** What a text holds, as its schema has it. Throws a UserError "NAME: FIELD: what is wrong". */
export function readJson<T>({ text, name, kind }: JsonText, schema: Schema<T>): T {
  return checkValue(parseObject({ text, name, kind }), schema, name);
}

/** The object that a text holds. */
export function parseObject({ text, name, kind }: JsonText): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${name}: is no ${kind} (it is not JSON)`);
  }
  if (isObject(value)) return value;
  throw new UserError(`${name}: is no ${kind} (it is no object)`);
}

/** Refuses another version of a format than the known one. `place` names file and field. */
export function requireVersion(found: unknown, known: number, place: string): void {
  if (found === known) return;
  const what = found === undefined ? "is missing" : `is ${JSON.stringify(found)}`;
  throw new UserError(`${place}: ${what}, this slabfuzz reads ${known}`);
}

export function requireObject(value: unknown, place: string): JsonObject {
  if (isObject(value)) return value;
  throw new UserError(`${place}: must be an object`);
}

export function requireList(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new UserError(`${place}: must be a list`);
}

export function requireText(value: unknown, place: string): string {
  if (isText(value)) return value;
  throw new UserError(`${place}: must be text`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}
