// How long a finding of another module is shrunk: large blocks count, because they take time.
import { describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import type { ForeignOp } from "../../src/module/program/op.ts";
import { type ForeignShrink, shrinkForeign } from "../../src/module/shrink.ts";
import { scriptModule } from "./planted.ts";

/** Gives a block twice after some others: none of those can be left out. */
const GIVES_TWICE = `
let top: usize = (__heap_base + 15) & ~7;
let last: usize = 0;
let count: u32 = 0;

export function malloc(size: u32): usize {
  if (++count == 20) return last;
  last = top;
  top += (max<u32>(size, 1) + 7) & ~7;
  const pages = <i32>((top + 0xffff) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return 0;
  return last;
}

export function free(block: usize): void {}
`;

/** Aligns to eight bytes, and to sixteen, and takes no notice of more. */
const ALIGNS_LITTLE = `
let top: usize = (__heap_base + 31) & ~15;

export function __wbindgen_malloc(size: u32, align: u32): usize {
  const to: usize = align > 8 ? 15 : 7;
  const block = (top + to) & ~to;
  top = block + max<u32>(size, 1);
  const pages = <i32>((top + 0xffff) >> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) return 0;
  return block;
}

export function __wbindgen_free(block: usize, size: u32, align: u32): void {}
`;

const EFFORT = 100_000;
const LARGE_BYTES = 8 << 20;

const TWICE = scriptModule("gives_twice", GIVES_TWICE);
const LITTLE = scriptModule("aligns_little", ALIGNS_LITTLE);

function shrunkOn(target: string, ops: readonly ForeignOp[], effortMax?: number): ForeignShrink {
  const { module, plan } = loadForeign({ target });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 100 };
  const engine = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 1 } });
  return shrinkForeign(
    engine,
    { choice: { target }, bug: "none", comments: [], ops },
    { effortMax },
  )!;
}

function allocOf(slot: number, size: number, align = 0): ForeignOp {
  return { op: "alloc", slot, a: size, b: align, c: 0 };
}

function shrunk(size: number, effortMax?: number): ForeignShrink {
  const ops = Array.from({ length: 30 }, (_, slot) => allocOf(slot, slot === 0 ? size : 64));
  return shrunkOn(TWICE, ops, effortMax);
}

describe("a finding of another module", () => {
  it("is shrunk to what is needed where the effort suffices", () => {
    const { program, isComplete } = shrunk(64);
    expect(isComplete).toBe(true);
    expect(program.ops).toHaveLength(20);
    expect(program.ops.every(({ a }) => a <= 1)).toBe(true);
  });

  it("is shrunk as soon with large blocks, whose bytes do not matter", () => {
    const [small, large] = [shrunk(64, EFFORT), shrunk(LARGE_BYTES, EFFORT)];
    expect(large.tried).toBeLessThanOrEqual(small.tried + Math.log2(LARGE_BYTES));
    expect(large.program.ops).toEqual(small.program.ops);
    expect(large.signature).toBe(small.signature);
  });

  it("keeps alignments that are powers of two", () => {
    const { program, signature } = shrunkOn(LITTLE, [
      allocOf(0, 24, 64),
      allocOf(1, 40, 128),
      allocOf(2, 8, 8),
      allocOf(3, 100, 256),
    ]);
    expect(signature).toContain("misaligned");
    // The first block that is asked for with more than sixteen lies at a multiple of sixteen only.
    expect(program.ops.map(({ b }) => b).filter((align) => align > 0)).toEqual([32]);
  });
});
