// Cores from files that this project did not build.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import {
  compileOtherCore,
  MEMORY_BYTES_MAX,
  withMemoryLimit,
} from "../../../src/slub/core/other_core.ts";
import { resolveMachine } from "../../../src/slub/program/boot.ts";
import { pathOfCore } from "../../../src/targets/core_files.ts";
import { CalledOut, isTrap } from "../../../src/wasm/trap.ts";
import { brokenCore } from "../../helper/broken_core.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-core-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("a file in place of the core", () => {
  it("runs like the core when it holds the core", () => {
    const path = fileOf("good.wasm", readFileSync(pathOfCore("release")));
    const heap = new SlabHeap(`other:${path}`);
    heap.configure(resolveMachine({ comments: [] }, { slubDebug: "FZP" }));
    expect(heap.isFull).toBe(false);
  });

  it.each([
    ["is no module", Uint8Array.of(1, 2, 3), "is no WebAssembly module"],
    ["is cut off", readFileSync(pathOfCore("release")).subarray(0, 999), "is no WebAssembly"],
    ["is empty", new Uint8Array(0), "is no WebAssembly module"],
    ["lacks an export", brokenCore("lacks an export"), "does not export function extra_bytes"],
  ])("that %s is refused in one sentence", (name, bytes, message) => {
    const path = fileOf(`${name}.wasm`, bytes);
    expect(() => new SlabHeap(`other:${path}`)).toThrow(`${path}: `);
    expect(() => new SlabHeap(`other:${path}`)).toThrow(message);
  });

  it("is refused when it does not exist", () => {
    const path = join(folder, "none.wasm");
    expect(() => new SlabHeap(`other:${path}`)).toThrow("none.wasm: no such file");
  });
});

describe("an import of a foreign core", () => {
  it("is a function that fails when it is called", () => {
    const path = fileOf("calls.wasm", brokenCore("calls out"));
    const heap = new SlabHeap(`other:${path}`);
    expect(() => heap.core.reset()).toThrow(CalledOut);
    expect(isTrap(new CalledOut("x"))).toBe(true);
    expect(isTrap(new Error("x"))).toBe(false);
  });

  it("is refused when it is a memory", () => {
    const bytes = Uint8Array.of(
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[2, 8, 1, 1, 0x65, 1, 0x6d, 2, 0, 1],
    );
    expect(() => compileOtherCore(bytes, "x")).toThrow(/^x: is no core, it does not export/);
  });
});

describe("the memory of a foreign core", () => {
  it("has a limit, and growth beyond the limit fails inside the module", () => {
    const heap = new SlabHeap(`other:${fileOf("eats.wasm", brokenCore("eats memory"))}`);
    heap.configure(resolveMachine({ comments: [] }, {}));
    expect(heap.isFull).toBe(false);
    for (let i = 0; i < 20; i++) heap.reset();
    expect(heap.core.memory.buffer.byteLength).toBeLessThanOrEqual(MEMORY_BYTES_MAX);
    expect(heap.isFull).toBe(true);
    expect(() => heap.core.memory.grow(4096)).toThrow();
  });

  it("is refused when its initial size is beyond the limit", () => {
    const section = (...limits: number[]) =>
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 1 + limits.length, 1, ...limits);
    expect(() => withMemoryLimit(section(0, 0x80, 0x80, 2), "x")).toThrow(
      "x: asks for 2097152 KiB of memory to begin with",
    );
    expect(() => withMemoryLimit(section(3, 1, 2), "x")).toThrow("that is not shared");
  });

  it("keeps a smaller limit that the module has itself", () => {
    const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 4, 1, 1, 1, 2);
    expect(withMemoryLimit(bytes, "x")).toEqual(bytes);
  });
});
