// Values of options, checked while the command line is read.
import { InvalidArgumentError } from "commander";
import { fitsU32 } from "../base/bytes.ts";
import { parseDuration } from "../base/option_text.ts";
import { parseUnsigned } from "../slub/program/arguments.ts";

/** A whole number from 0 on. */
export function wholeNumber(text: string): number {
  const value = parseUnsigned(text);
  if (value === undefined || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError("It has to be a whole number.");
  }
  return value;
}

/** A whole number that 32 bits can hold. */
export function wordNumber(text: string): number {
  const value = wholeNumber(text);
  if (!fitsU32(value)) throw new InvalidArgumentError("It has more than 32 bits.");
  return value;
}

/** A whole number from 1 on. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("It has to be 1 or more.");
  return value;
}

/** A seed: up to 64 bits, decimal or 0x-hex. */
export function seedValue(text: string): bigint {
  if (!/^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(text)) {
    throw new InvalidArgumentError("It has to be a number of up to 64 bits.");
  }
  const seed = BigInt(text);
  if (seed >= 1n << 64n) throw new InvalidArgumentError("It has more than 64 bits.");
  return seed;
}

/** Percent, 0 or more. */
export function percentValue(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It has to be a number of percent from 0 on.");
}

/** Milliseconds; a bare number means seconds. */
export function durationMs(text: string): number {
  return checked(parseDuration(text, "s"));
}

/** Milliseconds; a bare number means milliseconds. */
export function timeoutMs(text: string): number {
  return checked(parseDuration(text, "ms"));
}

function checked(value: number | undefined): number {
  if (value !== undefined) return value;
  throw new InvalidArgumentError("It has to be a time such as 30s, 500ms or 2m.");
}
