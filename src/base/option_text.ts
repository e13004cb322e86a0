// Texts as options spell them: names, lists of names, and durations (10s, 500ms, 2m, 1h).
import { UserError } from "./user_error.ts";

/** The names in a text with commas between them; refuses an unknown name. */
export function namesIn<T extends string>(
  text: string,
  isName: (word: string) => word is T,
  kind: string,
  known: readonly string[],
): readonly T[] {
  return text.split(",").map((word) => {
    const name = word.trim();
    if (isName(name)) return name;
    throw new UserError(unknownText(kind, name, known));
  });
}

/** `unknown bug "lek" (did you mean leak?)`; all names, and `others`, where none is close. */
export function unknownText(
  kind: string,
  word: string,
  known: readonly string[],
  others?: string,
): string {
  const near = nearest(word, known);
  const all = [known.join(" "), ...(others === undefined ? [] : [others])].join(", ");
  const advice = near === undefined ? `there are: ${all}` : `did you mean ${near}?`;
  return `unknown ${kind} ${JSON.stringify(word)} (${advice})`;
}

/** No name is longer, and longer words take long to compare. */
const NAME_MAX = 40;

function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > NAME_MAX) return undefined;
  const plain = plainWord(word);
  const distances = known.map((name) => distanceOf(plain, plainWord(name)));
  const least = Math.min(...distances);
  // As commander judges options: two of five letters may be wrong, and three at most.
  const isNear = least <= 3 && least < 0.4 * word.length + 0.01;
  return isNear ? known[distances.indexOf(least)] : undefined;
}

/** `doubleFree`, `double_free` and `doublefree` mean `double-free`. */
function plainWord(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, "");
}

/** Letters to change, to add or to leave out (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let k = 0; k < other.length; k++) {
      const changed = row[k] + (letter === other[k] ? 0 : 1);
      next.push(Math.min(changed, row[k + 1] + 1, next[k] + 1));
    }
    row = next;
  }
  return row[other.length];
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const HOURS_MAX = 1000;

/**
 * The milliseconds of a time. A number alone would mean seconds to one reader and milliseconds to
 * another: it is refused.
 */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (digits === undefined) throw new UserError("must be a time such as 30s, 500ms or 2m");
  if (unit === undefined) throw new UserError(`say ${digits}ms or ${digits}s`);
  const milliseconds = Number(digits) * UNITS[unit];
  if (milliseconds < 1) throw new UserError("must be a time of 1ms or more");
  if (milliseconds <= HOURS_MAX * UNITS["h"]) return milliseconds;
  throw new UserError(`must be a time of at most ${HOURS_MAX}h`);
}

/** Options with their values, without those that were not given. */
export function optionWords(given: Readonly<Record<string, unknown>>): readonly string[] {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return said.flatMap(([name, value]) => [name, String(value)]);
}

/** Rows in columns that are as wide as their widest cell. */
export function columnLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const padded = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  "));
  return padded.map((line) => line.trimEnd());
}
