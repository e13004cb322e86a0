// Which programs come by a mutant's place: only these can show it.
import { flagRaiser, globalsOfFlags, isUp, takeFlags } from "../../wasm/flags.ts";
import type { Instrument } from "../../wasm/probe.ts";
import type { Mutant } from "./mutant.ts";

/** Programs that come by a mutant's place: for a test set, their numbers. */
export interface Reached {
  readonly testSet: number;
  readonly cases: readonly number[];
  /**
   * They run with every check made, as those of a module always do; else with checks skipped whose
   * answer is known.
   */
  readonly isThorough: boolean;
}

/** Programs of each test set in the first round, which visits all test sets. */
const FIRST_ROUND = 2;

/** A few programs of every test set first, then the rest. */
export function roundsOf(reached: readonly Reached[]): {
  readonly first: readonly Reached[];
  readonly rest: readonly Reached[];
} {
  const first = reached.map((one) => ({ ...one, cases: one.cases.slice(0, FIRST_ROUND) }));
  const rest = reached
    .filter(({ cases }) => cases.length > FIRST_ROUND)
    .map((one) => ({ ...one, cases: one.cases.slice(FIRST_ROUND) }));
  return { first, rest };
}

/** Has a module note by which mutants' places it comes. */
export class ReachProbe {
  readonly instrument: Instrument;
  /** Flag of each place. */
  readonly #flagOf = new Map<number, number>();
  readonly #globals: number;

  constructor(mutants: readonly Pick<Mutant, "patches">[]) {
    for (const { patches } of mutants) {
      for (const { at } of patches) {
        if (!this.#flagOf.has(at)) this.#flagOf.set(at, this.#flagOf.size);
      }
    }
    this.#globals = globalsOfFlags(this.#flagOf.size);
    const places = [...this.#flagOf].map(([at, flag]) => ({ at, flag }));
    this.instrument = flagRaiser(places, this.#globals);
  }

  /** Takes the flags of an instance down; returns those that were up. */
  takeFlags(exports: WebAssembly.Exports): Uint32Array {
    return takeFlags(exports, this.#globals);
  }

  /** Whether one of a mutant's places is among the flags. */
  isReached(mutant: Pick<Mutant, "patches">, flags: Uint32Array): boolean {
    return mutant.patches.some(({ at }) => isUp(flags, this.#flagOf.get(at)!));
  }
}
