// A limit for growth: memory.grow answers -1 beyond it, and works as ever below it.
import { expect, it } from "vitest";
import { GROWTH_LIMIT, PAGES_LIMIT } from "../../src/wasm/growth.ts";
import { withProbes } from "../../src/wasm/probe.ts";
import { compileScript } from "../../src/wasm/toolchain.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";

const SOURCE = "export function grow(pages: i32): i32 { return memory.grow(pages); }";
const FLAGS = ["-O1", "--runtime", "stub", "--initialMemory", "1", "--maximumMemory", "100"];
const bytes = withProbes(new WasmFile(compileScript("grows", SOURCE, FLAGS)), [GROWTH_LIMIT]);

interface Grower {
  readonly grow: (pages: number) => number;
  readonly memory: WebAssembly.Memory;
  readonly [PAGES_LIMIT]: WebAssembly.Global;
}

function instance(): Grower {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), {}).exports as unknown as Grower;
}

it("a memory without a limit grows to the end that it declares", () => {
  const { grow } = instance();
  expect([grow(99), grow(1)]).toEqual([1, -1]);
});

it("a memory grows to its limit and no further, until the limit is lifted", () => {
  const { grow, memory, [PAGES_LIMIT]: limit } = instance();
  limit.value = 3;
  expect([grow(3), grow(2), grow(0), grow(1), grow(-1)]).toEqual([-1, 1, 3, -1, -1]);
  expect(memory.buffer.byteLength).toBe(3 * 65536);
  limit.value = 4;
  expect([grow(1), grow(1)]).toEqual([3, -1]);
});
