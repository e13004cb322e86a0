// A foreign module as it runs: its stores are watched if that was asked for, its memory has an end,
// and its loops take fuel.
import { Digest } from "../../base/hash.ts";
import { hex32 } from "../../base/hex.ts";
import { withCappedMemory } from "../../wasm/cap.ts";
import { withFuel } from "../../wasm/fuel.ts";
import { readModule, type WasmFile } from "../../wasm/wasm_file.ts";
import { withWatchedStores } from "../../wasm/watch.ts";
import { type ForeignPlan, pagesMaxOf } from "./plan.ts";

/** The code that is compiled; `path` is the module's file, for complaints. */
export function instrumented(file: WasmFile, path: string, isWatched: boolean): Uint8Array {
  const watched = isWatched ? readModule(withWatchedStores(file.bytes, path), path) : file;
  const capped = withCappedMemory(watched, pagesMaxOf);
  return withFuel(capped) ?? capped;
}

/**
 * Eight digits over the code that is compiled and the way it is called. What slabfuzz puts into a
 * module counts, since findings depend on it: on fuel, for one, by which loops without an end end.
 */
export function buildOfModule(code: Uint8Array, plan: ForeignPlan): string {
  return hex32(new Digest().bytes(code).text(JSON.stringify(plan)).low);
}
