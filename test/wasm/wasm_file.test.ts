// The reader of modules, held against V8: what it copies is accepted, and does what it did.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CoreKind } from "../../src/slub/core/load.ts";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { withCappedMemory } from "../../src/wasm/cap.ts";
import { instructionsOf, Opcode } from "../../src/wasm/instruction.ts";
import { ByteReader } from "../../src/wasm/leb128.ts";
import { patched } from "../../src/wasm/rewrite.ts";
import { readModule, WasmFile } from "../../src/wasm/wasm_file.ts";
import { codeOf, namedCore } from "../helper/named_core.ts";

const ENTITY_KINDS: readonly CoreKind[] = ["release", "canary", "mutable"];

describe.each(ENTITY_KINDS)("the %s build", (kind) => {
  const file = new WasmFile(readFileSync(pathOfCore(kind)));

  it("is copied byte for byte where no change is made", () => {
    expect(Buffer.compare(patched(file, []), file.bytes)).toBe(0);
  });

  it("has bodies that end with the instruction end", () => {
    for (const { codeAt, end } of file.functions) {
      const code = [...instructionsOf(new ByteReader(file.bytes, codeAt, end))];
      expect(code.at(-1)).toMatchObject({ opcode: Opcode.END, end });
    }
  });

  it("stays valid with an empty insertion at every place", () => {
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

it("the functions of a module have names and types", () => {
  const file = namedCore();
  const at = codeOf(file, "slab_free");
  const { index } = file.functions.find(({ codeAt }) => codeAt === at)!;
  expect(file.typeOfFunction(index)).toEqual({
    params: ["i32", "i64", "i64", "i64", "i32"],
    results: [],
  });
});

it("a module gets globals that the host can set", () => {
  const globals = [
    { name: "short", isLong: false },
    { name: "long", isLong: true },
  ];
  const bytes = patched(namedCore(), [], { globals });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  const [short, long] = [exports["short"], exports["long"]] as WebAssembly.Global[];
  expect([short.value, long.value]).toEqual([0, 0n]);
  long.value = 7n;
  expect(long.value).toBe(7n);
});

it("a file that is no module or that ends too early is refused", () => {
  expect(() => new WasmFile(Uint8Array.of(1, 2, 3))).toThrow("no WebAssembly");
  const { bytes } = namedCore();
  expect(() => new WasmFile(bytes.subarray(0, 1000))).toThrow("ends in the middle");
});

describe("a module written by hand", () => {
  /** A section: its number, and its contents, whose length is less than 128. */
  const section = (id: number, ...contents: number[]) => [id, contents.length, ...contents];
  const text = (word: string) => [word.length, ...Buffer.from(word)];
  const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const PARTS = {
    types: section(1, 1, 0x60, 2, 0x7f, 0x7e, 1, 0x7c),
    imports: section(
      2,
      2,
      ...text("e"),
      ...text("f"),
      0,
      0,
      ...text("e"),
      ...text("g"),
      3,
      0x7f,
      0,
    ),
    memory: section(5, 1, 1, 2, 9),
    globals: section(6, 1, 0x7f, 0, 0x41, 12, 0x0b),
    exports: section(7, 2, ...text("m"), 2, 0, ...text("h"), 3, 1),
    data: section(11, 2, 0, 0x41, 16, 0x0b, 3, 1, 2, 3, 1, 1, 9),
  };
  const bytesOf = (parts: Partial<typeof PARTS>) =>
    Uint8Array.from([...HEADER, ...Object.values({ ...PARTS, ...parts }).flat()]);

  it("lists its imports, exports and sections", () => {
    const file = readModule(bytesOf({}), "x");
    const type = { params: ["i32", "i64"], results: ["f64"] };
    expect(WebAssembly.validate(file.bytes as Uint8Array<ArrayBuffer>)).toBe(true);
    expect(file.imports.map(({ entity }) => entity)).toMatchObject([
      { kind: "function", type },
      { kind: "global", global: { value: "i32", isMutable: false }, constant: undefined },
    ]);
    const limits = { initial: 2, maximum: 9, isShared: false, is64: false };
    expect(file.exports.get("m")).toEqual({ kind: "memory", limits });
    expect(file.exports.get("h")).toMatchObject({ kind: "global", constant: 12 });
    expect([file.globalCount, file.dataEnd, file.hasOwnMemory]).toEqual([2, 19, true]);
  });

  it.each([
    ["a function type that is none", { types: section(1, 1, 0x5f, 0) }, "types of the GC proposal"],
    ["an unknown value type", { types: section(1, 1, 0x60, 1, 0x10, 0) }, "not known here: 0x10"],
    ["a type that is not there", { types: section(1, 0) }, "the module has no type 0"],
    ["an unknown import", { imports: section(2, 1, 0, 0, 9) }, "imports of a kind"],
    ["a list that is too long", { exports: section(7, 9) }, "ends in the middle of something"],
    ["data beyond its section", { data: section(11, 1, 1, 99) }, "ends in the middle of something"],
  ])("with %s is refused by its name", (_, parts, why) => {
    expect(() => readModule(bytesOf(parts), "x.wasm")).toThrow(/^x\.wasm: cannot be read \(/);
    expect(() => readModule(bytesOf(parts), "x.wasm")).toThrow(why);
  });

  it("counts the elements of its tables, with and without a content of their own", () => {
    const tables = section(4, 2, 0x70, 0, 5, 0x40, 0, 0x70, 1, 7, 9, 0xd0, 0x70, 0x0b);
    const file = readModule(bytesOf({ imports: [...PARTS.imports, ...tables] }), "x");
    expect(file.tableElements).toBe(5 + 7);
    expect(readModule(bytesOf({}), "x").tableElements).toBe(0);
  });

  it("is read only as far as requested, so that a limit needs only the memory", () => {
    const file = new WasmFile(bytesOf({ types: section(1, 1, 0x5f, 0) }));
    const capped = new WasmFile(withCappedMemory(file, () => 3));
    expect(capped.ownMemories).toMatchObject([{ maximum: 3 }]);
    expect(() => file.imports).toThrow("GC proposal");
  });

  it("keeps sections that need no change byte for byte", () => {
    // A length may be spelled with more bytes than it needs.
    const padded = { types: [1, 0x87, 0x00, ...PARTS.types.slice(2)] };
    const before = bytesOf(padded);
    const at = before.indexOf(5, HEADER.length + padded.types.length + PARTS.imports.length);
    const after = withCappedMemory(new WasmFile(before), () => 7);
    const expected = before.slice();
    expected[at + PARTS.memory.length - 1] = 7;
    expect(after).toEqual(expected);
  });
});
