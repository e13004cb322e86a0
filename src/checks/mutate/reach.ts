// Which programs come by a mutant's place: only these can show it.
import { Opcode } from "../../wasm/instruction.ts";
import { getGlobal, type Instrument, insertedAt, pushI32, setGlobal } from "../../wasm/probe.ts";
import type { Patch } from "../../wasm/rewrite.ts";
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

const FLAGS = "slabfuzz_flags";
const FLAGS_A_GLOBAL = 32;

/** Has a module note by which mutants' places it comes: each has a flag, in exported globals. */
export class ReachProbe {
  readonly instrument: Instrument;
  /** Flag of each place. */
  readonly #flagOf = new Map<number, number>();
  readonly #names: readonly string[];

  constructor(mutants: readonly Pick<Mutant, "patches">[]) {
    for (const { patches } of mutants) {
      for (const { at } of patches) {
        if (!this.#flagOf.has(at)) this.#flagOf.set(at, this.#flagOf.size);
      }
    }
    const count = Math.ceil(this.#flagOf.size / FLAGS_A_GLOBAL);
    this.#names = Array.from({ length: count }, (_, i) => `${FLAGS}_${i}`);
    this.instrument = {
      globals: this.#names.map((name) => ({ name, isLong: false })),
      patches: (_, first) => [...this.#flagOf].map(([at, flag]) => raise(at, flag, first)),
    };
  }

  /** Takes the flags of an instance down; returns those that were up. */
  takeFlags(exports: WebAssembly.Exports): Uint32Array {
    return Uint32Array.from(this.#names, (name) => {
      const global = exports[name] as WebAssembly.Global;
      const flags = global.value as number;
      if (flags !== 0) global.value = 0;
      return flags;
    });
  }

  /** Whether one of a mutant's places is among the flags. */
  isReached(mutant: Pick<Mutant, "patches">, flags: Uint32Array): boolean {
    return mutant.patches.some(({ at }) => {
      const flag = this.#flagOf.get(at)!;
      return (flags[flag >>> 5] & (1 << (flag & 31))) !== 0;
    });
  }
}

/** Raises a flag when a place is come by. */
function raise(at: number, flag: number, first: number): Patch {
  const global = first + (flag >>> 5);
  const raised = [...getGlobal(global), ...pushI32(1 << (flag & 31)), Opcode.I32_OR];
  return insertedAt(at, [...raised, ...setGlobal(global)]);
}
