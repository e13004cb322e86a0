// Durations as people write them: 10s, 500ms, 2m, 1h.
import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds; a bare number means seconds. */
export function durationMs(text: string): number {
  return inUnits(text, "s");
}

/** Milliseconds; a bare number means milliseconds. */
export function timeoutMs(text: string): number {
  return inUnits(text, "ms");
}

function inUnits(text: string, bare: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)?$/.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]) * UNITS[match[2] ?? bare];
  if (!(value > 0)) throw new InvalidArgumentError("It has to be a time such as 30s, 500ms or 2m.");
  return value;
}
