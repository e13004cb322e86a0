import { describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { bindingText } from "../../src/module/load/binding.ts";
import { loadForeign } from "../../src/module/load/load.ts";

const PATIENCE_MS = 240_000;
const CASES = 12;

/** Modules in common use, and how their allocators are called. */
const REAL: Readonly<Record<string, string>> = {
  "node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm":
    "wasm-bindgen (__wbindgen_malloc __wbindgen_free)",
  "web-tree-sitter": "emscripten (malloc free realloc calloc)",
  "@sqlite.org/sqlite-wasm": "emscripten (malloc free realloc)",
  tlsf: "mapping (alloc free realloc)",
  // Of emscripten 1.38: its glue keeps the end of the heap in memory, and shortens names.
  "argon2-browser": "emscripten (j i)",
  // A script carries it in base64.
  "node_modules/undici/lib/llhttp/llhttp-wasm.js": "wasi (malloc free)",
};

function engineFor(target: string, bugs: readonly ("none" | "double-free")[]): ForeignEngine {
  const { module, plan } = loadForeign({ target });
  const shape = { bugs, twins: false, sizes: undefined, opCountMax: 500 };
  return new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 3 } });
}

/** Verdicts and digests of the first cases. */
function play(engine: ForeignEngine, cases = CASES): string[] {
  return Array.from({ length: cases }, (_, number) => {
    engine.run(number);
    expect(engine.error).toBeUndefined();
    return `${engine.verdict} ${engine.signature.text} ${engine.digest}`;
  });
}

describe.each(Object.entries(REAL))("the real module %s", (target, binding) => {
  it("needs no explicit mapping of its exports", { timeout: PATIENCE_MS }, () => {
    expect(bindingText(loadForeign({ target }).plan.binding)).toBe(binding);
  });

  it("breaks no rule, in the same way each time", { timeout: PATIENCE_MS }, () => {
    const once = play(engineFor(target, ["none"]));
    expect(once.filter((line) => !line.startsWith("ok"))).toEqual([]);
    expect(play(engineFor(target, ["none"]))).toEqual(once);
  });

  it("gets no finding for a double free of the program", { timeout: PATIENCE_MS }, () => {
    const verdicts = play(engineFor(target, ["double-free"])).map((line) => line.split(" ")[0]);
    expect(verdicts).not.toContain("invariant");
    expect(verdicts.some((verdict) => verdict !== "ok")).toBe(true);
  });
});
