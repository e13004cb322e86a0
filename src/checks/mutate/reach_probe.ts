// A module that notes by which mutants' places it comes: each place has a flag, in exported
// globals.
import { Opcode } from "../../wasm/instruction.ts";
import {
  getGlobal,
  type Instrument,
  insertedAt,
  pushI32,
  setGlobal,
  withProbes,
} from "../../wasm/probe.ts";
import type { Patch } from "../../wasm/rewrite.ts";
import type { WasmFile } from "../../wasm/wasm_file.ts";
import type { Mutant } from "./mutant.ts";

const FLAGS = "slabfuzz_flags";
const FLAGS_A_GLOBAL = 32;

export class ReachProbe {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Flag of each place. */
  readonly #flagOf = new Map<number, number>();
  readonly #names: readonly string[];

  constructor(file: WasmFile, mutants: readonly Mutant[]) {
    for (const { patches } of mutants) {
      for (const { at } of patches) {
        if (!this.#flagOf.has(at)) this.#flagOf.set(at, this.#flagOf.size);
      }
    }
    const count = Math.ceil(this.#flagOf.size / FLAGS_A_GLOBAL);
    this.#names = Array.from({ length: count }, (_, i) => `${FLAGS}_${i}`);
    this.bytes = withProbes(file, [this.#flags()]);
  }

  #flags(): Instrument {
    return {
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
  isReached(mutant: Mutant, flags: Uint32Array): boolean {
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
