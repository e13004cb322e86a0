// The law of the generator for modules: whatever it is asked for, each of its programs prints,
// parses, and is the same program again.
import { describe, expect, it } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { ForeignGenerator, type ForeignShape } from "../../src/module/gen/generate.ts";
import type { Capacity } from "../../src/module/judge/capacity.ts";
import type { Binding } from "../../src/module/load/binding.ts";
import { imageOf, opsOf, WORDS_PER_OP } from "../../src/module/program/op.ts";
import { parseForeign, printForeign } from "../../src/module/program/text.ts";
import { BUG_NAMES } from "../../src/target/bug_names.ts";
import { expectSame } from "../helper/same.ts";

const SHAPES = 300;
const CASES = 5;

const PLAIN: Binding = {
  convention: "malloc/free",
  alloc: { name: "malloc", args: ["size"] },
  free: { name: "free", args: ["pointer"] },
  init: [],
  alignment: 8,
  hasUniqueEmptyBlocks: true,
};
const BINDINGS: readonly Binding[] = [
  PLAIN,
  { ...PLAIN, calloc: { name: "calloc", args: ["count", "size"] } },
  {
    ...PLAIN,
    alloc: { name: "a", args: ["size", "align"] },
    free: { name: "f", args: ["pointer", "size", "align"] },
    realloc: { name: "r", args: ["pointer", "old-size", "align", "size"] },
    collect: { name: "c", args: [] },
  },
];
const BYTES = [0, 1, 7, 64, 4096, 65536, 1 << 20, 0x3ff0000, 0xffff0000];
const SIZES = [undefined, [0], [1], [48], [8, 65536], [0xffffffff]];

function drawShape(number: number): readonly [ForeignShape, Binding, Capacity] {
  const prng = new Prng({ high: 0, low: 0x1a4 }, number);
  const shape: ForeignShape = {
    seed: { high: 0, low: number },
    bugs: [BUG_NAMES[number % BUG_NAMES.length]],
    twins: prng.oneIn(3),
    sizes: prng.pick(SIZES),
    opCountMax: prng.pick([1, 2, 3, 10, 100, 2000]),
  };
  const capacity: Capacity = {
    bytes: prng.pick(BYTES),
    refuses: "null",
    refusesHuge: "null",
    lowest: 0,
    coalesces: prng.oneIn(2),
  };
  return [shape, prng.pick(BINDINGS), capacity];
}

describe("a program generated for a module", () => {
  it.each(Array.from({ length: 10 }, (_, part) => part))(
    "prints and parses under all settings (part %i)",
    (part) => {
      for (let number = part; number < SHAPES; number += 10) {
        const [shape, binding, capacity] = drawShape(number);
        const generator = new ForeignGenerator(shape, binding, capacity);
        for (let i = 0; i < CASES; i++) {
          const image = generator.generate(i);
          const program = {
            choice: { target: "law" },
            bug: generator.bug,
            comments: [],
            ops: opsOf(image),
          };
          const text = printForeign(program);
          const again = parseForeign(text, "law.slab");
          expect(printForeign(again)).toBe(text);
          const words = image.words.subarray(0, image.count * WORDS_PER_OP);
          expectSame(imageOf(again.ops).words, words);
          expect(image.count * WORDS_PER_OP).toBeLessThanOrEqual(image.words.length);
        }
      }
    },
  );
});
