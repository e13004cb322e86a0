// Modules in common use, and cases that are played on them.
import { expect } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";

/** Modules in common use, and how their allocators are called. */
export const REAL: Readonly<Record<string, string>> = {
  "node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm":
    "wasm-bindgen (__wbindgen_malloc __wbindgen_free)",
  "web-tree-sitter": "emscripten (malloc free realloc calloc)",
  "@sqlite.org/sqlite-wasm": "emscripten (malloc free realloc)",
  tlsf: "mapping (alloc free realloc)",
  // Of emscripten 1.38: its glue keeps the end of the heap in memory, and shortens names.
  "argon2-browser": "emscripten (j i)",
  // Of emscripten 2 with embind: constructors run first.
  "vscode-oniguruma": "emscripten (malloc free)",
  // A script carries it in base64.
  "node_modules/undici/lib/llhttp/llhttp-wasm.js": "wasi (malloc free)",
};

export function engineFor(
  target: string,
  bugs: readonly ("none" | "double-free")[],
  exports?: string,
): ForeignEngine {
  const { module, plan } = loadForeign({ target, exports });
  const shape = { bugs, twins: false, sizes: undefined, opCountMax: 500 };
  return new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 3 } });
}

/** Verdicts and digests of the first cases. */
export function play(engine: ForeignEngine, cases: number): string[] {
  return Array.from({ length: cases }, (_, number) => {
    engine.run(number);
    expect(engine.error).toBeUndefined();
    return `${engine.verdict} ${engine.signature.text} ${engine.digest}`;
  });
}
