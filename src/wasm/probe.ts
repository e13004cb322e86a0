// Code that is put into a module beside its own, and the globals that it works with. What counts
// or bounds the work of a module is made of such probes: fuel, the meter, marks of reached places.
import { Opcode } from "./instruction.ts";
import { signedBytes, unsignedBytes } from "./leb128.ts";
import { type NewFunction, type NewGlobal, type Patch, patched } from "./rewrite.ts";
import type { WasmFile } from "./wasm_file.ts";

export interface Instrument {
  readonly globals: readonly NewGlobal[];
  /** The code; its globals have the numbers from `first` on. */
  readonly patches: (file: WasmFile, first: number) => readonly Patch[];
  /** Functions behind those of the module, which work with the same globals. */
  readonly functions?: (file: WasmFile, first: number) => readonly NewFunction[];
}

/** The module with probes. Where two have code for the same place, the first one's runs first. */
export function withProbes(file: WasmFile, probes: readonly Instrument[]): Uint8Array<ArrayBuffer> {
  let next = file.globalCount;
  const placed = probes.map((probe) => {
    const first = next;
    next += probe.globals.length;
    return { probe, first };
  });
  const patches = placed.flatMap(({ probe, first }) => probe.patches(file, first));
  const functions = placed.flatMap(({ probe, first }) => probe.functions?.(file, first) ?? []);
  return patched(file, patches, { globals: probes.flatMap(({ globals }) => globals), functions });
}

/** Changes of the module's own code, as a probe without globals. */
export function changes(patches: readonly Patch[]): Instrument {
  return { globals: [], patches: () => patches };
}

/** Code that runs when a place is come by. */
export function insertedAt(at: number, bytes: readonly number[]): Patch {
  return { at, end: at, bytes };
}

/** Pushes a global. */
export function getGlobal(global: number): readonly number[] {
  return [Opcode.GLOBAL_GET, ...unsignedBytes(global)];
}

/** Pops a global. */
export function setGlobal(global: number): readonly number[] {
  return [Opcode.GLOBAL_SET, ...unsignedBytes(global)];
}

/** Pushes a number of 32 bits. */
export function pushI32(value: number): readonly number[] {
  return [Opcode.I32_CONST, ...signedBytes(BigInt(value))];
}

/** Pushes a number of 64 bits. */
export function pushI64(value: number): readonly number[] {
  return [Opcode.I64_CONST, ...signedBytes(BigInt(value))];
}

const NO_RESULT = 0x40;

/** Pops a condition, and runs code where it holds. */
export function when(code: readonly number[]): readonly number[] {
  return [Opcode.IF, NO_RESULT, ...code, Opcode.END];
}
