// Which rules are kept in a case, and how often: each can be switched off, and a costly one is kept
// in one case of many. Which cases those are follows from the program alone, so that every run of a
// case keeps the same rules.
import type { ProgramImage } from "../program/image.ts";
import { INVARIANT_NAMES, INVARIANTS, type Invariant, type InvariantCadence } from "./violation.ts";

export class Keeping {
  readonly #every: ReadonlyMap<Invariant, number>;
  #number = 0;

  constructor(cadence: InvariantCadence = {}) {
    this.#every = new Map(
      INVARIANT_NAMES.map((name) => [name, cadence[name] ?? INVARIANTS[name].every]),
    );
  }

  /** A case begins. */
  begin(image: ProgramImage): void {
    this.#number = image.opCount + image.payloadSize;
  }

  /** Whether a rule is kept in this case. */
  keeps(invariant: Invariant): boolean {
    const every = this.#every.get(invariant) ?? 0;
    return every > 0 && this.#number % every === 0;
  }

  /** Whether any of these is. */
  keepsAny(invariants: readonly Invariant[]): boolean {
    return invariants.some((invariant) => this.keeps(invariant));
  }
}
