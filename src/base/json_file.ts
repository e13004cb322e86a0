// JSON that people and other programs write. What is read is checked before it is used, and each
// complaint is a UserError that says where: "FILE: FIELD: what is wrong".
import { counted } from "./count_text.ts";
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
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new UserError(`${name}: is no ${kind} (it is not JSON)`);
  }
  if (isObject(value)) return value;
  throw new UserError(`${name}: is no ${kind} (it is no object)`);
}

/** A file that ought to have one entry of each name, and no other. */
interface NamedEntries {
  readonly found: ReadonlyMap<string, unknown>;
  readonly names: readonly string[];
  readonly file: string;
  /** The command that writes the file anew. */
  readonly remedy: string;
}

/** Refuses a file that lost entries or has others: a missing entry would go unnoticed. */
export function requireAllEntries({ found, names, file, remedy }: NamedEntries): void {
  const lost = names.filter((name) => !found.has(name));
  const known = new Set(names);
  const strangers = [...found.keys()].filter((name) => !known.has(name));
  const [name] = [...lost, ...strangers];
  if (name === undefined) return;
  const what =
    lost.length > 0
      ? `lacks ${lost.length} of ${names.length} entries`
      : `has ${counted(strangers.length, "entry")} too many`;
  const example = `such as ${JSON.stringify(name)}`;
  throw new UserError(`${file}: ${what}, ${example} (${remedy} takes all of them anew)`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}
