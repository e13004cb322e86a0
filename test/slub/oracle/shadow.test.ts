// The shadow's account of a program: which operation counts as the cause of which damage.
import { describe, expect, it } from "vitest";
import { REGION_NAMES } from "../../../src/slub/oracle/region.ts";
import { judgeScript } from "../../helper/judge.ts";

function judged(boot: string, ...lines: string[]) {
  return judgeScript([`# boot: ${boot}`, ...lines].join("\n"));
}

describe("a tracked write", () => {
  it("is cut beyond an object where owner or kind of the bytes changes", () => {
    const { shadow } = judged(
      "up slub_debug=FZPU",
      "cache c 20 0 -",
      "alloc c a",
      "alloc c b",
      "write a 18 4142434445464748414243444546474841424344454647484142434445464748",
    );
    const found = shadow.damages[0].segments.map(
      ({ region, first, end, isOwn }) => `${REGION_NAMES[region]} ${end - first} ${isOwn}`,
    );
    expect(found).toEqual([
      "right-redzone 4 true",
      "free-pointer 8 true",
      "padding 8 true",
      "left-redzone 8 false",
      "payload 2 false",
    ]);
  });

  it("is noted, and blind, when it changes no byte", () => {
    const { judgement, shadow } = judged(
      "up slub_debug=FZ",
      "cache c 64 0 -",
      "alloc c a",
      "write a 64 cccc",
      "free c a",
    );
    expect(shadow.damages[0].changed).toBe(false);
    expect([judgement.verdict, judgement.impact]).toEqual(["blind", "none"]);
  });

  it("is the program's own business through a slot of foreign memory", () => {
    const { judgement } = judged("up", "cache c 64 0 -", "write glob 8 4141", "fill vglob 0 64 11");
    expect(judgement.verdict).toBe("ok");
  });

  it("counts against the writer when it hits a new object after reuse", () => {
    const { judgement, signature } = judged(
      "up",
      "cache c 64 0 -",
      "alloc c a",
      "free c a",
      "alloc c b",
      "fill b 0 64 11",
      "write a 8 41",
      "read b 0 16",
    );
    expect(signature).toBe("write-after-reuse|payload|new-owner|blind: other-owner");
    expect(judgement.impact).toBe("other-owner");
  });
});

describe("a piece of memory that is handed out", () => {
  it("twice is an overlap, explained by the double free", () => {
    const { judgement, shadow } = judged(
      "up",
      "cache c 64 0 -",
      "alloc c a",
      "alloc c b",
      "free c a",
      "free c b",
      "free c a",
      "alloc c d",
      "alloc c e",
      "alloc c f",
    );
    expect(shadow.violations.map(({ invariant, op }) => `${invariant} ${op}`)).toEqual([
      "overlap 8",
    ]);
    expect([judgement.verdict, judgement.impact]).toEqual(["blind", "overlap"]);
  });

  it("outside of RAM is foreign, explained by the forged pointer", () => {
    const { judgement } = judged(
      "up",
      "cache c 64 0 -",
      "alloc c a",
      "alloc c b",
      "free c b",
      "free c a",
      "wfp c a glob+64",
      "alloc c d",
      "alloc c e",
    );
    expect([judgement.verdict, judgement.impact]).toEqual(["blind", "foreign"]);
  });
});

describe("a clean program", () => {
  it("may use every operation of the language", () => {
    const { judgement, shadow } = judged(
      "up slub_debug=FZPU",
      "cache c 64 0 KM",
      "cache d 200 64 - ctor",
      "allocn c 4 p",
      "bulkalloc d 3 q",
      "read q0 0 1",
      "alloc c z z",
      "read z 0 64",
      "kmalloc 100 k z",
      "read k 84 16",
      "krealloc k 300 l",
      "read l 0 16",
      "ksize l",
      "write p1 0 4142",
      "read p1 0 2",
      "validate c",
      "freen c 4 p",
      "bulkfree d q0 q1 q2",
      "free c z",
      "kfree l",
      "shrink c",
      "destroy c",
      "destroy d",
    );
    expect(judgement.verdict).toBe("ok");
    expect(shadow.objects.count).toBe(10);
  });

  it("keeps lists in its own objects", () => {
    const { judgement } = judged(
      "updl",
      "cache c 64 0 -",
      "listinit glob+64",
      "alloc c a",
      "alloc c b",
      "listadd a+16 glob+64",
      "listaddtail b+16 glob+64",
      "listdel a+16",
      "listdel b+16",
      "free c a",
      "free c b",
    );
    expect(judgement.verdict).toBe("ok");
  });

  it("leaks the objects that it forgets at destroy", () => {
    const { signature } = judged("up", "cache c 64 0 -", "alloc c a", "destroy c");
    expect(signature).toBe("leak-at-destroy|free-list|nowhere|Objects remaining at destroy");
  });
});

describe("a list operation", () => {
  const list = ["cache c 64 0 -", "listinit glob+64", "alloc c a", "listadd a+16 glob+64"];

  it("is misuse when it reaches into a freed object", () => {
    const { judgement } = judged("updl", ...list, "free c a", "alloc c b", "listadd b+16 glob+64");
    expect(judgement.damage?.cause).toBe("list-misuse");
  });

  it("is misuse when its links were overwritten", () => {
    const { signature } = judged("updl", ...list, "fill a 16 16 00", "listdel a+16");
    expect(signature).toBe("list-misuse|-|list|list_del corruption at list-del");
  });

  it("is misuse when it takes an entry out twice", () => {
    const { signature } = judged("updl", ...list, "listdel a+16", "listdel a+16");
    expect(signature).toBe("list-misuse|-|list|list_del corruption at list-del");
  });
});
