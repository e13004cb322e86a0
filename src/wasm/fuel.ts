// A bound for loops. Each turn of each loop of a module takes one unit of fuel, and without fuel it
// traps: a loop without an end ends after the same number of turns on every machine, can be shrunk
// like any other finding, and costs no thread. Modules with instructions that are not known here
// run as they are; the watchdog remains for those.
//
//   loop T   →   loop T   fuel == 0 ? unreachable   fuel := fuel - 1
import { UserError } from "../base/user_error.ts";
import { instructionsOf, Opcode } from "./instruction.ts";
import { ByteReader, signedBytes, unsignedBytes } from "./leb128.ts";
import { type Patch, WasmFile } from "./wasm_file.ts";

/** The export that holds what is left. */
export const FUEL = "slabfuzz.fuel";

/** Turns between two refills: more than it takes to copy all of memory byte by byte. */
export const FUEL_FULL = 64_000_000;

/** Enough for a shrinker, who knows that there is a loop without an end and tries a lot. */
export const FUEL_SHORT = 1_000_000;

const VOID = 0x40;

/** The module with fuel, undefined where it cannot be given any. */
export function withFuel(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const file = new WasmFile(bytes);
    const turn = turnBytes(file.globalCount);
    const patches = file.functions.flatMap(({ codeAt, end }) => {
      return [...loopsIn(bytes, codeAt, end)].map((at): Patch => ({ at, end: at, bytes: turn }));
    });
    const fuelled = file.patched(patches, [{ name: FUEL, isLong: false }]);
    return WebAssembly.validate(fuelled) ? fuelled : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Where the bodies of loops begin. */
function* loopsIn(bytes: Uint8Array, from: number, end: number): Generator<number> {
  for (const { opcode, end: after } of instructionsOf(new ByteReader(bytes, from, end))) {
    if (opcode === Opcode.LOOP) yield after;
  }
}

function turnBytes(global: number): number[] {
  const index = unsignedBytes(global);
  return [
    ...[Opcode.GLOBAL_GET, ...index, Opcode.I32_EQZ],
    ...[Opcode.IF, VOID, Opcode.UNREACHABLE, Opcode.END],
    ...[Opcode.GLOBAL_GET, ...index, Opcode.I32_CONST, ...signedBytes(1n), Opcode.I32_SUB],
    ...[Opcode.GLOBAL_SET, ...index],
  ];
}
