// The comparison of a replay with a recording: the differences that it must and must not excuse.
import { describe, expect, it } from "vitest";
import { type CompareOptions, compareLogs } from "./compare.ts";

const NEW: CompareOptions = { profile: "v6.1" };
const OLD: CompareOptions = { profile: "v3.10" };

/** The numbers of the rules that made two logs the same; undefined if they differ. */
function excusedBy(
  expected: readonly string[],
  actual: readonly string[],
  options: CompareOptions = NEW,
): number[] | undefined {
  const { equal, excused } = compareLogs(expected, actual, options);
  return equal ? [...excused.keys()].sort() : undefined;
}

/** One operation of a log, and what the kernel said. */
const op = (text: string, result: string, ...kernel: readonly string[]) => [
  `@@ op 0: ${text} => ${result}`,
  ...kernel.map((line) => `    | ${line}`),
];

describe("a pair of logs", () => {
  const log = [...op("cache c 64 0 -", "size=64"), "@@ op 1: free c a => ok", "    | BUG c: x"];

  it("is equal when its lines are equal, whatever stands before them", () => {
    expect(excusedBy(log, log)).toEqual([]);
    expect(excusedBy(["# one"], ["# another"])).toEqual([]);
  });

  it("differs at the first operation that differs, and the lines are named", () => {
    const changed = log.map((line) => line.replace("BUG c: x", "BUG c: y"));
    expect(compareLogs(log, changed, NEW).difference).toEqual({
      op: 1,
      expected: "BUG c: x",
      actual: "BUG c: y",
    });
  });

  it("differs where one log ends before the other", () => {
    expect(compareLogs(log, log.slice(0, 2), NEW).difference?.actual).toBe("(nothing)");
    expect(compareLogs(log, log.slice(0, 1), NEW).difference?.op).toBe(1);
    expect(compareLogs(log.slice(0, 1), log, NEW).difference?.op).toBe(1);
  });
});

describe("rule 1 of the comparison", () => {
  it("passes over the result of info", () => {
    expect(excusedBy(op("info", "Linux 6.1"), op("info", "a simulator"))).toEqual([1]);
  });

  it("lets {rnd} stand for one or more characters of its line, and for no other text", () => {
    const bug = (n: string) => op("free c a", "ok", `BUG c (Not tainted): inuse ${n} > max 65529`);
    expect(excusedBy(bug("{rnd}"), bug("4091376"))).toEqual([1]);
    expect(excusedBy(bug("{rnd}"), bug(""))).toBeUndefined();
    expect(excusedBy(bug("{rnd}"), op("free c a", "ok", "BUG c (Not tainted): x"))).toBeUndefined();
  });
});

describe("rule 2 of the comparison", () => {
  const kmalloc = (result: string, ...kernel: string[]) => op("kmalloc 64 a", result, ...kernel);

  it("passes over slab and object numbers of a script that uses kmalloc on 6.x", () => {
    const here = kmalloc("kmalloc-64/s0 o12 off=3136 new ksize=64");
    const there = kmalloc("kmalloc-64/s1 o0 off=64 ksize=64");
    expect(excusedBy(here, there)).toEqual([]);
    expect(compareLogs(here, there, NEW).moved).toBe(1);
    expect(excusedBy(here, there, OLD)).toBeUndefined();
  });

  it("counts a line as moved only if only the object's place differs", () => {
    const text = (place: string, used: number) => [
      `Slab {slab:kmalloc-64/${place}} objects=16 used=${used} fp={kmalloc-64/${place}+0x40}`,
      `BUG kmalloc-64 (Not tainted): Object already free @offset=${used}`,
    ];
    const here = kmalloc("null", ...text("s0", 13));
    const moved = compareLogs(here, kmalloc("null", ...text("s1", 13)), NEW);
    expect([moved.equal, moved.moved, [...moved.excused]]).toEqual([true, 1, []]);
    const changed = compareLogs(here, kmalloc("null", ...text("s1", 2)), NEW);
    expect([changed.equal, changed.moved, [...changed.excused]]).toEqual([true, 1, [[2, 1]]]);
  });

  it("excuses no line where the logs agree, even if it would compare less", () => {
    const log = kmalloc("null", "Slab {slab:kmalloc-64/s0} objects=16", "Object {x+0x1}: 6b 6b");
    const { excused, moved, lines } = compareLogs(log, log, NEW);
    expect([[...excused], moved, lines]).toEqual([[], 0, 3]);
  });

  it("does not pass over the cache or its ksize", () => {
    const here = kmalloc("kmalloc-64/s0 o12 off=3136 new ksize=64");
    expect(excusedBy(here, kmalloc("kmalloc-96/s0 o12 off=3136 new ksize=96"))).toBeUndefined();
  });

  it("compares what reports say, without addresses, and no other line", () => {
    const fix = (address: string, slab: string) =>
      kmalloc("null", `Slab ${slab} objects=16`, `FIX kmalloc-64: Object at ${address} not freed`);
    const here = fix("{kmalloc-64/s0+0xc40}", "{slab:kmalloc-64/s0}");
    expect(excusedBy(here, fix("0xffff888002020040", "0xffffea0000080800"))).toEqual([2]);
    const other = here.map((line) => line.replace("not freed", "freed"));
    expect(excusedBy(here, other)).toBeUndefined();
  });

  it("drops a report about an object that the script never obtained, and only such a one", () => {
    const report = (object: string) => [
      "=".repeat(77),
      "BUG kmalloc-64 (Not tainted): Poison overwritten",
      `Object {kmalloc-64/s0+${object}} @offset=64 fp=0x0000000000000000`,
    ];
    const quiet = kmalloc("kmalloc-64/s0 o1 off=64 ksize=64");
    expect(excusedBy([...quiet, ...report("0x80").map((l) => `    | ${l}`)], quiet)).toEqual([2]);
    expect(
      excusedBy([...quiet, ...report("0x40").map((l) => `    | ${l}`)], quiet),
    ).toBeUndefined();
  });

  it("drops a report about an object that has an address in place of a name on both sides", () => {
    const validate = (object: string, found: string) => [
      ...kmalloc("kmalloc-64/s0 o1 off=64 ksize=64"),
      ...op(
        "validate c",
        "slabs=2",
        "=".repeat(77),
        `BUG c (Not tainted): ${found}`,
        `Object ${object} @offset=0 fp=0x0000000000000000`,
      ),
    ];
    const here = validate("0xffff8880{rnd}00", "Freepointer corrupt");
    const there = validate("0xffff888004020000", "Freepointer corrupt");
    expect(excusedBy(here, there)).toEqual([2]);
    expect(excusedBy(here, validate("{kmalloc-64/s0+0x40}", "Freepointer corrupt"))).toBe(
      undefined,
    );
  });

  it("compares only the bytes of a read that the script wrote", () => {
    const script = (bytes: string) => [
      ...op("kmalloc 64 a", "kmalloc-64/s0 o0 off=0 ksize=64"),
      "@@ op 1: write a 2 4141 => ok",
      `@@ op 2: read a 0 6 => ${bytes}`,
    ];
    expect(excusedBy(script("6b6b41416b6b"), script("000041410000"))).toEqual([2]);
    expect(excusedBy(script("6b6b41416b6b"), script("6b6b41426b6b"))).toBeUndefined();
  });
});

describe("rule 3 of the comparison", () => {
  const merged = (name: string) =>
    op("cache m 312 0 KM", `MERGED into ${name} size=320`, "BUG m (Not tainted): x");

  it("ends the comparison where a cache merged into a kernel cache on 6.x", () => {
    const fresh = op("cache m 312 0 KM", "size=320");
    expect(excusedBy(merged("mnt_cache"), fresh)).toEqual([3]);
    expect(excusedBy(merged("mnt_cache"), fresh, OLD)).toBeUndefined();
  });

  it("does not end it at kmalloc-rcl-N, but for the size that the kernel uses", () => {
    const fresh = op("cache m 312 0 KM", "size=320");
    expect(excusedBy(merged("kmalloc-rcl-512"), fresh)).toBeUndefined();
    expect(excusedBy(merged("kmalloc-rcl-192"), fresh)).toEqual([3]);
  });

  it("does not end it where the other cache is the script's own", () => {
    const own = ["@@ op 0: cache a 312 0 KM => size=320"];
    const second = (result: string) => [...own, `@@ op 1: cache m 312 0 KM => ${result}`];
    expect(excusedBy(second("MERGED into a size=320"), second("MERGED into a size=320"))).toEqual(
      [],
    );
    expect(excusedBy(second("MERGED into a size=320"), second("size=320"))).toBeUndefined();
  });
});

describe("rule 4 of the comparison", () => {
  const read = (word: string) => op("read a 4 12", `00000000${word}`);

  it("lets kernel addresses in reads differ inside their window", () => {
    expect(excusedBy(read("a0708b008088ffff"), read("a00002028088ffff"))).toEqual([4]);
  });

  it("does not let kernel addresses change windows, lie unaligned, or be other values", () => {
    expect(excusedBy(read("a0708b008088ffff"), read("00100000 00c9ffff".replace(" ", "")))).toBe(
      undefined,
    );
    const unaligned = (word: string) => op("read a 3 12", `00000000${word}`);
    expect(excusedBy(unaligned("a0e40c81ffffffff"), unaligned("67452381ffffffff"))).toBeUndefined();
    expect(excusedBy(read("a0708b0000000000"), read("a000020200000000"))).toBeUndefined();
  });
});

describe("rule 5 of the comparison", () => {
  const fault = (address: string) =>
    op("alloc c a", "CRASH (no return)", `general protection fault, address 0x${address}: 0000`);

  it("lets the frame of a pointer differ that the script overwrote in part", () => {
    expect(excusedBy(fault("01ff8880008a7048"), fault("01ff888002020048"))).toEqual([5]);
    expect(excusedBy(fault("ff8880008b720020"), fault("ff88800202020020"))).toEqual([5]);
    expect(excusedBy(fault("010008000400cee8"), fault("01ff880002020ee8"), OLD)).toEqual([5]);
  });

  it("compares the byte that the script wrote, and the low 12 bits", () => {
    expect(excusedBy(fault("01ff8880008a7048"), fault("02ff888002020048"))).toBeUndefined();
    expect(excusedBy(fault("01ff8880008a7048"), fault("01ff888002020049"))).toBeUndefined();
    expect(excusedBy(fault("01ff8880008a7048"), fault("01ff888002020148"))).toBeUndefined();
  });

  it("applies to eight bytes of a dump, and leaves the others alone", () => {
    const dump = (bytes: string) => op("free c a", "ok", `Bytes b4 {c/s0+0x38}: ${bytes}`);
    const here = "a1 a1 48 70 8a 00 80 88 ff 01 a1";
    expect(excusedBy(dump(here), dump("a1 a1 48 00 02 02 80 88 ff 01 a1"))).toEqual([5]);
    expect(excusedBy(dump(here), dump("a1 a1 48 00 02 02 80 88 ff 01 a2"))).toBeUndefined();
    expect(excusedBy(dump(here), dump("a1 a2 48 00 02 02 80 88 ff 01 a1"))).toBeUndefined();
    expect(excusedBy(dump("a1 a1"), dump("a1 a2"))).toBeUndefined();
  });
});

describe("rule 6 of the comparison", () => {
  const corrupt = (prev: string, next: string) =>
    op("alloc c a", "null", `list_add corruption. prev (ffff88${prev}). (next=${next}).`);

  it("lets addresses of 3.10's own memory differ inside their window", () => {
    const here = corrupt("0004000910", "ffffea00001003a0");
    expect(excusedBy(here, corrupt("0002002220", "ffffea00000808a0"), OLD)).toEqual([6]);
    expect(excusedBy(here, corrupt("0002002220", "ffffc900000808a0"), OLD)).toBeUndefined();
  });

  it("does not let the struct page of an address that the script knows differ", () => {
    const fault = (page: string) =>
      op("free c a", "CRASH (no return)", `BUG: unable to handle kernel paging request at ${page}`);
    expect(excusedBy(fault("ffffeb04000ffb40"), fault("ffffeb04000ffb80"), OLD)).toBeUndefined();
    expect(excusedBy(fault("ffffebe000000000"), fault("ffffebe000000040"), OLD)).toBeUndefined();
  });

  it("drops traces of caches that the script did not create", () => {
    const trace = (cache: string) => `TRACE ${cache} alloc 0xffff880004006600 inuse=1 fp=0x0`;
    const here = op("cache c 64 0 T", "size=64", trace("kmalloc-8"));
    expect(excusedBy(here, op("cache c 64 0 T", "size=64"), OLD)).toEqual([6]);
    const own = op("cache c 64 0 T", "size=64", trace("c"));
    expect(excusedBy(own, op("cache c 64 0 T", "size=64"), OLD)).toBeUndefined();
  });
});

describe("rule 7 of the comparison", () => {
  it("drops lines about debugfs, and no others", () => {
    const quiet = op("cache c 64 0 -", "size=64");
    const noisy = (line: string) => op("cache c 64 0 -", "size=64", line);
    expect(excusedBy(noisy("debugfs: Directory 'c' already present!"), quiet)).toEqual([7]);
    expect(excusedBy(noisy("sysfs: Directory 'c' already present!"), quiet)).toBeUndefined();
  });
});
