// What is to be shrunk: a program, and the signature that it must keep. `consider` is the only way
// to try a candidate: it is taken if it is smaller and shows the same; whatever else it shows is a
// slip, which is never taken, and kept as a finding of its own.
import { VERDICTS, type Verdict } from "../../target/verdict.ts";
import type { Program } from "../program/op.ts";
import type { Court, Shown } from "./court.ts";
import { compareKeys, type Key, keyOf } from "./key.ts";

/** Another bug that a candidate showed, by the smallest program that did. */
export interface Slip extends Shown {
  readonly program: Program;
}

export class Problem {
  readonly wanted: Shown;
  readonly #court: Court;
  #best: Program;
  #bestKey: Key;
  /** Candidates that ran. */
  tried = 0;
  readonly #slips = new Map<string, { readonly slip: Slip; readonly key: Key }>();

  constructor(court: Court, program: Program, wanted: Shown) {
    this.#court = court;
    this.wanted = wanted;
    this.#best = program;
    this.#bestKey = keyOf(program);
  }

  /** The smallest program so far. */
  get best(): Program {
    return this.#best;
  }

  /** What all candidates together took. */
  get effort(): number {
    return this.#court.effort;
  }

  /** What needs attention comes first. */
  get slips(): readonly Slip[] {
    const slips = [...this.#slips.values()].map(({ slip }) => slip);
    return slips.sort((one, other) => rankOf(one) - rankOf(other));
  }

  /** Takes a candidate if it is smaller than the best one and shows what is wanted. */
  consider(candidate: Program): boolean {
    const key = keyOf(candidate);
    if (compareKeys(key, this.#bestKey) >= 0) return false;
    if (!this.shows(candidate, key)) return false;
    this.#best = candidate;
    this.#bestKey = key;
    return true;
  }

  /** Whether a program, of whatever size, shows what is wanted. */
  shows(candidate: Program, key = keyOf(candidate)): boolean {
    this.tried++;
    const shown = this.#court.try(candidate);
    if (shown === undefined) return false;
    if (isSameBug(shown, this.wanted)) return true;
    this.#keepSlip(shown, candidate, key);
    return false;
  }

  #keepSlip(shown: Shown, program: Program, key: Key): void {
    const name = `${shown.verdict} ${shown.signature}`;
    const known = this.#slips.get(name);
    if (known !== undefined && compareKeys(known.key, key) <= 0) return;
    this.#slips.set(name, { slip: { ...shown, program }, key });
  }
}

function rankOf({ verdict }: Shown): number {
  return VERDICTS.indexOf(verdict as Verdict);
}

/** The impact may differ: it is how far one example of a bug got. */
export function isSameBug(one: Shown, other: Shown): boolean {
  return one.verdict === other.verdict && one.signature === other.signature;
}
