import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { functionsReachedFrom } from "../../src/wasm/call_graph.ts";
import { Disassembly } from "../../src/wasm/disassembly.ts";
import { instructionsOf } from "../../src/wasm/instruction.ts";
import { ByteReader } from "../../src/wasm/leb128.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";
import { scriptModule } from "../module/planted.ts";

// What calls itself is not inlined.
const SOURCE = `
  function deep(n: u32): u32 { return n < 2 ? 1 : deep(n - 1) + deep(n - 2); }
  function wide(n: u64): u64 { return n < 2 ? 1 : wide(n - 1) + wide(n - 2); }
  let call: (n: u32) => u32 = deep;
  let other: (n: u64) => u64 = wide;
  export function direct(n: u32): u32 { return deep(n); }
  export function byTable(n: u32): u32 { return call(n); }
  export function swap(): void { call = direct; other = wide; }
  export function wideByTable(n: u64): u64 { return other(n); }
`;
const file = new WasmFile(readFileSync(scriptModule("calls", SOURCE, ["--debug"])));
const names = file.functionNames();

function reachedFrom(name: string): readonly string[] {
  const reached = functionsReachedFrom(file, [file.indexOfFunction(name)!]);
  return [...reached].map((index) => (names.get(index) ?? "").replace(/^.*\//, "")).sort();
}

it("a function reaches what it calls", () => {
  expect(reachedFrom("direct")).toEqual(["deep", "direct"]);
});

it("a call through a table reaches the functions of its type, and no others", () => {
  expect(reachedFrom("byTable")).toEqual(["byTable", "deep", "direct"]);
  expect(reachedFrom("wideByTable")).toEqual(["wide", "wideByTable"]);
});

it("a module's text has a line for each instruction, which its place finds", () => {
  const index = file.indexOfFunction("direct")!;
  const text = new Disassembly(file, "calls.wat", new Set([index]));
  const { codeAt, end } = file.functions.find((body) => body.index === index)!;
  const code = [...instructionsOf(new ByteReader(file.bytes, codeAt, end))];
  const lines = code.map(({ at }) => text.locate(at)!.line);
  expect(lines).toEqual(code.map((_, i) => i + 2));
  const found = text
    .linesOf("calls.wat")
    .slice(1)
    .map((line) => line.trim());
  expect(found).toEqual(["local.get 0", expect.stringMatching(/^call \$.*deep$/), ")"]);
  expect(text.locate(0)).toBeUndefined();
});
