// A bound for loops. Each turn of each loop of a module takes one unit of fuel, and without fuel it
// traps: a loop without an end ends after the same number of turns on every machine, can be shrunk
// like any other finding, and costs no thread. An instruction that works for long takes fuel by its
// length. Modules with instructions that are not known here run as they are; the watchdog remains
// for those, and for recursion.
//
//   loop T   →   loop T   fuel == 0 ? unreachable   fuel := fuel - 1
import { unlessRefused } from "../base/user_error.ts";
import { Opcode } from "./instruction.ts";
import { workPlacesOf } from "./places.ts";
import type { Instrument } from "./probe.ts";
import { getGlobal, insertedAt, pushI32, setGlobal, when, withProbes } from "./probe.ts";
import { WasmFile } from "./wasm_file.ts";

/** The export that holds what is left. */
export const FUEL = "slabfuzz.fuel";

/** So many turns look as if there were no end. */
export const FUEL_SEEMING = 32_000_000;

/**
 * Turns between two refills: sixteen times as many, since a collector that marks and sweeps a large
 * heap is slow, and not at fault.
 */
export const FUEL_FULL = 16 * FUEL_SEEMING;

/** Enough for a shrinker, which knows of a loop without an end and tries a lot. */
export const FUEL_SHORT = 1_000_000;

/** log2 of the bytes that are filled or copied while a loop makes one turn. */
const BYTES_SHIFT = 6;
/** The same where there is so much fuel that all of it would be hours of filling. */
const BYTES_SHIFT_FULL = 3;
/** The same of the elements of a table, which are pointers with a barrier. */
const ELEMENTS_SHIFT = 2;
/** Instructions with a length on top of the stack, and how much of it takes one unit. */
const SHIFTS: Readonly<Record<number, number>> = {
  [Opcode.MEMORY_INIT]: BYTES_SHIFT,
  [Opcode.MEMORY_COPY]: BYTES_SHIFT,
  [Opcode.MEMORY_FILL]: BYTES_SHIFT,
  [Opcode.TABLE_INIT]: ELEMENTS_SHIFT,
  [Opcode.TABLE_COPY]: ELEMENTS_SHIFT,
  [Opcode.TABLE_FILL]: ELEMENTS_SHIFT,
};
/** Asking for memory takes the engine a microsecond or more, whether or not there is any. */
const GROW_UNITS = 1024;

/**
 * The module with fuel for its loops, and for long instructions unless their lengths have 64 bits,
 * and with further probes; undefined where it cannot be given any.
 */
export function withFuel(
  bytes: Uint8Array,
  probes: readonly Instrument[] = [],
  full = FUEL_FULL,
): Uint8Array | undefined {
  return unlessRefused(() => {
    const file = new WasmFile(bytes);
    for (const fuel of [workFuel(BYTES_SHIFT_FULL), LOOP_FUEL]) {
      const fuelled = withProbes(file, [filledWith(fuel, full), ...probes]);
      if (WebAssembly.validate(fuelled)) return fuelled;
    }
    return undefined;
  });
}

/** The same with another amount to begin with. */
function filledWith({ globals: [fuel, ...others], patches }: Instrument, full: number): Instrument {
  return { globals: [{ ...fuel, initial: full }, ...others], patches };
}

/** Turns of loops take fuel. */
export const LOOP_FUEL: Instrument = {
  // A start function runs before it can be refilled.
  globals: [{ name: FUEL, isLong: false, initial: FUEL_FULL }],
  patches: (file, fuel) => {
    const code = takeUnits(fuel, 1);
    return workPlacesOf(file).loops.map((at) => insertedAt(at, code));
  },
};

/** Turns of loops take fuel, and so do instructions that work for long. */
export const WORK_FUEL = workFuel(BYTES_SHIFT);

function workFuel(bytesShift: number): Instrument {
  const less = BYTES_SHIFT - bytesShift;
  return {
    globals: [...LOOP_FUEL.globals, { name: `${FUEL}.length`, isLong: false }],
    patches: (file, fuel) => [
      ...LOOP_FUEL.patches(file, fuel),
      ...workPlacesOf(file).bulks.flatMap(({ at, opcode }) => {
        if (!(opcode in SHIFTS)) return [];
        const shift = Math.max(0, SHIFTS[opcode] - less);
        return [insertedAt(at, takeForLength(fuel, fuel + 1, shift))];
      }),
      ...workPlacesOf(file).grows.map((at) => insertedAt(at, takeUnits(fuel, GROW_UNITS))),
    ],
  };
}

/** Takes so many units; traps, with no fuel left, where there are fewer. */
function takeUnits(fuel: number, units: number): readonly number[] {
  return [
    ...[...getGlobal(fuel), ...pushI32(units), Opcode.I32_LT_U, ...when(giveUp(fuel))],
    ...[...getGlobal(fuel), ...pushI32(units), Opcode.I32_SUB, ...setGlobal(fuel)],
  ];
}

/** With a length on top of the stack: takes as much as that is worth. */
function takeForLength(fuel: number, length: number, shift: number): readonly number[] {
  const worth = [...getGlobal(length), ...pushI32(shift), Opcode.I32_SHR_U];
  return [
    ...[...setGlobal(length), ...worth, ...getGlobal(fuel), Opcode.I32_GE_U, ...when(giveUp(fuel))],
    ...[...getGlobal(fuel), ...worth, Opcode.I32_SUB, ...setGlobal(fuel), ...getGlobal(length)],
  ];
}

function giveUp(fuel: number): readonly number[] {
  return [...pushI32(0), ...setGlobal(fuel), Opcode.UNREACHABLE];
}
