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

const EFFORT = 100_000;
const LARGE_BYTES = 8 << 20;

const { module, plan } = loadForeign({ target: scriptModule("gives_twice", GIVES_TWICE) });

function shrunk(size: number, effortMax?: number): ForeignShrink {
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 100 };
  const engine = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 1 } });
  const ops = Array.from({ length: 30 }, (_, slot): ForeignOp => {
    return { op: "alloc", slot, a: slot === 0 ? size : 64, b: 0, c: 0 };
  });
  const program = { choice: { target: "gives_twice" }, bug: "none", comments: [], ops };
  return shrinkForeign(engine, program, effortMax)!;
}

describe("a finding of another module", () => {
  it("is shrunk to what is needed where the effort suffices", () => {
    const { program, isComplete } = shrunk(64);
    expect(isComplete).toBe(true);
    expect(program.ops).toHaveLength(20);
    expect(program.ops.every(({ a }) => a <= 1)).toBe(true);
  });

  it("is shrunk for a shorter time with large blocks, and still shows the same", () => {
    const [small, large] = [shrunk(64, EFFORT), shrunk(LARGE_BYTES, EFFORT)];
    expect(large.isComplete).toBe(false);
    expect(large.tried).toBeLessThan(small.tried);
    expect(large.tried).toBeLessThanOrEqual(EFFORT / (LARGE_BYTES / 1024) + 1);
    expect(large.signature).toBe(small.signature);
  });
});
