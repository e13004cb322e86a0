// Fuel: a loop ends after as many turns as there are units, however the loop is written.
import binaryen from "binaryen";
import { expect, it } from "vitest";
import { FUEL, LOOP_FUEL, WORK_FUEL, withFuel } from "../../src/wasm/fuel.ts";
import { METER } from "../../src/wasm/meter.ts";
import { type Instrument, withProbes } from "../../src/wasm/probe.ts";
import { compileScript } from "../../src/wasm/toolchain.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";

const SOURCE = `
  export let turns: i32 = 0;
  export function spin(): void { while (true) turns++; }
  export function count(end: i32): void { for (let i = 0; i < end; i++) turns++; }
  export function fill(bytes: i32): void { memory.fill(64, 0, bytes); turns++; }
`;
const bytes = compileScript("loops", SOURCE, ["-O1", "--runtime", "stub", "--initialMemory", "1"]);

interface Loops {
  readonly turns: WebAssembly.Global;
  readonly fuel: WebAssembly.Global;
  readonly spin: () => void;
  readonly count: (end: number) => void;
  readonly fill: (bytes: number) => void;
}

function instanceOf(code: Uint8Array<ArrayBuffer>, fuel: number): Loops {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {});
  const loops = { ...exports, fuel: exports[FUEL] } as unknown as Loops;
  loops.fuel.value = fuel;
  return loops;
}

function fuelled(fuel: number, ...probes: readonly Instrument[]): Loops {
  return instanceOf(withProbes(new WasmFile(bytes), probes), fuel);
}

it.each([
  ["loops", [LOOP_FUEL]],
  ["all work", [WORK_FUEL]],
  ["all work, with counters beside it", [METER, WORK_FUEL]],
])("an endless loop makes as many turns as its units of fuel: fuel for %s", (_, probes) => {
  const { spin, turns, fuel } = fuelled(1000, ...probes);
  expect(spin).toThrow(WebAssembly.RuntimeError);
  expect([turns.value, fuel.value]).toEqual([1000, 0]);
});

it("a loop that ends keeps the fuel that it did not need", () => {
  const { count, turns, fuel } = instanceOf(withFuel(bytes) as Uint8Array<ArrayBuffer>, 1000);
  count(400);
  // One turn more asks whether there is another one, and leaves.
  expect([turns.value, fuel.value]).toEqual([400, 599]);
});

it("a fill takes fuel by its length where all work does", () => {
  const { fill, turns, fuel } = fuelled(100, WORK_FUEL);
  fill(64 * 30);
  expect([turns.value, fuel.value]).toEqual([1, 70]);
  expect(() => fill(64 * 70)).toThrow(WebAssembly.RuntimeError);
  expect([turns.value, fuel.value]).toEqual([1, 0]);
});

it("a fill takes no fuel where only loops do", () => {
  const { fill, fuel } = fuelled(100, LOOP_FUEL);
  fill(64 * 70);
  expect(fuel.value).toBe(100);
});

/** A module of text; its `run` does what stands in the loop, for ever. */
function endless(instruction: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(`(module
    (memory (export "memory") 256 256) (data $d "0123456789abcdef")
    (global $g (export "turns") (mut i32) (i32.const 0))
    (table $t 100000 100000 funcref) (elem $e func 0)
    (func (export "run") (param $n i32) (loop $l
      ${instruction}
      (global.set $g (i32.add (global.get $g) (i32.const 1))) (br $l))))`);
  module.setFeatures(binaryen.Features.All);
  return new Uint8Array(module.emitBinary());
}

it.each([
  ["memory.fill", "(memory.fill (i32.const 0) (i32.const 1) (local.get $n))", 80_000, 10_000],
  ["memory.copy", "(memory.copy (i32.const 0) (i32.const 9) (local.get $n))", 40_000, 5_000],
  ["memory.init", "(memory.init $d (i32.const 0) (i32.const 0) (local.get $n))", 16, 2],
  ["memory.grow", "(drop (memory.grow (i32.const 0)))", 0, 1024],
  ["table.copy", "(table.copy (i32.const 0) (i32.const 0) (local.get $n))", 100_000, 100_000],
  ["table.init", "(table.init $e (i32.const 0) (i32.const 0) (local.get $n))", 1, 1],
])(
  "a loop over %s ends after the turns that its work is worth",
  (_, instruction, length, worth) => {
    const code = withFuel(endless(instruction)) as Uint8Array<ArrayBuffer>;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {});
    const fuel = exports[FUEL] as WebAssembly.Global;
    fuel.value = 1_000_000;
    expect(() => (exports["run"] as (n: number) => void)(length)).toThrow(WebAssembly.RuntimeError);
    expect(fuel.value).toBe(0);
    const turns = (exports["turns"] as WebAssembly.Global).value;
    expect(Math.abs(turns - 1_000_000 / (worth + 1))).toBeLessThanOrEqual(1);
  },
);

/** A module whose start function makes so many turns of a loop. */
function starting(turns: number): WebAssembly.Module {
  const module = binaryen.parseText(`(module (global $g (export "turns") (mut i32) (i32.const 0))
    (start $s) (func $s (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (br_if $l (i32.lt_u (global.get $g) (i32.const ${turns}))))))`);
  return new WebAssembly.Module(withFuel(module.emitBinary()) as Uint8Array<ArrayBuffer>);
}

it("a start function has fuel before the first refill, and no more than other functions", () => {
  const { exports } = new WebAssembly.Instance(starting(1000), {});
  expect((exports["turns"] as WebAssembly.Global).value).toBe(1000);
  expect(() => new WebAssembly.Instance(starting(-1), {})).toThrow(WebAssembly.RuntimeError);
});

it("a module without globals gets its first one, and keeps its bytes without new globals", () => {
  const wat = '(module (memory 1) (func (export "spin") (loop $on (br $on))))';
  const plain = Uint8Array.from(binaryen.parseText(wat).emitBinary());
  const { spin, fuel } = instanceOf(withFuel(plain) as Uint8Array<ArrayBuffer>, 1000);
  expect(spin).toThrow(WebAssembly.RuntimeError);
  expect(fuel.value).toBe(0);
  expect(withProbes(new WasmFile(plain), [])).toEqual(plain);
});

it("a module with an unknown instruction gets no fuel", () => {
  const unknown = bytes.slice();
  unknown[new WasmFile(bytes).functions[0].codeAt] = 0xff;
  expect(withFuel(unknown)).toBeUndefined();
});
