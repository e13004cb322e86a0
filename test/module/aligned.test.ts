// Functions for blocks with an alignment of their own: as C, as POSIX, and as nobody in particular
// has them.
import { describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { bindingText } from "../../src/module/load/binding.ts";
import type { ForeignChoice } from "../../src/module/load/choice.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { scriptModule } from "./planted.ts";

const CASES = 3;

const HEAP = `
  export function malloc(size: u32): usize { return heap.alloc(size); }
  export function free(block: usize): void { if (block != 0) give(block); }
  function give(block: usize): void {
    const raw = load<usize>(block - 8);
    heap.free((raw ^ block ^ 0x5a5a5a5a) == load<usize>(block - 4) ? raw : block);
  }
  function get(align: u32, size: u32): usize {
    if (size > 0x3000000 || align > 0x10000) return 0;
    const raw = heap.alloc(size + align + 16);
    const block = (raw + 16 + align - 1) & ~<usize>(align - 1);
    store<usize>(block - 8, raw);
    store<usize>(block - 4, raw ^ block ^ 0x5a5a5a5a);
    return block;
  }
`;

/** A small heap, with one more function. */
function heapWith(name: string, more: string): string {
  return scriptModule(name, `${HEAP}\n${more}`, ["--runtime", "minimal"]);
}

function engineFor(choice: ForeignChoice): ForeignEngine {
  const { module, plan } = loadForeign(choice);
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 100 };
  return new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 4 } });
}

/** What the first cases show, once the module has run. */
function signaturesOf(engine: ForeignEngine): readonly string[] {
  return Array.from({ length: CASES }, (_, number) => {
    engine.run(number);
    expect(engine.error).toBeUndefined();
    return engine.signature.text;
  }).filter((text) => text !== "");
}

const POSIX = (align: string) =>
  `export function posix_memalign(place: usize, align: u32, size: u32): i32 {
     const block = get(${align}, size);
     if (block == 0) return 12;
     store<usize>(place, block);
     return 0;
   }`;
const SOME = (name: string, first: string, second: string) =>
  `export function ${name}(${first}: u32, ${second}: u32): usize { return get(align, size); }`;

describe("posix_memalign", () => {
  it("is called with a place for its pointer, and breaks no rule where it is right", () => {
    const engine = engineFor({ target: heapWith("posix", POSIX("align")) });
    expect(bindingText(engine.plan.binding)).toBe("malloc/free (malloc free posix_memalign)");
    expect(signaturesOf(engine)).toEqual([]);
  });

  it("is found out where it forgets alignments beyond a page", () => {
    const engine = engineFor({ target: heapWith("posix_bad", POSIX("min<u32>(align, 4096)")) });
    expect(signaturesOf(engine)).toContain("none|posix_bad|-|invariant misaligned");
  });
});

describe("the order of the arguments of a function for aligned blocks", () => {
  it.each([
    ["size_first", "size", "align"],
    ["align_first", "align", "size"],
  ])("is found out when the module runs: %s", (name, first, second) => {
    const target = heapWith(name, SOME("aligned_malloc", first, second));
    const engine = engineFor({ target });
    expect(signaturesOf(engine)).toEqual([]);
    expect(engine.plan.binding.aligned?.args).toEqual([first, second]);
  });

  it("can be told by a mapping", () => {
    const target = heapWith("told", SOME("x", "align", "size"));
    const { binding } = engineFor({ target, exports: "malloc=malloc,free=free,memalign=x" }).plan;
    expect(binding.aligned).toEqual({ name: "x", args: ["align", "size"] });
  });

  it("is none where the function keeps no alignment, which is then not called", () => {
    const target = heapWith(
      "none",
      "export function q(a: u32, b: u32): usize { return malloc(b); }",
    );
    const engine = engineFor({ target, exports: "malloc=malloc,free=free,align=16,aligned=q" });
    expect(signaturesOf(engine)).toEqual([]);
    expect(engine.plan.binding.aligned).toBeUndefined();
  });
});
