import { expect, it } from "vitest";
import { PAGE_SIZE } from "../../../src/abi.ts";
import { SlubContender, spaceOf, totalOf } from "../../../src/compare/bench/slub_contender.ts";
import { sizesOf } from "../../../src/compare/bench/stream.ts";

it.each(["-", "U", "FZPU"])("the account of space covers every page in use (%s)", (options) => {
  const mix = sizesOf("320");
  const contender = new SlubContender({ name: "x", options, workload: "uniform", live: 200, mix });
  contender.round();
  const pages = contender.heap.core.pages_in_use() - contender.startPages;
  const space = spaceOf(contender);
  expect(totalOf(space) * contender.stream.alive).toBeCloseTo(pages * PAGE_SIZE);
  expect(space.object).toBe(320);
  // Two tracks of 32 bytes (slub-reference 1.4).
  expect(space.tracks).toBe(options.includes("U") ? 64 : 0);
});
