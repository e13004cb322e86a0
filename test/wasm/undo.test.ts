import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { SearchHeaps } from "../../src/search/search_heaps.ts";
import { CaseEngine } from "../../src/slub/engine.ts";
import { parseCore } from "../../src/slub/named_core.ts";
import { slubOptions } from "../../src/slub/options.ts";
import "../../src/targets/core_files.ts";
import { type UndoExports, undoable } from "../../src/wasm/undo.ts";

const OWN_BYTES = 65536;

/** A module with every kind of store, and two variables. */
const MODULE = `(module
  (memory (export "memory") 1)
  (global $short (export "short") (mut i32) (i32.const 7))
  (global $long (export "long") (mut i64) (i64.const 8))
  (func (export "put8") (param i32 i32) (i32.store8 offset=3 (local.get 0) (local.get 1)))
  (func (export "put16") (param i32 i32) (i32.store16 align=1 (local.get 0) (local.get 1)))
  (func (export "put32") (param i32 i32) (i32.store align=1 (local.get 0) (local.get 1)))
  (func (export "put64") (param i32 i32)
    (i64.store offset=61 align=1 (local.get 0) (i64.extend_i32_u (local.get 1))))
  (func (export "put128") (param i32 i32)
    (v128.store align=1 (local.get 0) (i32x4.splat (local.get 1))))
  (func (export "putlane") (param i32 i32)
    (v128.store32_lane align=1 2 (local.get 0) (i32x4.splat (local.get 1))))
  (func (export "fill") (param i32 i32)
    (memory.fill (local.get 0) (local.get 1) (i32.and (local.get 1) (i32.const 255))))
  (func (export "copy") (param i32 i32)
    (memory.copy (local.get 0) (i32.const 100) (i32.and (local.get 1) (i32.const 255))))
  (func (export "set") (param i32 i32)
    (global.set $short (local.get 0)) (global.set $long (i64.extend_i32_s (local.get 1))))
  (func (export "grow") (param i32 i32)
    (drop (memory.grow (i32.const 1)))
    (i32.store (local.get 0) (memory.size))))`;

type Stores = Record<string, (at: number, value: number) => void>;

interface Instance {
  readonly stores: Stores & UndoExports;
  readonly state: () => string;
}

function instanceOf(bytes: Uint8Array): Instance {
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  const exports = new WebAssembly.Instance(module).exports as Record<string, unknown>;
  const memory = exports["memory"] as WebAssembly.Memory;
  const globals = [exports["short"], exports["long"]] as WebAssembly.Global[];
  const own = new Uint8Array(memory.buffer, 0, OWN_BYTES);
  const state = () => `${Buffer.from(own).toString("latin1")} ${globals.map(({ value }) => value)}`;
  return { stores: exports as Instance["stores"], state };
}

function plainModule(): Uint8Array {
  const parsed = binaryen.parseText(MODULE);
  parsed.setFeatures(binaryen.Features.All);
  return parsed.emitBinary();
}

const NAMES = ["put8", "put16", "put32", "put64", "put128", "putlane", "fill", "copy", "set"];

/** Calls of stores at addresses drawn at random, many of them across the edge of a card. */
function scribble({ stores }: Instance, prng: Prng): void {
  for (let i = 0; i < 40; i++) {
    const name = NAMES[prng.below(NAMES.length)];
    stores[name](64 * prng.below(900) + prng.below(64), prng.below(1 << 30));
  }
}

function prngOf(stream: number): Prng {
  return new Prng({ high: 0, low: 5 }, stream);
}

describe("a module that can go back", () => {
  it("does the same as without", () => {
    const [plain, marked] = [plainModule(), undoable(plainModule())].map(instanceOf);
    for (const one of [plain, marked]) scribble(one, prngOf(1));
    expect(marked.state()).toBe(plain.state());
  });

  it("is again as it was at each mark, in whatever order they are gone back to", () => {
    const one = instanceOf(undoable(plainModule()));
    const states: string[] = [];
    for (let frame = 0; frame < 8; frame++) {
      scribble(one, prngOf(frame));
      states.push(one.state());
      one.stores.slabfuzz_mark(frame);
    }
    for (const frame of [7, 7, 4, 4, 1, 0]) {
      scribble(one, prngOf(frame + 20));
      expect(one.state()).not.toBe(states[frame]);
      one.stores.slabfuzz_back(frame);
      expect(one.state()).toBe(states[frame]);
    }
  });

  it("keeps the size of its memory, and traps where its own memory ends", () => {
    const { stores } = instanceOf(undoable(plainModule()));
    stores.grow(0, 0);
    expect(() => stores.put32(OWN_BYTES - 4, 1)).not.toThrow();
    for (const at of [OWN_BYTES - 3, OWN_BYTES, 4 * OWN_BYTES, -8]) {
      expect(() => stores.put32(at, 1)).toThrow(WebAssembly.RuntimeError);
    }
  });

  it("is refused where its memory is another module's", () => {
    const bytes = binaryen.parseText('(module (import "a" "b" (memory 1)))').emitBinary();
    expect(() => undoable(bytes)).toThrow(/no memory of its own/);
  });
});

describe("a core that can go back", () => {
  const options = slubOptions({ seed: 3n });

  it("answers every case as the core does", () => {
    const { heap } = new SearchHeaps(parseCore("slub"));
    const [own, plain] = [new CaseEngine(options, { heap }), new CaseEngine(options)];
    for (let i = 0; i < 60; i++) {
      for (const engine of [own, plain]) engine.run(i);
      expect([own.digestHigh, own.digestLow]).toEqual([plain.digestHigh, plain.digestLow]);
    }
  });

  it("has the memory of the mark again behind every case", () => {
    const { heap, undo } = new SearchHeaps(parseCore("slub"));
    const engine = new CaseEngine(options, { heap });
    const own = heap.views.u8.subarray(0, 384 * 65536);
    for (let i = 0; i < 6; i++) {
      const image = engine.generate(i);
      heap.load(image);
      heap.reset();
      undo.slabfuzz_forget();
      undo.slabfuzz_mark(0);
      const before = own.slice();
      heap.run(0, image.opCount);
      expect(Buffer.compare(own, before)).not.toBe(0);
      undo.slabfuzz_back(0);
      expect(Buffer.compare(own, before)).toBe(0);
    }
  });
});
