// Values of options, checked while the command line is read.
import { InvalidArgumentError } from "commander";
import { parseDuration, unknownText } from "../../base/option_text.ts";
import { UserError } from "../../base/user_error.ts";
import { parseUnsigned } from "../../slub/program/arguments.ts";

/** Reads a whole number between bounds, such as 1000000 or 1e6; others are refused, never cut. */
export function numberFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+e[0-9]{1,2}$/.test(text) ? Number(text) : parseUnsigned(text);
    if (value !== undefined && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  };
}

/** A seed: up to 64 bits, decimal or 0x-hex. */
export function parseSeed(text: string): bigint {
  const isNumber = /^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text);
  if (isNumber && BigInt(text) < 1n << 64n) return BigInt(text);
  throw new UserError("must be a number of up to 64 bits");
}

/** Reads a number of percent from 0 to `most`. */
export function percentUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[0-9.]+$/.test(text) && value <= most) return value;
    throw new InvalidArgumentError(`must be a number of percent from 0 to ${most}`);
  };
}

/** Reads what `read` reads, which complains by itself. */
export function readWith<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof UserError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

export const seedValue = readWith(parseSeed);
/** Milliseconds. */
export const durationMs = readWith(parseDuration);

/** Reads names with commas between; returns them in the order of `known`, each once. */
export function knownNames<T extends string>(
  kind: string,
  known: readonly T[],
): (text: string) => readonly T[] {
  const readOne = knownName(kind, known);
  return (text) => {
    const names = text.split(",").map((word) => readOne(word.trim()));
    return known.filter((name) => names.includes(name));
  };
}

/** Reads one name of those that are known. */
export function knownName<T extends string>(
  kind: string,
  known: readonly T[],
): (text: string) => T {
  return (text) => {
    const name = known.find((one) => one === text);
    if (name !== undefined) return name;
    throw new InvalidArgumentError(unknownText(kind, text, known));
  };
}
