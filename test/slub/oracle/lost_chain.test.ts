// On 3.10 an allocation takes the whole free list of a slab and gives the rest back, object by
// object. Where a link was overwritten with NULL, what hung on it is lost: from then on the kernel
// takes those objects for used ones, and no check looks for their poison.
import { describe, expect, it } from "vitest";
import { judgeScript } from "../../helper/judge.ts";

/** `b` is free, the head of the list; `o2` lies behind it, in memory and on the list. */
const START = ["# boot: v310 slub_debug=P", "cache c 8 0 -", "allocn c 3 x_", "free c x_2"];
const LINK_AND_POISON = `write x_2 8 ${"00".repeat(9)}`;
const POISON_ALONE = "write x_2 16 00";

/** Which checks are waited for: the operation, and the words. */
function expectedIn(...operations: string[]) {
  const text = [...START, ...operations].join("\n");
  const { shadow } = judgeScript(text, { profile: "v3.10" });
  return shadow.expectations.map(({ op, words }) => [op, words]);
}

/** The first operation behind START, whose first line is none, the mistake and one allocation. */
const NEXT = START.length - 1 + 2;

describe.each([
  ["a validate", ["validate c"], 0],
  ["the end of the slab", ["free c y", "free c x_0", "free c x_1", "shrink c"], 3],
] as const)("the poison of a free object, at %s", (_, operations, until) => {
  it("is not expected where the object was lost", () => {
    expect(expectedIn(LINK_AND_POISON, "alloc c y", ...operations)).toEqual([]);
  });

  it("is expected where it is still on the list", () => {
    const found = expectedIn(POISON_ALONE, "alloc c y", ...operations);
    expect(found).toEqual([[NEXT + until, "Poison overwritten"]]);
  });
});
