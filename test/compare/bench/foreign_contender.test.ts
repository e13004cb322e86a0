// Another allocator on the stream of the benchmark: the requested number of objects lives, each in
// a place of its own, and an allocator that cannot go on tells so.
import { expect, it } from "vitest";
import { ForeignContender } from "../../../src/compare/bench/foreign_contender.ts";

const TRAFFIC = { workload: "uniform", mix: { sizes: [64, 320], weights: [1, 1] } } as const;
const TLSF = { name: "tlsf", choice: { target: "tlsf" } };

it("a foreign contender keeps about as many objects alive as it is asked for", () => {
  const contender = new ForeignContender({ ...TLSF, ...TRAFFIC, live: 128 });
  const pagesBefore = contender.guest.pages;
  for (let round = 0; round < 20; round++) expect(contender.round()).toBeGreaterThan(0);
  expect(contender.stream.alive).toBeGreaterThan(64);
  expect(contender.stream.alive).toBeLessThan(192);
  // What is freed is used again: twenty rounds take no more memory than the first objects did.
  expect(contender.guest.pages).toBeLessThanOrEqual(2 * pagesBefore);
});

it("a foreign contender tells when it cannot go on", () => {
  const mix = { sizes: [1 << 26], weights: [1] };
  const begun = () => new ForeignContender({ ...TLSF, ...TRAFFIC, mix, live: 64 });
  expect(begun).toThrow("tlsf: trapped on the way (unreachable)");
});
