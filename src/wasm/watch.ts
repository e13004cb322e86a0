// Modules whose stores are watched: each one tells where it goes before it does. Binaryen puts the
// calls in; a target whose name begins with `watched:` gets them, and is many times slower.
//
//   i32.store offset=8 (address) (value)
//     →  i32.store offset=8 (call store_ptr (id, bytes, 8, address)) (call store_val_i32 ...)
import { UserError } from "../base/user_error.ts";
import { answerOf, binaryenUrl } from "./toolchain.ts";

export const WATCHED = "watched:";

/** Where the calls go. */
export const WATCH_MODULE = "env";
const STORE = "store_ptr";

/** Hears of each store: linear address, and bytes. */
export type StoreListener = (address: number, bytes: number) => void;

const INSTRUMENT = `
  const { url, bytes } = input;
  const { default: binaryen } = await import(url);
  const F = binaryen.Features;
  // Types of garbage collectors would be put into every module, and not every engine knows them.
  const features = [
    F.Atomics, F.BulkMemory, F.BulkMemoryOpt, F.CallIndirectOverlong, F.ExceptionHandling,
    F.ExtendedConst, F.Multivalue, F.MutableGlobals, F.NontrappingFPToInt, F.ReferenceTypes,
    F.SIMD128, F.SignExt, F.TailCall,
  ].reduce((all, one) => all | (one ?? 0), 0);
  const module = binaryen.readBinaryWithFeatures(bytes, features);
  binaryen.setPassArgument("instrument-memory", "store");
  module.runPasses(["instrument-memory"]);
  answer({ wasm: module.emitBinary() });
`;

/** The module, which calls before each store; `path` is named in messages. */
export function withWatchedStores(bytes: Uint8Array, path: string): Uint8Array {
  const { wasm, text } = answerOf(INSTRUMENT, { url: binaryenUrl(), bytes });
  if (wasm !== undefined) return wasm;
  throw new UserError(`${path}: its stores cannot be watched (${text?.split("\n")[0]})`);
}

/** What a watched module imports; `listener` hears of each store. */
export function watchImports(listener: StoreListener): WebAssembly.ModuleImports {
  const store = (_id: number, bytes: number, offset: number, address: number): number => {
    listener((address >>> 0) + (offset >>> 0), bytes);
    return address;
  };
  const same = (_id: number, value: unknown) => value;
  return {
    [STORE]: store,
    ...{ store_val_i32: same, store_val_i64: same, store_val_f32: same, store_val_f64: same },
    ...{ load_ptr: (_id: number, _bytes: number, _offset: number, address: number) => address },
    ...{ load_val_i32: same, load_val_i64: same, load_val_f32: same, load_val_f64: same },
    ...{ memory_grow_pre: same, memory_grow_post: same },
  };
}
