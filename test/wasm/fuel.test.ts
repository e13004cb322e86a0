// Fuel: a loop ends after as many turns as there are units, however the loop is written.
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
])("fuel for %s: a loop without an end makes as many turns as there are units", (_, probes) => {
  const { spin, turns, fuel } = fuelled(1000, ...probes);
  expect(spin).toThrow(WebAssembly.RuntimeError);
  expect([turns.value, fuel.value]).toEqual([1000, 0]);
});

it("a loop that ends keeps what it did not need", () => {
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

it("a module with an instruction that is not known here gets no fuel", () => {
  const unknown = bytes.slice();
  unknown[new WasmFile(bytes).functions[0].codeAt] = 0xff;
  expect(withFuel(unknown)).toBeUndefined();
});
