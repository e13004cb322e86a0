// The reader of modules, held against V8: what it copies is accepted, and does what it did.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CoreKind, pathOfCore } from "../../src/slub/core/load.ts";
import { instructionsOf, Opcode } from "../../src/wasm/instruction.ts";
import { ByteReader } from "../../src/wasm/leb128.ts";
import { patched } from "../../src/wasm/rewrite.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";
import { codeOf, namedCore } from "../helper/named_core.ts";

const KINDS: readonly CoreKind[] = ["release", "canary", "mutable"];

describe.each(KINDS)("the %s build", (kind) => {
  const file = new WasmFile(readFileSync(pathOfCore(kind)));

  it("is copied byte for byte where nothing is changed", () => {
    expect(Buffer.compare(patched(file, []), file.bytes)).toBe(0);
  });

  it("has bodies that end with the instruction end", () => {
    for (const { codeAt, end } of file.functions) {
      const code = [...instructionsOf(new ByteReader(file.bytes, codeAt, end))];
      expect(code.at(-1)).toMatchObject({ opcode: Opcode.END, end });
    }
  });

  it("stays valid with nothing put in everywhere", () => {
    const nop = [0x01];
    const patches = file.functions.flatMap(({ codeAt, end }) =>
      [...instructionsOf(new ByteReader(file.bytes, codeAt, end))].map(({ at }) => ({
        at,
        end: at,
        bytes: nop,
      })),
    );
    const copy = patched(file, patches);
    expect(copy.length).toBeGreaterThan(file.bytes.length + patches.length - 1);
    expect(WebAssembly.validate(copy)).toBe(true);
  });
});

it("knows functions by name, and their types", () => {
  const file = namedCore();
  const at = codeOf(file, "slab_free");
  const { index } = file.functions.find(({ codeAt }) => codeAt === at)!;
  expect(file.typeOfFunction(index)).toEqual({
    params: ["i32", "i64", "i64", "i64", "i32"],
    results: [],
  });
});

it("adds globals that the host can set", () => {
  const bytes = patched(
    namedCore(),
    [],
    [
      { name: "short", isLong: false },
      { name: "long", isLong: true },
    ],
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  const [short, long] = [exports["short"], exports["long"]] as WebAssembly.Global[];
  expect([short.value, long.value]).toEqual([0, 0n]);
  long.value = 7n;
  expect(long.value).toBe(7n);
});

it("refuses what is no module, and what ends too early", () => {
  expect(() => new WasmFile(Uint8Array.of(1, 2, 3))).toThrow("no WebAssembly");
  const { bytes } = namedCore();
  expect(() => new WasmFile(bytes.subarray(0, 1000))).toThrow("ends in the middle");
});
