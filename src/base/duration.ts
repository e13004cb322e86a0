// Durations as people write them: 10s, 500ms, 2m, 1h.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds; `bare` is the unit of a number that stands alone. Undefined for anything else. */
export function parseDuration(text: string, bare: "s" | "ms"): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1]) * UNITS[match[2] ?? bare];
  return value > 0 ? value : undefined;
}
