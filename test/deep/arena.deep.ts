// Allocators that never use a block again, by design: known by a free that does nothing, or by none
// at all. Nothing is blamed for it; everything else is judged as ever.
import { describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { bumpModule } from "../helper/bump_module.ts";
import { fileBeside, plantedModule, scriptModule } from "../module/planted.ts";

const CASES = 60;

function engineFor(target: string): ForeignEngine {
  const { module, plan } = loadForeign({ target });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 500 };
  return new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 11 } });
}

function signaturesOf(engine: ForeignEngine): readonly string[] {
  return Array.from({ length: CASES }, (_, number) => {
    engine.run(number);
    return engine.signature.text;
  }).filter((text) => text !== "");
}

/** Hands out one piece after the other; `mistake` stands where the top moves on. */
const BUMP = (step: string) => `
  let top: usize = (__heap_base + 15) & ~15;
  export function malloc(size: u32): usize {
    if (size > 1 << 26) return 0;
    const block = top;
    const end = block + ${step};
    const pages = <i32>((end + 0xffff) >> 16) - memory.size();
    if (pages > 0 && memory.grow(pages) < 0) return 0;
    top = end;
    return block;
  }
`;
const ROUNDED = "((max<u32>(size, 1) + 15) & ~15)";

describe("an allocator that never uses a block again, by design", () => {
  it.each([
    ["whose free does nothing", () => fileBeside("bump.wasm", bumpModule())],
    [
      "whose free calls a function that does nothing",
      () =>
        scriptModule(
          "wraps",
          `${BUMP(ROUNDED)} function give(p: usize): void {}
        export function free(p: usize): void { give(p); }`,
          ["-O0"],
        ),
    ],
    ["that has no free", () => scriptModule("no_free", BUMP(ROUNDED))],
  ])("breaks no rule: one %s", (_, target) => {
    const engine = engineFor(target());
    expect(engine.plan.binding.isArena).toBe(true);
    expect(signaturesOf(engine)).toEqual([]);
  });

  it("is judged for what it hands out", () => {
    const engine = engineFor(scriptModule("no_free_overlap", BUMP("((size >> 4) << 4)")));
    expect(new Set(signaturesOf(engine))).toEqual(
      new Set(["none|no_free_overlap|-|invariant corrupt"]),
    );
  });

  it("is told from one that loses what is freed", () => {
    expect(engineFor(plantedModule("never reuses")).plan.binding.isArena).toBe(false);
  });
});
