// Planted mistakes of allocators are found, and their programs are short; the twins without a
// mistake stay quiet. test/deep/planted.deep.ts has all of them.
import { describe, expect, it } from "vitest";
import { engineFor, expectFound, findAndShrink } from "./planted_found.ts";

/** One or two of the families of rules: those that are found soonest. */
const SOON = ["calloc does not clear", "grows over its neighbour"] as const;

describe.each(SOON)('the planted allocator "%s"', (mistake) => {
  it("is found, and the program is shrunk to a few operations", () => expectFound(mistake));
});

it("the allocator without a mistake passes", () => {
  expect(findAndShrink(engineFor("none"), 15)).toBeUndefined();
});
