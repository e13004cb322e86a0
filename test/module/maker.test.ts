// Modules whose allocator cannot be called: each is refused in one sentence that names the reason,
// and one that only looks like it is not.
import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { loadForeign } from "../../src/module/load/load.ts";
import { makerOf } from "../../src/module/load/maker.ts";
import { fileBeside } from "./planted.ts";

let count = 0;

/** The path of a module, from its text. */
function moduleOf(text: string): string {
  const module = binaryen.parseText(`(module ${text})`);
  module.setFeatures(binaryen.Features.All);
  binaryen.setDebugInfo(true);
  return fileBeside(`made-${count++}.wasm`, module.emitBinary());
}

const MEMORY = '(memory (export "memory") 2 64)';
const C = `(func (export "malloc") (param i32) (result i32) (i32.const 1024))
  (func (export "free") (param i32) (global.set $g (local.get 0)))
  (global $g (mut i32) (i32.const 0))`;

/** What is refused with which words, and what looks like it and is not. */
const LACKING: Readonly<Record<string, readonly [text: string, words: RegExp, twin: string]>> = {
  "a memory of 64 bits": [
    `(memory (export "memory") i64 2 0x1000000000)
     (func (export "malloc") (param i64) (result i64) (i64.const 1024))
     (func (export "free") (param i64))`,
    /^\S+: has a memory of 64 bits, slabfuzz calls allocators of 32 bits$/,
    `${MEMORY} ${C}`,
  ],
  "a malloc of 64 bits": [
    `${MEMORY} (func (export "malloc") (param i64) (result i64) (i64.const 1024))
     (func (export "free") (param i32))`,
    /it exports malloc as \(i64\) -> i64, slabfuzz calls functions of i32\)$/,
    `${MEMORY} ${C} (func (export "alloc") (param i64) (result i64) (i64.const 1024))`,
  ],
  "a heap of the GC proposal": [
    '(type $s (struct (field i32))) (func (export "f") (drop (struct.new $s (i32.const 1))))',
    /types of the GC proposal, as modules of Kotlin and Dart have, whose heap is not in memory/,
    `${MEMORY} ${C} (func (export "g") (param externref))`,
  ],
  Go: [
    `(import "gojs" "runtime.wasmExit" (func $x (param i32))) ${MEMORY}
     (func (export "run") (call $x (i32.const 0)))`,
    /it is a Go program, whose runtime keeps its allocator to itself\)$/,
    `(import "go" "walk" (func $x (param i32))) ${MEMORY} ${C}`,
  ],
  TinyGo: [
    `(import "gojs" "runtime.ticks" (func $x (result f64))) ${MEMORY}
     (func (export "go_scheduler") (drop (call $x)))`,
    /it is a TinyGo program, and exports no functions that call its allocator\)$/,
    `(import "env" "runtime_ticks" (func $x (result f64))) ${MEMORY} ${C}`,
  ],
  ".NET": [
    `(import "env" "mono_wasm_trace_logger" (func $x)) ${MEMORY} (func (export "f") (call $x))`,
    /it is the runtime of \.NET, and exports no malloc and free\)$/,
    `(import "env" "mono_channel" (func $x)) ${MEMORY} ${C}`,
  ],
  Zig: [
    `${MEMORY} (func $heap.WasmAllocator.alloc (export "f") (param i32) (result i32)
       (i32.const 0))`,
    /it is a Zig program, which has to export an alloc and a free that call its allocator/,
    `${MEMORY} ${C} (func $heapWasmAllocatorCount (export "f"))`,
  ],
};

describe.each(Object.entries(LACKING))(
  "a module with the marks of %s",
  (_, [text, words, twin]) => {
    it("is refused in one sentence that says what is missing", () => {
      expect(() => loadForeign({ target: moduleOf(text) })).toThrow(words);
    });

    it("is told from one that only looks like it", () => {
      const { plan, shape } = loadForeign({ target: moduleOf(twin) });
      expect([plan.binding.convention, makerOf(shape)]).toEqual(["malloc/free", undefined]);
    });
  },
);

it("a TinyGo program that exports malloc and free is judged, and named", () => {
  const ticks = '(import "gojs" "runtime.ticks" (func (result f64)))';
  const { plan, shape } = loadForeign({ target: moduleOf(`${ticks} ${MEMORY} ${C}`) });
  expect([plan.binding.convention, makerOf(shape)?.name]).toEqual(["malloc/free", "TinyGo"]);
});

describe("a module built with a sanitizer", () => {
  const withImport = (name: string) => moduleOf(`(import "env" "${name}" (func)) ${MEMORY} ${C}`);

  it.each(["_emscripten_sanitizer_use_colors", "__asan_init", "__ubsan_handle_add_overflow"])(
    "is left alone, and one sentence says so: it imports %s",
    (name) => {
      const target = withImport(name);
      expect(() => loadForeign({ target })).toThrow(/: is built with a sanitizer, .*left alone/);
      const { plan } = loadForeign({ target, exports: "malloc=malloc,free=free" });
      expect(plan.binding.convention).toBe("mapping");
    },
  );

  it.each(["sanitize_html", "asan", "lsannounce", "__em_sanitizer_"])(
    "is told from one that imports %s",
    (name) => {
      expect(loadForeign({ target: withImport(name) }).plan.binding.convention).toMatch(/malloc/);
    },
  );
});
