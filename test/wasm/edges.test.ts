// Counters of edges: how often each was come by, in classes.
import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { clearEdges, EdgeMap, EdgeReader, edgeClass } from "../../src/wasm/edges.ts";
import { withFuel } from "../../src/wasm/fuel.ts";
import { withProbes } from "../../src/wasm/probe.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";

/** Edges in their order: turn's beginning, its loop, its br_if; choose's beginning, then, else. */
const LOOP = `
  (func (export "turn") (param $left i32)
    (block $out
      (loop $again
        (br_if $out (i32.eqz (local.get $left)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $again))))
  (func (export "choose") (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.const 7)) (else (i32.const 9))))`;

/** Edges: the beginning, and a place for each of the three ways that lead on. */
const SWITCH = `
  (func (export "pick") (param i32) (result i32)
    (block $c (block $b (block $a (br_table $a $b $c (local.get 0)))
      (return (i32.const 1))) (return (i32.const 2))) (i32.const 3))`;

type Call = (value: number) => number;

class Counted {
  readonly exports: Record<string, unknown>;
  readonly #map: EdgeMap;
  readonly #reader: EdgeReader;

  constructor(functions: string) {
    const file = new WasmFile(binaryen.parseText(`(module ${functions})`).emitBinary());
    this.#map = new EdgeMap(file);
    this.#reader = new EdgeReader(this.#map.words);
    const code = withProbes(file, [this.#map.instrument]);
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
  }

  call(name: string, value: number): number {
    return (this.exports[name] as Call)(value);
  }

  get classes(): readonly number[] {
    const words = this.#reader.read(this.exports);
    return this.#map.edges.map((_, edge) => edgeClass(words, edge));
  }
}

describe("a module with counters", () => {
  it("answers as the module without them does", () => {
    const counted = new Counted(LOOP + SWITCH);
    expect([0, 1].map((value) => counted.call("choose", value))).toEqual([9, 7]);
    expect([0, 1, 2].map((value) => counted.call("pick", value))).toEqual([1, 2, 3]);
  });

  // A loop of n turns begins n + 1 times, and goes past its branch n times.
  it.each([
    [0, [1, 1, 0]],
    [1, [1, 2, 1]],
    [2, [1, 3, 2]],
    [3, [1, 4, 3]],
    [7, [1, 5, 4]],
    [15, [1, 6, 5]],
    [31, [1, 7, 6]],
    [127, [1, 8, 7]],
    [128, [1, 8, 8]],
    [100_000, [1, 8, 8]],
  ])("counts %i turns of a loop in the class that they fall into", (turns, classes) => {
    const counted = new Counted(LOOP);
    counted.call("turn", turns);
    expect(counted.classes).toEqual([...classes, 0, 0, 0]);
  });

  it("counts both ways of an if, and all ways of a br_table", () => {
    const counted = new Counted(LOOP);
    counted.call("choose", 1);
    expect(counted.classes).toEqual([0, 0, 0, 1, 1, 0]);
    counted.call("choose", 0);
    expect(counted.classes).toEqual([0, 0, 0, 2, 1, 1]);
    const picking = new Counted(SWITCH);
    const ways = [0, 1, 2].map((value) => {
      clearEdges(picking.exports);
      picking.call("pick", value);
      return picking.classes.join();
    });
    expect(new Set(ways).size).toBe(3);
  });

  it("begins anew when its counters are cleared", () => {
    const counted = new Counted(LOOP);
    counted.call("turn", 5);
    clearEdges(counted.exports);
    expect(counted.classes).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

it("the counters of an instance without edges read as none", () => {
  expect([...new EdgeReader(2).read({})]).toEqual([0, 0]);
});

it("counters stand beside fuel", () => {
  const file = new WasmFile(binaryen.parseText(`(module ${LOOP})`).emitBinary());
  const map = new EdgeMap(file);
  const code = withFuel(file.bytes, [map.instrument]) as Uint8Array<ArrayBuffer>;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  (exports["turn"] as Call)(5);
  const words = new EdgeReader(map.words).read(exports);
  expect(map.edges.map((_, edge) => edgeClass(words, edge))).toEqual([1, 4, 4, 0, 0, 0]);
});
