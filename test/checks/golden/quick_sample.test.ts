// The quick sample of golden programs: it detects every mutant that any program detects, is stored
// as a file, and is played by a quick gate.
import { describe, expect, it } from "vitest";
import { Prng } from "../../../src/base/prng.ts";
import { goldenPlayers, goldenSets } from "../../../src/checks/gate/golden.ts";
import { PartPlayer, StressPlayer } from "../../../src/checks/golden/player.ts";
import {
  greedyCover,
  nameOfProgram,
  parseQuickSample,
  programNamed,
  quickSampleText,
} from "../../../src/checks/golden/quick_sample.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { coreOfModule } from "../../../src/slub/named_core.ts";
import { patched } from "../../../src/wasm/rewrite.ts";
import { mutableCore, ownMutants } from "../../helper/mutable_core.ts";

/** Which programs see each of so many mutants, drawn by a seed. */
function drawn(seed: number): readonly (readonly string[])[] {
  const prng = new Prng({ high: 0, low: seed });
  return Array.from({ length: 60 }, () =>
    Array.from({ length: prng.below(5) }, () =>
      nameOfProgram(`set ${prng.below(3)}`, prng.below(9)),
    ),
  );
}

const costOf = (program: string) => 1 + (programNamed(program).number % 4);

describe("a greedy cover", () => {
  it("covers every mutant that any program kills", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const seenBy = drawn(seed);
      const chosen = greedyCover(seenBy, costOf);
      const missed = seenBy.filter((programs) => {
        return programs.length > 0 && !programs.some((program) => chosen.includes(program));
      });
      expect(missed).toEqual([]);
      expect(new Set(chosen).size).toBe(chosen.length);
    }
  });

  it("does not depend on the order of mutants and programs", () => {
    const seenBy = drawn(7);
    const turned = [...seenBy].reverse().map((programs) => [...programs].reverse());
    expect(greedyCover(turned, costOf)).toEqual(greedyCover(seenBy, costOf));
  });

  it("prefers the program with fewer operations among equal ones", () => {
    const seenBy = [["dear#1", "cheap#2"], ["dear#1", "cheap#2"], ["dear#1"]];
    const cost = (program: string) => (program === "dear#1" ? 100 : 1);
    expect(greedyCover(seenBy, cost)).toEqual(["cheap#2", "dear#1"]);
    expect(greedyCover(seenBy, () => 1)).toEqual(["dear#1"]);
  });
});

describe("the sample file", () => {
  it("is read as it was written", () => {
    const text = quickSampleText(["a b -#12", "a b -#3", "c#0"]);
    expect(parseQuickSample(text, "x")).toEqual({ "a b -": [3, 12], c: [0] });
  });

  it.each([
    ["[]", "q.json: is no quick sample"],
    ['{"version":1}', "q.json: programs: is missing"],
    ['{"version":1,"programs":{"a":[-1]}}', "q.json: programs.a[0]: must be"],
    ['{"version":1,"programs":{"a":{"toString":1}}}', "q.json: programs.a: must be a list"],
  ])("with the text %s is refused in one sentence", (text, message) => {
    expect(() => parseQuickSample(text, "q.json")).toThrow(message);
  });
});

describe("the stored sample", () => {
  const parts = goldenSets().filter((player) => player instanceof PartPlayer);

  it("names existing programs", () => {
    const counts = new Map(goldenPlayers().map(({ name, count }) => [`quick ${name}`, count]));
    for (const part of parts) {
      expect(counts.get(part.name)).toBeGreaterThan(0);
      for (let i = 0; i < part.count; i++) expect(() => part.program(i)).not.toThrow();
    }
  });

  it("detects mistakes in shrink that only stress programs detect", () => {
    const module = mutableCore();
    const slips = ownMutants(module).filter(({ id }) =>
      id.startsWith("shrink_by_free const 32->33"),
    );
    const own = new SlabHeap();
    const seen = slips.filter(({ id, patches }) => {
      const bytes = patched(module.file, patches);
      const { core } = coreOfModule(id, new WebAssembly.Module(bytes));
      const other = new SlabHeap(core);
      return parts.some((part) => answersOn(own, part) !== answersOn(other, part));
    });
    expect(slips.length).toBeGreaterThan(0);
    expect(seen.map(({ id }) => id)).not.toEqual([]);
  });

  function answersOn(heap: SlabHeap, part: PartPlayer): string {
    part.boot(heap);
    return Array.from({ length: part.count }, (_, i) => part.answer(i)).join();
  }

  it("gives the answers of the whole set, program by program", () => {
    const whole = goldenPlayers().find((player) => player instanceof StressPlayer)!;
    const part = new PartPlayer(whole, [5, 2]);
    const heap = new SlabHeap();
    part.boot(heap);
    const answers = [part.answer(0), part.answer(1)];
    expect(answers).toEqual([whole.answer(5), whole.answer(2)]);
    expect(part.program(0)).toEqual(whole.program(5));
  });
});
