// Bytecode that is put into a module: flags that tell which mutants' places a program comes by, and
// a budget of loop rounds, so that a mutant that never ends ends.
import { instructionsOf, Opcode } from "../../wasm/instruction.ts";
import { ByteReader, signedBytes, unsignedBytes } from "../../wasm/leb128.ts";
import { METER_GLOBALS, meterPatches } from "../../wasm/meter.ts";
import type { NewGlobal, Patch, WasmFile } from "../../wasm/wasm_file.ts";
import type { Mutant } from "./mutant.ts";

/** Name of the exported global that holds the rounds left. */
export const FUEL = "slabfuzz_fuel";
const FLAGS = "slabfuzz_flags";
const FLAGS_A_GLOBAL = 32;
const EMPTY_BLOCK = 0x40;

/** log2 of the bytes of memory.fill and memory.copy that count as one round of a loop. */
const BYTES_SHIFT = 6;
const LENGTH = "slabfuzz_fuel_length";

/** The module with mutations, if any, and a budget: when `FUEL` comes down to 0, it traps. */
export function withFuel(file: WasmFile, mutations: readonly Patch[]): Uint8Array<ArrayBuffer> {
  const fuel = fuelPatches(file, file.globalCount);
  return file.patched([...mutations, ...fuel], FUEL_GLOBALS);
}

/** The same with counters of its cost. */
export function withMeter(file: WasmFile, mutations: readonly Patch[]): Uint8Array<ArrayBuffer> {
  const fuel = fuelPatches(file, file.globalCount + METER_GLOBALS.length);
  // Counters go in first: what is counted are the instructions as they were.
  const patches = [...meterPatches(file), ...mutations, ...fuel];
  return file.patched(patches, [...METER_GLOBALS, ...FUEL_GLOBALS]);
}

const FUEL_GLOBALS: readonly NewGlobal[] = [
  { name: FUEL, isLong: false },
  { name: LENGTH, isLong: false },
];

function fuelPatches(file: WasmFile, firstGlobal: number): readonly Patch[] {
  const fuel = unsignedBytes(firstGlobal);
  const length = unsignedBytes(firstGlobal + 1);
  const { loops, bulks } = placesOf(file);
  return [
    ...loops.map((at) => ({ at, end: at, bytes: burnOne(fuel) })),
    ...bulks.map((at) => ({ at, end: at, bytes: burnForBytes(fuel, length) })),
  ];
}

/** At the beginning of a loop's body: one round. */
function burnOne(fuel: readonly number[]): readonly number[] {
  return [
    ...[Opcode.GLOBAL_GET, ...fuel, Opcode.I32_CONST, 1, Opcode.I32_SUB],
    ...[Opcode.GLOBAL_SET, ...fuel, Opcode.GLOBAL_GET, ...fuel, Opcode.I32_EQZ],
    ...[Opcode.IF, EMPTY_BLOCK, Opcode.UNREACHABLE, Opcode.END],
  ];
}

/** Before a fill or a copy, whose length is on top of the stack: as much as that takes. */
function burnForBytes(fuel: readonly number[], length: readonly number[]): readonly number[] {
  const rounds = [
    ...[Opcode.GLOBAL_GET, ...length, Opcode.I32_CONST, BYTES_SHIFT, Opcode.I32_SHR_U],
  ];
  return [
    ...[Opcode.GLOBAL_SET, ...length],
    ...[...rounds, Opcode.GLOBAL_GET, ...fuel, Opcode.I32_GE_U, Opcode.IF, EMPTY_BLOCK],
    ...[Opcode.I32_CONST, 0, Opcode.GLOBAL_SET, ...fuel, Opcode.UNREACHABLE, Opcode.END],
    ...[Opcode.GLOBAL_GET, ...fuel, ...rounds, Opcode.I32_SUB, Opcode.GLOBAL_SET, ...fuel],
    ...[Opcode.GLOBAL_GET, ...length],
  ];
}

interface Places {
  /** Where the bodies of loops begin. */
  readonly loops: readonly number[];
  /** Fills and copies. */
  readonly bulks: readonly number[];
}

const places = new WeakMap<WasmFile, Places>();

function placesOf(file: WasmFile): Places {
  const known = places.get(file);
  if (known !== undefined) return known;
  const all = file.functions.flatMap(({ codeAt, end }) => [
    ...instructionsOf(new ByteReader(file.bytes, codeAt, end)),
  ]);
  const isBulk = (opcode: number) => opcode === Opcode.MEMORY_FILL || opcode === Opcode.MEMORY_COPY;
  const found = {
    loops: all.filter(({ opcode }) => opcode === Opcode.LOOP).map((loop) => loop.end),
    bulks: all.filter(({ opcode }) => isBulk(opcode)).map((bulk) => bulk.at),
  };
  places.set(file, found);
  return found;
}

/** A module that notes by which mutants' places it comes. */
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
    const globals: NewGlobal[] = this.#names.map((name) => ({ name, isLong: false }));
    const patches = [...this.#flagOf].map(([at, flag]) => raise(at, flag, file.globalCount));
    this.bytes = file.patched(patches, globals);
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

function raise(at: number, flag: number, firstGlobal: number): Patch {
  const global = unsignedBytes(firstGlobal + (flag >>> 5));
  const bit = signedBytes(BigInt.asIntN(32, 1n << BigInt(flag & 31)));
  const bytes = [
    ...[Opcode.GLOBAL_GET, ...global, Opcode.I32_CONST, ...bit, Opcode.I32_OR],
    ...[Opcode.GLOBAL_SET, ...global],
  ];
  return { at, end: at, bytes };
}
