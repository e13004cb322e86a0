// One line of the script language: an operation as text, as the table of operations has it.
import type { Arguments } from "./arguments.ts";
import { FIELD_KINDS } from "./fields.ts";
import type { ProgramOp } from "./op.ts";
import { type OpWord, operationOf } from "./operations.ts";

/** An operation's line of the script language. */
export function printOp(op: ProgramOp): string {
  const values = op as unknown as Readonly<Record<string, never>>;
  const words = operationOf(op.op).fields.map((kind) => {
    const { field, print } = FIELD_KINDS[kind];
    return print(values[field]);
  });
  return [op.op, ...words.flat()].join(" ");
}

/** `free NAME TARGET`. */
export function usageOf(op: OpWord): string {
  return [op, ...operationOf(op).fields.map((kind) => FIELD_KINDS[kind].usage)].join(" ");
}

/** Reads the arguments of an operation, each in the order of its fields. */
export function readOp(op: OpWord, args: Arguments, count: number): ProgramOp {
  const known = operationOf(op).fields.map((kind) => FIELD_KINDS[kind]);
  const usages = known.map(({ usage }) => usage);
  const least = usages.filter((usage) => !usage.startsWith("[")).length;
  const isOpen = usages.at(-1)?.endsWith("...") ?? false;
  if (count < least || (count > usages.length && !isOpen)) {
    args.fail(`usage: ${usageOf(op)}`);
  }
  const fields = known
    .map(({ field, read }) => [field, read(args)] as const)
    .filter(([, value]) => value !== undefined);
  if (!args.isEmpty) args.fail(`usage: ${usageOf(op)}`);
  return { op, ...Object.fromEntries(fields) } as ProgramOp;
}
