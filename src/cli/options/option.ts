// An option, declared once: a row of a table. From it follow the option of a command line with its
// help, the field of a config with its check and its type, and what an editor is told of the field.
import { type Command, Option } from "commander";
import type * as v from "valibot";
import { pick } from "../../base/fields.ts";
import { jsonFields, type Schema } from "../../base/schema.ts";
import type { JsonSchema, ValueKind } from "./kind.ts";

export interface OptionRow<Input, Value> {
  /** As a command line has it, such as `--ops <n>`; without one, only a config can say it. */
  readonly flag?: string;
  readonly kind: ValueKind<Input, Value>;
  /** One line. */
  readonly about: string;
  /** What `--no-...` says, for what a config may have switched on. */
  readonly no?: string;
  /** What holds where nothing is said. */
  readonly default?: NoInfer<Value>;
  /** The same in words, where it is no value or depends on the command. */
  readonly usual?: string;
}

/** A table of options; their names are those of a config's fields, and of settings. */
export type OptionRows = Readonly<Record<string, OptionRow<unknown, unknown>>>;

/** What a config may hold for the options of a table. */
export type InputsOf<R> = {
  readonly [K in keyof R]?: R[K] extends OptionRow<infer I, infer _> ? I : never;
};

/** What commands are told by the options of a table. */
export type ValuesOf<R> = {
  readonly [K in keyof R]?: R[K] extends OptionRow<infer _, infer V> ? V : never;
};

/** Gives a row its types. */
export function option<Input, Value>(row: OptionRow<Input, Value>): OptionRow<Input, Value> {
  return row;
}

/** An object with a field for each option of a table. */
export function objectOf<const R extends OptionRows>(
  rows: R,
  message?: string,
): ValueKind<InputsOf<R>, ValuesOf<R>> {
  const entries = Object.entries(rows);
  const schemas = entries.map(([name, { kind }]) => [name, kind.schema] as const);
  const known: v.ObjectEntries = Object.fromEntries(schemas);
  return {
    schema: jsonFields(known, message) as Schema<ValuesOf<R>>,
    json: {
      type: "object",
      properties: Object.fromEntries(entries.map(([name, row]) => [name, fieldSchema(row)])),
      additionalProperties: false,
    },
    write: (values) => writtenAs(rows, values),
  };
}

function fieldSchema(row: OptionRow<unknown, unknown>): JsonSchema {
  return { description: `${row.about}${usualText(row)}`, ...row.kind.json };
}

/** Settings as the config that asks for them. */
function writtenAs<R extends OptionRows>(rows: R, values: ValuesOf<R>): InputsOf<R> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const fields = given.map(([name, value]) => {
    const { kind } = rows[name];
    return [name, kind.write === undefined ? value : kind.write(value)] as const;
  });
  const sorted = fields.filter(([, value]) => value !== undefined).sort(byName);
  return Object.fromEntries(sorted) as InputsOf<R>;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** The defaults of a table, as settings. */
export function defaultsOf<R extends OptionRows>(rows: R): ValuesOf<R> {
  const given = Object.entries(rows).filter(([, row]) => row.default !== undefined);
  return Object.fromEntries(given.map(([name, row]) => [name, row.default])) as ValuesOf<R>;
}

/** Of what a command line or a config says, what is in a table. */
export function saidOf<R extends OptionRows>(rows: R, said: ValuesOf<R>): ValuesOf<R> {
  return pick(said, Object.keys(rows) as (keyof R)[]);
}

/** Adds the options of a table to a command. */
export function addOptions(command: Command, rows: OptionRows): Command {
  for (const [name, row] of Object.entries(rows)) {
    if (row.flag === undefined) continue;
    command.addOption(new RowOption(name, row, row.about + usualText(row)));
    if (row.no === undefined) continue;
    const flags = row.flag.replace("--", "--no-");
    command.addOption(new RowOption(name, { ...row, flag: flags }, row.no));
  }
  return command;
}

/** An option of a table for a command that has a default, or words, of its own. */
export function ownOption<R extends OptionRows, K extends keyof R & string>(
  rows: R,
  name: K,
  about: string = rows[name].about,
  value?: ValuesOf<R>[K],
): Option {
  const own = new RowOption(name, rows[name], about);
  return value === undefined ? own : own.default(value, valueText(rows[name].kind, value));
}

/** ` (default: 100)`, nothing where that would say nothing. */
function usualText({ kind, usual, default: value }: OptionRow<unknown, unknown>): string {
  const isSaid = value !== undefined && typeof value !== "boolean";
  const text = usual ?? (isSaid ? valueText(kind, value) : "");
  return text === "" ? "" : ` (default: ${text})`;
}

function valueText(kind: ValueKind<unknown, unknown>, value: unknown): string {
  return String(kind.write === undefined ? value : kind.write(value));
}

/** Commander's option under the name of its row: `--size` sets `sizes`. */
class RowOption extends Option {
  readonly words: readonly string[];
  readonly #name: string;

  constructor(name: string, { flag = "", kind }: OptionRow<unknown, unknown>, about: string) {
    super(flag, about);
    this.#name = name;
    this.words = kind.words ?? [];
    if (kind.read !== undefined) this.argParser(kind.read);
    else if (kind.words !== undefined) this.choices(kind.words);
  }

  override attributeName(): string {
    return this.#name;
  }
}

/** What a command line can be, for the completions of a shell. */
export interface CommandEntry {
  /** `corpus add`; empty for slabfuzz itself. */
  readonly name: string;
  /** What it takes, in the order of the command line, such as `source`. */
  readonly arguments: readonly CommandValue[];
  /** Such as `--bugs <classes>`. */
  readonly options: readonly CommandValue[];
}

interface CommandValue {
  readonly name: string;
  /** Words that its value may consist of; none where any text will do. */
  readonly words: readonly string[];
}

/** All commands, each with its options and the words that these take. */
export function commandEntries(command: Command, name = ""): readonly CommandEntry[] {
  const options = command.options.map((one) => ({
    name: one.flags,
    words: one instanceof RowOption ? one.words : (one.argChoices ?? []),
  }));
  const values = command.registeredArguments.map((one) => ({
    name: one.name(),
    words: one.argChoices ?? [],
  }));
  const below = command.commands.flatMap((sub) =>
    commandEntries(sub, `${name} ${sub.name()}`.trim()),
  );
  return [{ name, arguments: values, options }, ...below];
}
