// Flags that code raises when places are come by, and that stay up until they are taken down: bits
// of exported globals, so that the module's memory stays as it is.
import { Opcode } from "./instruction.ts";
import { getGlobal, type Instrument, insertedAt, pushI32, setGlobal } from "./probe.ts";
import type { Patch } from "./rewrite.ts";

const FLAGS = "slabfuzz_flags";
const FLAGS_A_GLOBAL = 32;

/** A place in a module's code, and the number of the flag that it raises. */
export interface FlaggedPlace {
  readonly at: number;
  readonly flag: number;
}

/** Globals that so many flags need. */
export function globalsOfFlags(flags: number): number {
  return Math.ceil(flags / FLAGS_A_GLOBAL);
}

/** Has a module raise flags. */
export function flagRaiser(places: readonly FlaggedPlace[], globals: number): Instrument {
  return {
    globals: namesOf(globals).map((name) => ({ name, isLong: false })),
    patches: (_, first) => places.map((place) => raised(place, first)),
  };
}

/** Takes the flags of an instance down; returns those that were up. */
export function takeFlags(exports: Readonly<Record<string, unknown>>, globals: number) {
  return Uint32Array.from(namesOf(globals), (name) => {
    const global = exports[name] as WebAssembly.Global;
    const flags = global.value as number;
    if (flags !== 0) global.value = 0;
    return flags;
  });
}

/** Whether a flag is among those that were up. */
export function isUp(flags: Uint32Array, flag: number): boolean {
  return (flags[flag >>> 5] & (1 << (flag & 31))) !== 0;
}

/** Flags that are up in one reading or the other; a reading may be of no flags at all. */
export function eitherOf(one: Uint32Array, other: Uint32Array): Uint32Array {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long.map((flags, i) => flags | (short[i] ?? 0));
}

function namesOf(globals: number): readonly string[] {
  return Array.from({ length: globals }, (_, i) => `${FLAGS}_${i}`);
}

function raised({ at, flag }: FlaggedPlace, first: number): Patch {
  const global = first + (flag >>> 5);
  const raise = [...getGlobal(global), ...pushI32(1 << (flag & 31)), Opcode.I32_OR];
  return insertedAt(at, [...raise, ...setGlobal(global)]);
}
