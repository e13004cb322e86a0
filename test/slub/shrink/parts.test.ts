import { describe, expect, it } from "vitest";
import { printOp } from "../../../src/slub/program/syntax.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { countParts, keepParts, withoutOp, withoutParts } from "../../../src/slub/shrink/parts.ts";

function program(...lines: string[]) {
  return parseScript(lines.join("\n"), "test.slab");
}

const linesOf = ({ ops }: ReturnType<typeof program>) => ops.map(printOp);

describe("leaving an operation out", () => {
  const whole = program("cache c 64 0 -", "alloc c a", "alloc c b", "slot t a+8", "write t 0 41");

  it("keeps the rest as it is", () => {
    expect(linesOf(withoutOp(whole, 2))).toEqual([
      "cache c 64 0 -",
      "alloc c a",
      "slot t a+8",
      "write t 0 41",
    ]);
  });

  it("removes what depends on its slot, over several steps", () => {
    expect(linesOf(withoutOp(whole, 1))).toEqual(["cache c 64 0 -", "alloc c b"]);
  });

  it("removes each operation that names its cache", () => {
    expect(linesOf(withoutOp(whole, 0))).toEqual([]);
  });

  it("removes uses of a slot that was filled twice only behind the second time", () => {
    const twice = program("cache c 64 0 -", "alloc c a", "free c a", "alloc c a", "free c a");
    expect(linesOf(withoutOp(twice, 3))).toEqual(["cache c 64 0 -", "alloc c a", "free c a"]);
  });

  it("keeps places that always exist", () => {
    const foreign = program("cache c 8 0 -", "alloc c a", "wptr a 0 glob", "listinit vglob+8");
    expect(linesOf(withoutOp(foreign, 1))).toEqual(["cache c 8 0 -", "listinit vglob+8"]);
  });
});

describe("a row of objects", () => {
  const rows = program("cache c 8 0 -", "allocn c 4 p", "write p3 0 41", "freen c 4 p");

  it("has a part for each object", () => {
    expect(countParts(rows)).toBe(1 + 4 + 1 + 4);
  });

  it("is numbered anew when it loses an object, with every later use", () => {
    expect(linesOf(withoutParts(rows, 2, 3))).toEqual([
      "cache c 8 0 -",
      "allocn c 3 p",
      "write p2 0 41",
      "freen c 3 p",
    ]);
  });

  it("is freed one by one where it has gaps", () => {
    const lastFreeOfFirst = withoutParts(rows, 6, 7);
    expect(linesOf(lastFreeOfFirst).slice(3)).toEqual(["free c p1", "free c p2", "free c p3"]);
  });

  it("is freed in bulk as the list of what is left where it has gaps", () => {
    const bulk = program("cache c 8 0 -", "allocn c 4 p", "bulkfreen c 4 p");
    expect(countParts(bulk)).toBe(countParts(rows) - 1);
    expect(linesOf(withoutParts(bulk, 5, 6)).slice(2)).toEqual(["bulkfree c p1 p2 p3"]);
    expect(linesOf(withoutParts(bulk, 4, 5)).slice(1)).toEqual(["allocn c 3 p", "bulkfreen c 3 p"]);
  });

  it("goes as a whole with its operation", () => {
    expect(linesOf(withoutOp(rows, 1))).toEqual(["cache c 8 0 -"]);
  });

  it("loses the places that are gone", () => {
    const bulk = program("cache c 8 0 -", "alloc c a", "alloc c b", "bulkfree c a b null");
    expect(linesOf(withoutOp(bulk, 1))).toEqual([
      "cache c 8 0 -",
      "alloc c b",
      "bulkfree c b null",
    ]);
  });
});

it("keeping every part keeps the program", () => {
  const all = program("cache c 8 0 HM ctor", "bulkalloc c 2 b", "krealloc null 8 k", "info");
  expect(keepParts(all, () => true).ops).toEqual(all.ops);
});
