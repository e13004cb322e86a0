// The rules of an allocator as command lines and configs spell them: which are kept, and how often.
import { columnLines, unknownText } from "../base/option_text.ts";
import { UserError } from "../base/user_error.ts";
import type { Invariant, InvariantCadence } from "./oracle/violation.ts";
import {
  ALWAYS_CHECKED,
  INVARIANT_NAMES,
  INVARIANTS,
  isInvariantName,
} from "./oracle/violation.ts";

const OFF = "off";

/** `poison=off,red-zone=1`: off, or kept in one case of so many. */
export function parseInvariants(text: string): InvariantCadence {
  const cadence: Partial<Record<Invariant, number>> = {};
  for (const word of text.split(",")) {
    const [name, value = ""] = word.trim().split("=");
    if (!isInvariantName(name)) {
      throw new UserError(unknownText("invariant", name, INVARIANT_NAMES));
    }
    cadence[name] = everyOf(name, value);
  }
  return cadence;
}

/** What is not as usual, in the order of the rules; undefined if everything is. */
export function unusualInvariants(cadence: InvariantCadence = {}): InvariantCadence | undefined {
  const names = INVARIANT_NAMES.filter((name) => {
    return cadence[name] !== undefined && cadence[name] !== INVARIANTS[name].every;
  });
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, cadence[name]]));
}

function everyOf(name: Invariant, value: string): number {
  if (ALWAYS_CHECKED.includes(name)) throw new UserError(`${name} is part of every verdict`);
  if (value === OFF) return 0;
  if (/^[1-9][0-9]{0,6}$/.test(value)) return Number(value);
  throw new UserError(`${name}=${value}: off, or N for one case of N`);
}

/** What `parseInvariants` reads as the same. */
export function invariantsText(cadence: InvariantCadence = {}): string {
  const words = Object.entries(cadence).map(([name, every]) => `${name}=${every || OFF}`);
  return words.join(",");
}

/** One line for each rule: name, cost, how often it is kept, what it says. */
export function invariantLines(cadence: InvariantCadence = {}): string[] {
  const rows = INVARIANT_NAMES.map((name) => {
    const { cost, every, says } = INVARIANTS[name];
    return [name, cost, oftenText(cadence[name] ?? every), says];
  });
  return columnLines([["invariant", "cost", "kept in", "says"], ...rows]);
}

function oftenText(every: number): string {
  if (every === 0) return "no case";
  return every === 1 ? "every case" : `1 case of ${every}`;
}
