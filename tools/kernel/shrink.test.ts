import { expect, it } from "vitest";
import { printOp } from "../../src/slub/program/syntax.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { textLast } from "./comparison.ts";
import { consistent, kindOf } from "./differences.ts";
import { hasSameShape, maskRandom, withoutChance } from "./random_text.ts";
import { shrinkList } from "./shrink.ts";

const TO_TWENTY = Array.from({ length: 20 }, (_, i) => i);

function holdsAll(...needed: number[]) {
  return async (candidates: readonly (readonly number[])[]) =>
    candidates.map((list) => needed.every((item) => list.includes(item)));
}

it("the kernel shrinker keeps exactly what is needed", async () => {
  expect(await shrinkList(TO_TWENTY, holdsAll(3, 11, 19))).toEqual([3, 11, 19]);
});

it("the kernel shrinker keeps every operation where none can go", async () => {
  expect(await shrinkList([1, 2, 3], holdsAll(1, 2, 3))).toEqual([1, 2, 3]);
});

it("the kernel shrinker takes out one of two operations that replace each other", async () => {
  const either = async (candidates: readonly (readonly number[])[]) =>
    candidates.map((list) => list.includes(4) || list.includes(15));
  expect(await shrinkList(TO_TWENTY, either)).toHaveLength(1);
});

it("the kernel shrinker asks about many candidates at a time", async () => {
  const sizes: number[] = [];
  const ask = holdsAll(7);
  await shrinkList(TO_TWENTY, (candidates) => {
    sizes.push(candidates.length);
    return ask(candidates);
  });
  expect(sizes.length).toBeLessThan(15);
});

it("the kernel shrinker drops operations whose cache or slot is gone", () => {
  const { ops } = parseScript("cache a 64 0 -\nalloc a s\nslot t s+8\nfill t 0 1 41\n", "x");
  const without = (word: string) => consistent(ops.filter(({ op }) => op !== word)).map(printOp);
  expect(without("cache")).toEqual([]);
  expect(without("alloc")).toEqual(["cache a 64 0 -"]);
  expect(without("slot")).toEqual(["cache a 64 0 -", "alloc a s"]);
});

it("the kernel shrinker takes differences in names and numbers alone for one kind", () => {
  const kind = (cache: string, count: number) =>
    kindOf({
      op: count,
      expected: `BUG ${cache} (Not tainted): Wrong object count. Counter is ${count}`,
      actual: `@@ op ${count}: alloc ${cache} s${count} => ${cache}/s0 o${count} off=${count}`,
    });
  expect(kind("a_12", 3)).toBe(kind("b_777", 41));
});

it("the mask hides the words of a log that random numbers decide, and no other words", () => {
  const lines = ["@@ op 0: rfp c s => ok", "    | Object {c/s0+0x0} @offset=0 fp=0x1111"];
  const shifted = ["@@ op 0: rfp c s => ok", "    | Object {c/s0+0x0} @offset=0 fp=0x2222"];
  const kernel = ["@@ op 0: rfp c s => ok", "    | Object {c/s0+0x8} @offset=8 fp=0x3333"];
  expect(hasSameShape(lines, shifted)).toBe(true);
  expect(maskRandom(kernel, { lines, shifted })).toEqual([
    "@@ op 0: rfp c s => ok",
    "    | Object {c/s0+0x8} @offset=8 fp=0x{rnd}",
  ]);
});

it("the mask hides the differing bytes of a word, and the whole word where lengths differ", () => {
  const mask = (kernel: string, mine: string, other: string): string =>
    maskRandom([kernel], { lines: [mine], shifted: [other] })[0];
  expect(mask("fp=0xa05028", "fp=0x00c028", "fp=0x558028")).toBe("fp=0x{rnd}28");
  expect(mask("08 91 40 00", "08 c1 00 04", "08 81 55 09")).toBe("08 {rnd} {rnd} {rnd}");
  expect(mask("=> a5e40c8107", "=> a5e40c8100", "=> a5e40c8155")).toBe("=> a5e40c81{rnd}");
  expect(mask("byte 0x8 instead", "byte 0xc1 instead", "byte 0x81 instead")).toBe(
    "byte {rnd} instead",
  );
});

it("the mask cannot compare logs where random numbers decide what happens", () => {
  expect(hasSameShape(["@@ op 0: a => b", "    | c"], ["@@ op 0: a => b"])).toBe(false);
  expect(hasSameShape(["@@ op 0: a => b c"], ["@@ op 0: a => b"])).toBe(false);
});

it("the mask leaves the numbers of slabs alone, but hides those of RCU caches", () => {
  const program = parseScript("cache a 64 0 R\ncache b 64 0 -\n", "x");
  const log = ["@@ op 2: alloc a s => a/s1 o0 off=0 new gone:a/s0 gone:b/s2 gone:z/s1"];
  expect(withoutChance(log, program)).toEqual(["@@ op 2: alloc a s => a/s* o0 off=0 gone:b/s2"]);
});

it("the mask hides which thread of 7.x warned, but not what it warned of", () => {
  const program = parseScript("cache a 64 0 -\n", "x");
  const warned = (fn: string, thread: string) =>
    withoutChance([`    | WARNING: mm/slub.c:1257 at ${fn}, CPU#${thread}`], program);
  const ours = warned("object_err", "0: init/1");
  expect(warned("object_err", "3: kworker/u16:0/11")).toEqual(ours);
  expect(warned("object_err", "0: ksoftirqd/0/10")).toEqual(ours);
  expect(warned("slab_err", "0: init/1")).not.toEqual(ours);
});

it("the mask recognises a log in which some text came late", () => {
  const early = ["@@ op 0: a => b", "    | c", "@@ op 1: d => e", "    | f"];
  const late = ["@@ op 0: a => b", "@@ op 1: d => e", "    | c", "    | f"];
  const other = ["@@ op 0: a => b", "@@ op 1: d => e", "    | f", "    | c"];
  expect(textLast(early)).toEqual(late);
  expect(textLast(late)).toEqual(late);
  expect(textLast(other)).not.toEqual(late);
});
