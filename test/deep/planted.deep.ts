// All planted mistakes of allocators, of which the fast tests have a sample.
import { describe, expect, it } from "vitest";
import {
  CASES_MAX,
  engineFor,
  expectFound,
  findAndShrink,
  SYMPTOMS,
} from "../module/planted_found.ts";

const MISTAKES = Object.keys(SYMPTOMS) as (keyof typeof SYMPTOMS)[];

describe.each(MISTAKES)('the planted allocator "%s"', (mistake) => {
  it("is found, and the program is shrunk to a few operations", () => expectFound(mistake));
});

it.each(["none", "merges"] as const)(
  `the allocator without a mistake, "%s", passes ${CASES_MAX} cases`,
  (twin) => {
    expect(findAndShrink(engineFor(twin))).toBeUndefined();
  },
);
