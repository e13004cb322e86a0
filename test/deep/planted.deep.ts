// All planted mistakes of allocators, of which the fast tests have a sample.
import { describe, it } from "vitest";
import { expectFound, SYMPTOMS } from "../module/planted_found.ts";

const MISTAKES = Object.keys(SYMPTOMS) as (keyof typeof SYMPTOMS)[];

describe.each(MISTAKES)('the planted allocator "%s"', (mistake) => {
  it("is found, and the program is shrunk to a few operations", () => expectFound(mistake));
});
