// A bound for loops. Each turn of each loop of a module takes one unit of fuel, and without fuel it
// traps: a loop without an end ends after the same number of turns on every machine, can be shrunk
// like any other finding, and costs no thread. Modules with instructions that are not known here
// run as they are; the watchdog remains for those.
//
//   loop T   →   loop T   fuel == 0 ? unreachable   fuel := fuel - 1
import { unlessRefused } from "../base/user_error.ts";
import { instructionsOf, isBulk, Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import type { Instrument } from "./probe.ts";
import { getGlobal, insertedAt, pushI32, setGlobal, when, withProbes } from "./probe.ts";
import { WasmFile } from "./wasm_file.ts";

/** The export that holds what is left. */
export const FUEL = "slabfuzz.fuel";

/** Turns between two refills: more than it takes to copy all of memory byte by byte. */
export const FUEL_FULL = 64_000_000;

/** Enough for a shrinker, who knows that there is a loop without an end and tries a lot. */
export const FUEL_SHORT = 1_000_000;

/** log2 of the bytes of memory.fill and memory.copy that take as much as one turn of a loop. */
const BYTES_SHIFT = 6;

/** The module with fuel for its loops, undefined where it cannot be given any. */
export function withFuel(bytes: Uint8Array): Uint8Array | undefined {
  const fuelled = unlessRefused(() => withProbes(new WasmFile(bytes), [LOOP_FUEL]));
  return fuelled !== undefined && WebAssembly.validate(fuelled) ? fuelled : undefined;
}

/** Turns of loops take fuel. */
export const LOOP_FUEL: Instrument = {
  globals: [{ name: FUEL, isLong: false }],
  patches: (file, fuel) => placesOf(file).loops.map((at) => insertedAt(at, takeOne(fuel))),
};

/** Turns of loops take fuel, and so do fills and copies, by their lengths. */
export const WORK_FUEL: Instrument = {
  globals: [...LOOP_FUEL.globals, { name: `${FUEL}.length`, isLong: false }],
  patches: (file, fuel) => [
    ...LOOP_FUEL.patches(file, fuel),
    ...placesOf(file).bulks.map((at) => insertedAt(at, takeForBytes(fuel, fuel + 1))),
  ],
};

/** At the beginning of a loop's body: takes one unit. */
function takeOne(fuel: number): readonly number[] {
  return [
    ...[...getGlobal(fuel), Opcode.I32_EQZ, ...when([Opcode.UNREACHABLE])],
    ...[...getGlobal(fuel), ...pushI32(1), Opcode.I32_SUB, ...setGlobal(fuel)],
  ];
}

/** Before a fill or a copy, whose length is on top of the stack: takes as much as that is worth. */
function takeForBytes(fuel: number, length: number): readonly number[] {
  const worth = [...getGlobal(length), ...pushI32(BYTES_SHIFT), Opcode.I32_SHR_U];
  const giveUp = [...pushI32(0), ...setGlobal(fuel), Opcode.UNREACHABLE];
  return [
    ...[...setGlobal(length), ...worth, ...getGlobal(fuel), Opcode.I32_GE_U, ...when(giveUp)],
    ...[...getGlobal(fuel), ...worth, Opcode.I32_SUB, ...setGlobal(fuel), ...getGlobal(length)],
  ];
}

interface Places {
  /** Where the bodies of loops begin. */
  readonly loops: readonly number[];
  /** Fills and copies. */
  readonly bulks: readonly number[];
}

/** Whoever mutates a module puts fuel into thousands of copies of it. */
const knownPlaces = new WeakMap<WasmFile, Places>();

function placesOf(file: WasmFile): Places {
  const places = knownPlaces.get(file) ?? findPlaces(file);
  knownPlaces.set(file, places);
  return places;
}

function findPlaces({ bytes, functions }: WasmFile): Places {
  const loops: number[] = [];
  const bulks: number[] = [];
  for (const { codeAt: first, end: last } of functions) {
    for (const { opcode, at, end } of instructionsOf(new ByteReader(bytes, first, last))) {
      if (opcode === Opcode.LOOP) loops.push(end);
      else if (isBulk(opcode)) bulks.push(at);
    }
  }
  return { loops, bulks };
}
