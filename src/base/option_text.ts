// Texts as options spell them: lists of names, and durations (10s, 500ms, 2m, 1h).
import { UserError } from "./user_error.ts";

/** The names in a text with commas between them; refuses one that is not known. */
export function namesIn<T extends string>(
  text: string,
  isName: (word: string) => word is T,
  kind: string,
  known: readonly string[],
): readonly T[] {
  return text.split(",").map((word) => {
    const name = word.trim();
    if (isName(name)) return name;
    throw new UserError(`unknown ${kind} ${JSON.stringify(name)} (there are: ${known.join(" ")})`);
  });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds; `bare` is the unit of a number that stands alone. Undefined for anything else. */
export function parseDuration(text: string, bare: "s" | "ms"): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1]) * UNITS[match[2] ?? bare];
  return value > 0 ? value : undefined;
}
