// All mistakes that allocators really made, and all heaps without them.
import { describe, expect, it } from "vitest";
import { expectMistakeFound, ruleBroken } from "../foreign/historical/expected.ts";
import { HEAPS, type HeapName } from "../foreign/historical/heaps.ts";
import { MISTAKES } from "../foreign/historical/mistakes.ts";
import { mendedModule } from "../foreign/historical/modules.ts";

const QUIET_CASES = 5000;

describe.each(MISTAKES)("the mistake that $source reported", (mistake) => {
  it("is found, and the program is shrunk to a few operations", () => {
    expectMistakeFound(mistake);
  });
});

it.each(Object.keys(HEAPS) as HeapName[])(
  "the heap %s breaks no rule without a mistake",
  (heap) => {
    expect(ruleBroken(mendedModule(heap), QUIET_CASES)).toBeUndefined();
  },
);
