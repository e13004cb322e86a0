// Which source the next program is of: the generator, or a change of a program of the corpus.
// Shares are of operations, not of programs, for changed programs are longer: so bad choices are
// expected to cost a factor of about 1.5 against the generator alone.
import type { Prng } from "../base/prng.ts";

/** Of the operations, so much goes to changed programs. */
const SHARE = 1 / 3;
/** Changed programs are taken to be as long as others until so many operations are known of. */
const PRIOR = 1000;

export class SourceShare {
  readonly #operations = { generated: PRIOR, mutated: PRIOR };
  readonly #programs = { generated: PRIOR / 100, mutated: PRIOR / 100 };

  /** Counts a program, and the operations that it took. */
  add(isMutated: boolean, operations: number): void {
    const source = isMutated ? "mutated" : "generated";
    this.#operations[source] += operations;
    this.#programs[source]++;
  }

  /** Whether the next program is to be a change of another. */
  choosesMutated(prng: Prng): boolean {
    return prng.next() < TO_WORD * this.#programShare;
  }

  /** The part of programs that gives that part of operations. */
  get #programShare(): number {
    const mutated = SHARE * this.#lengthOf("generated");
    return mutated / (mutated + (1 - SHARE) * this.#lengthOf("mutated"));
  }

  #lengthOf(source: "generated" | "mutated"): number {
    return this.#operations[source] / this.#programs[source];
  }
}

const TO_WORD = 0x100000000;
