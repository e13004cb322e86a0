import { beforeAll, describe, expect, it } from "vitest";
import { Digest } from "../../../src/base/hash.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { digestRun } from "../../../src/slub/run/digest.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { BUG_NAMES } from "../../../src/target/bug_names.ts";
import { generatorFor, judgeScript, machineOf } from "../../helper/judge.ts";

const machine = machineOf({ profile: "v6.1", slubDebug: "FZP" });
const heap = new SlabHeap();
let judge: Judge;

beforeAll(() => {
  heap.configure(machine);
  judge = new Judge(heap);
});

describe("a judge", () => {
  it("gives the same verdict whether it checks at marks only or at every operation", () => {
    const generator = generatorFor(machine);
    for (let i = 0; i < 150; i++) {
      const image = generator.generate(i);
      const marked = judge.run(image, generator.marks, generator.census);
      const quick = [judge.signatureOf(marked), marked.judgement.impact, marked.digestLow];
      const careful = judge.run(image);
      expect([judge.signatureOf(careful), careful.judgement.impact, careful.digestLow]).toEqual(
        quick,
      );
    }
  });

  it("gives the same verdict the second time", () => {
    const generator = generatorFor(machine, BUG_NAMES, 9);
    const run = (i: number) => {
      const result = judge.run(generator.generate(i), generator.marks, generator.census);
      return [result.key, result.ran, result.digestHigh, result.digestLow];
    };
    const first = Array.from({ length: 60 }, (_, i) => run(i));
    const second = Array.from({ length: 60 }, (_, i) => run(i));
    expect(second).toEqual(first);
  });

  it("stops with the machine", () => {
    const { judgement, shadow } = judgeScript(
      "# boot: up\ncache c 64 0 -\nfree c null\nalloc c a\n",
    );
    expect(judgement.verdict).toBe("oops");
    expect(shadow.objects.count).toBe(0);
  });

  it("keeps the bytes around a mistake from before and after the mistake", () => {
    const { shadow } = judgeScript("cache c 64 0 -\nalloc c a\nfill a 0 64 11\nwrite a 64 4142\n");
    const [{ op, before, after }] = shadow.evidence;
    expect([op, before.length, after.length]).toEqual([3, 18, 18]);
    expect([...after.subarray(8, 10)]).toEqual([0x41, 0x42]);
    expect([...before.subarray(0, 8)]).toEqual(Array(8).fill(0x11));
  });
});

describe("the digest of a run", () => {
  const digest = new Digest();
  const digestOfCase = (bug: "none" | "off-by-one", i: number): string => {
    const generator = generatorFor(machine, [bug]);
    heap.load(generator.generate(i));
    heap.reset();
    const { image } = generator;
    return digestRun(digest, heap, image, heap.run(0, image.opCount)).hex;
  };

  it("is the same for the same run", () => {
    expect(digestOfCase("none", 3)).toBe(digestOfCase("none", 3));
  });

  it("differs where an answer or a report does", () => {
    const digests = [0, 1, 2].flatMap((i) => [
      digestOfCase("none", i),
      digestOfCase("off-by-one", i),
    ]);
    expect(new Set(digests).size).toBe(6);
  });
});
