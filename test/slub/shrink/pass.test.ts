// The passes, each asked to keep something simple: they know programs only, and a test needs no
// heap.
import { describe, expect, it } from "vitest";
import type { Program } from "../../../src/slub/program/op.ts";
import { printOp } from "../../../src/slub/program/syntax.ts";
import { parseScript, printScript } from "../../../src/slub/program/text.ts";
import { plainMachine } from "../../../src/slub/shrink/passes/header.ts";
import { cutPairs, cutPieces, keepOneObject } from "../../../src/slub/shrink/passes/leave_out.ts";
import {
  dropBytes,
  dropFlags,
  lowerNumbers,
  plainBytes,
} from "../../../src/slub/shrink/passes/numbers.ts";
import {
  joinAllocations,
  joinFrees,
  mergeCaches,
  sayPlainly,
  useEarlierSlots,
} from "../../../src/slub/shrink/passes/plain_words.ts";
import { shrinkObjects, useSmallSlabs } from "../../../src/slub/shrink/passes/sizes.ts";
import { keyOf } from "../../../src/slub/shrink/strategy.ts";
import { compareKeys, type Pass } from "../../../src/target/shrink.ts";
import { lowered } from "../../../src/target/shrink_passes.ts";

interface Outcome {
  readonly lines: readonly string[];
  readonly header: Program["header"];
  readonly proposed: number;
}

/** Runs a pass; a proposal is taken if it is smaller and its text fits. */
function run(
  pass: Pass<Program>,
  lines: readonly string[],
  isWanted: (text: string) => boolean,
): Outcome {
  let best = parseScript(lines.join("\n"), "test.slab");
  let proposed = 0;
  const proposals = pass(best);
  for (let next = proposals.next(false); next.done !== true; proposed++) {
    const candidate = next.value;
    const isSmaller = compareKeys(keyOf(candidate), keyOf(best)) < 0;
    const isTaken = isSmaller && isWanted(printScript(candidate));
    if (isTaken) best = candidate;
    next = proposals.next(isTaken);
  }
  return { lines: best.ops.map(printOp), header: best.header, proposed };
}

const SETUP = "cache c 64 0 -";
const has =
  (...needed: (string | RegExp)[]) =>
  (text: string) =>
    needed.every((one) => (typeof one === "string" ? text.includes(one) : one.test(text)));

describe("the cutting pass", () => {
  const forty = Array.from({ length: 40 }, (_, i) => `alloc c a${i}.`);

  it("keeps what is needed, in far fewer steps than the program has pairs of operations", () => {
    const wanted = has("alloc c a3.", "alloc c a31.");
    const { lines, proposed } = run(cutPieces, [SETUP, ...forty], wanted);
    expect(lines).toEqual([SETUP, "alloc c a3.", "alloc c a31."]);
    expect(proposed).toBeLessThan((40 * 39) / 2);
  });

  it("takes out two operations that need each other", () => {
    const balanced = (text: string) => text.includes("info") === text.includes("scrub");
    const { lines } = run(cutPairs, [SETUP, "scrub", "alloc c a", "info"], balanced);
    expect(lines).toEqual([]);
  });

  it("leaps to the operations on one object", () => {
    const lines = [SETUP, "alloc c a", "alloc c b", "free c b", "free c a", "validate c", "info"];
    const shows = has("free c b", "validate c");
    expect(
      run(keepOneObject, lines, (text) => shows(text) && !text.includes("info")).lines,
    ).toEqual([SETUP, "alloc c b", "free c b", "validate c"]);
  });
});

describe("the pass for words", () => {
  it.each([
    ["bulkalloc c 2 p", "allocn c 2 p"],
    ["bulkalloc c 1 p", "alloc c p0"],
    ["alloc c p0 z", "alloc c p0"],
    ["allocn c 1 p", "alloc c p0"],
  ])("turns the row %s into %s", (before, after) => {
    expect(run(sayPlainly, [SETUP, before], has("alloc")).lines).toEqual([SETUP, after]);
  });

  it.each([
    ["bulkfree c a", "free c a"],
    ["bulkfreen c 2 p", "freen c 2 p"],
    ["freeoff c a+8 8", "free c a+16"],
    ["fill a 64 1 0a", "write a 64 0a"],
  ])("turns the operation %s into %s", (before, after) => {
    const lines = run(sayPlainly, [SETUP, "alloc c a", before], () => true).lines;
    expect(lines.at(-1)).toBe(after);
  });

  it("makes rows of three and more", () => {
    const allocs = ["alloc c x", "alloc c y", "alloc c z", "write y 8 41"];
    const joined = run(joinAllocations, [SETUP, ...allocs], () => true).lines;
    expect(joined).toEqual([SETUP, "allocn c 3 r", "write r1 8 41"]);
    const frees = ["free c r0", "free c r1", "free c r2"];
    const freed = run(joinFrees, [SETUP, "allocn c 3 r", ...frees], () => true).lines;
    expect(freed).toEqual([SETUP, "allocn c 3 r", "freen c 3 r"]);
    const two = [SETUP, "alloc c x", "alloc c y"];
    expect(run(joinAllocations, two, () => true).lines).toEqual(two);
  });
});

describe("the pass for numbers", () => {
  it("stops at the least number that is accepted", () => {
    const asked: number[] = [];
    const numbers = lowered(1000, 0);
    for (let next = numbers.next(false); next.done !== true; ) {
      asked.push(next.value);
      next = numbers.next(next.value >= 77);
    }
    expect(Math.min(...asked.filter((value) => value >= 77))).toBe(77);
    expect(asked).toContain(76);
    expect(asked.length).toBeLessThan(2 * Math.log2(1000));
  });

  it("makes numbers small on either side of zero", () => {
    const lines = [SETUP, "alloc c a", "write a -16 41", "fill a+4 100 7 ff"];
    const wanted = has(/write a -[1-9]/, /fill a\+?\d* (3\d|[4-9]\d|1\d\d) /);
    expect(run(lowerNumbers, lines, wanted).lines).toEqual([
      SETUP.replace("64", "1"),
      "alloc c a",
      "write a -1 41",
      "fill a 30 1 00",
    ]);
  });

  it("shrinks an object together with the writes behind its end", () => {
    const lines = [SETUP, "alloc c a", "write a 65 41", "write a 8 41"];
    const isBehind = (text: string) => {
      const [, size, offset] = /cache c (\d+)[\s\S]*write a (\d+) 41\nwrite/.exec(text) ?? [];
      return Number(offset) === Number(size) + 1 && text.includes("write a 8 41");
    };
    const { lines: shrunk } = run(shrinkObjects, lines, isBehind);
    expect(shrunk).toEqual(["cache c 1 0 -", "alloc c a", "write a 2 41", "write a 8 41"]);
  });

  it("shrinks rows where larger objects make smaller slabs", () => {
    const lines = [SETUP, "allocn c 64 p", "free c p0"];
    const fillsSlab = (text: string) => {
      const [, size, count] = /cache c (\d+)[\s\S]*allocn c (\d+)/.exec(text) ?? [];
      return Number(size) * Number(count) >= 4096 && text.includes("free c p0");
    };
    const [cache, row] = run(useSmallSlabs, lines, fillsSlab).lines;
    expect(Number(row.split(" ")[2])).toBeLessThan(12);
    expect(Number(cache.split(" ")[2])).toBeGreaterThan(64);
  });
});

describe("the pass for flags and bytes", () => {
  it("removes letters one by one", () => {
    const { lines } = run(dropFlags, ["cache c 64 0 RKHM"], has(/ [A-Z]*K[A-Z]*/));
    expect(lines).toEqual(["cache c 64 0 K"]);
  });

  it("removes bytes from both ends, and the rest stays where it is", () => {
    const lines = [SETUP, "alloc c a", "write a 8 1122334455"];
    const wanted = (text: string) => {
      const [, offset, hex] = /write a (\d+) ([0-9a-f]+)/.exec(text) ?? ["", "0", ""];
      return hex.slice(2 * (10 - Number(offset)), 2 * (10 - Number(offset)) + 2) === "33";
    };
    expect(run(dropBytes, lines, wanted).lines[2]).toBe("write a 10 33");
  });

  it("makes bytes plain where their values do not matter", () => {
    const lines = [SETUP, "alloc c a", "write a 0 11223344"];
    expect(run(plainBytes, lines, has(/write a 0 ..22/)).lines[2]).toBe("write a 0 00220000");
  });
});

describe("the pass for places", () => {
  it("replaces several caches by one", () => {
    const lines = [SETUP, "cache d 64 0 -", "alloc c a", "alloc d b", "free d b"];
    expect(run(mergeCaches, lines, has(/free . b/)).lines).toEqual([
      SETUP,
      "alloc c a",
      "alloc c b",
      "free c b",
    ]);
  });

  it("replaces an object by an earlier one", () => {
    const lines = [SETUP, "alloc c a", "alloc c b", "free c b"];
    expect(run(useEarlierSlots, lines, has(/free c [ab]/)).lines.at(-1)).toBe("free c a");
  });
});

describe("the pass for the machine", () => {
  const HEADER = ["# boot: smp slub_debug=FZP,x slub_nomerge", "# cpus: 2", "# seed: 0x7"];

  it("removes settings that no operation needs", () => {
    const { header } = run(plainMachine, [...HEADER, SETUP], has(/slub_debug=[A-Z]*Z/));
    expect(header).toEqual({ boot: "up slub_debug=Z,x", comments: [] });
  });

  it("keeps the blocks that matter", () => {
    const boot = "# boot: up slub_debug=F;ZP,a;U,b";
    const { header } = run(plainMachine, [boot, SETUP], has(/P,a/));
    expect(header.boot).toBe("up slub_debug=P,a");
  });
});
