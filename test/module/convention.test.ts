import { describe, expect, it } from "vitest";
import { bindingText } from "../../src/module/load/binding.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { fileBeside, scriptModule } from "./planted.ts";

const PATIENCE_MS = 240_000;

const ALLOC = "(size: u32): usize { return heap.alloc(size); }";
const FREE = "(block: usize): void { heap.free(block); }";

/** Sources by what is exported, and what is to be made of them. */
const CONVENTIONS: Readonly<Record<string, readonly [source: string, found: string]>> = {
  c: [`export function malloc${ALLOC} export function free${FREE}`, "malloc/free (malloc free)"],
  underscored: [
    `export function _malloc${ALLOC} export function _free${FREE}`,
    "malloc/free (_malloc _free)",
  ],
  bindgen: [
    `export function __wbindgen_malloc(size: u32, align: u32): usize { return heap.alloc(size); }
     export function __wbindgen_free(p: usize, size: u32, align: u32): void { heap.free(p); }`,
    "wasm-bindgen (__wbindgen_malloc __wbindgen_free)",
  ],
  alone: [`export function malloc${ALLOC}`, "alloc without free (malloc)"],
  aligning: [
    `export function malloc${ALLOC} export function free${FREE}
     export function memalign(align: u32, size: u32): usize {
       return (heap.alloc(size + align) + align - 1) & -align;
     }`,
    "malloc/free (malloc free memalign)",
  ],
  numbered: [
    `export function __wbindgen_export_0(size: u32, align: u32): usize { return heap.alloc(size); }
     export function __wbindgen_export_1(a: usize, b: u32, c: u32, d: u32): usize { return a; }
     export function __wbindgen_export_2(block: usize, size: u32, align: u32): void { }`,
    "wasm-bindgen (__wbindgen_export_0 __wbindgen_export_2 __wbindgen_export_1), " +
      "an arena: its free does nothing",
  ],
  pair: [
    `export function wasm_alloc${ALLOC}
     export function wasm_dealloc(block: usize, size: u32): void { heap.free(block); }
     export function wasm_calloc(count: u32, size: u32): usize { return 0; }`,
    "alloc/free pair (wasm_alloc wasm_dealloc wasm_calloc)",
  ],
};

describe.each(Object.entries(CONVENTIONS))("the convention %s", (name, [source, found]) => {
  it("is recognised", { timeout: PATIENCE_MS }, () => {
    const { plan } = loadForeign({ target: scriptModule(name, source) });
    expect(bindingText(plan.binding)).toBe(found);
  });
});

it("the exports of AssemblyScript's own allocator are recognised", { timeout: PATIENCE_MS }, () => {
  const flags = ["--runtime", "incremental", "--exportRuntime"];
  const target = scriptModule("as", "export function f(): void {}", flags);
  expect(bindingText(loadForeign({ target }).plan.binding)).toBe(
    "AssemblyScript (__new __unpin __pin __collect)",
  );
});

it("a shortened export name is looked up in the glue", { timeout: PATIENCE_MS }, () => {
  const source = `export function a${ALLOC} export function b${FREE} export function c${ALLOC}`;
  const target = scriptModule("short", source);
  fileBeside("short.js", "var x = { y: 1 };\nvar _malloc = Module['_malloc'] = asm['c'];");
  expect(() => loadForeign({ target })).toThrow(/no allocator found .* it exports a b c/);
  fileBeside("short.js", "_malloc = (n) => (_malloc = wasmExports.c)(n); _free = asm['b'];");
  expect(bindingText(loadForeign({ target }).plan.binding)).toBe("emscripten (c b)");
});

it("an explicit mapping names exports that no convention knows", { timeout: PATIENCE_MS }, () => {
  const target = scriptModule("mapped", `export function q${ALLOC} export function r${FREE}`);
  const { plan } = loadForeign({ target, exports: "malloc=q,free=r,align=16" });
  expect([bindingText(plan.binding), plan.binding.alignment]).toEqual(["mapping (q r)", 16]);
  expect(() => loadForeign({ target, exports: "malloc=q,free=s" })).toThrow(
    "exports no s, which is to be its free",
  );
  expect(() => loadForeign({ target, exports: "malloc=q,free=memory" })).toThrow(
    "exports memory, its free, as a memory",
  );
});

describe("a module without a convention", () => {
  const header = [0, 0x61, 0x73, 0x6d];
  it.each([
    ["text", Buffer.from("hello, world"), "is no WebAssembly module"],
    ["component", Uint8Array.from([...header, 0x0d, 0, 1, 0]), "is a component"],
    ["empty", Uint8Array.from([...header, 1, 0, 0, 0]), "it exports no functions"],
    ["short", Uint8Array.from([...header, 1, 0, 0, 0, 1, 9]), "cannot be read"],
  ])("is refused in one sentence: a file that is %s", (name, bytes, words) => {
    const target = fileBeside(`bad-${name}.wasm`, bytes);
    expect(() => loadForeign({ target })).toThrow(words);
  });
});
