// The reference: an allocator that is right answers every generated program rightly, so that what
// it is blamed for is the program's fault.
import { expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { imageOf } from "../../src/module/program/op.ts";
import { parseForeign } from "../../src/module/program/text.ts";
import { plantedModule } from "./planted.ts";

const PATIENCE_MS = 120_000;
const CASES = 150;

const TARGETS = [
  "merges",
  "node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm",
  "web-tree-sitter",
] as const;

function engineFor(target: (typeof TARGETS)[number]): ForeignEngine {
  const path = target === "merges" ? plantedModule(target) : target;
  const { module, plan } = loadForeign({ target: path });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 400 };
  return new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 5 } });
}

it.each(TARGETS)(
  "the reference answers all programs for %s rightly",
  { timeout: PATIENCE_MS },
  (target) => {
    const engine = engineFor(target);
    const wrong = Array.from({ length: CASES }, (_, number) => number).filter((number) => {
      return !engine.isAnsweredRightlyElsewhere(engine.generate(number));
    });
    expect(wrong).toEqual([]);
  },
);

it("a request that no convention allows is answered wrongly by the reference, too", () => {
  const engine = engineFor(TARGETS[1]);
  const isRight = (line: string): boolean => {
    const { ops } = parseForeign(`# target: x\n${line}\n`, "x");
    return engine.isAnsweredRightlyElsewhere(imageOf(ops));
  };
  expect([isRight("alloc b0 1 4"), isRight("alloc b0 1 48\nalloc b1 1 48")]).toEqual([true, false]);
});
