// Durations on the command line.
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../base/option_text.ts";

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
