// Verdicts by the text of real kernels, without a kernel: the recordings have the text.
import { describe, expect, it } from "vitest";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { goldenLines, loadArchive } from "../../test/recordings/archive.ts";
import { MISTAKEN_PROGRAM } from "./policies.ts";
import { ProgramMaker } from "./programs.ts";
import { recordedVerdicts } from "./recorded_verdicts.ts";
import { verdictSetups } from "./setups.ts";
import { EventReports } from "./text_reports.ts";
import { isEqual, type Sentence, sentenceFromText, sentenceOf } from "./verdicts.ts";

const heap = new SlabHeap();

type LiveKernel = "v6.1" | "v6.12" | "v7.3";

function judged(kernel: LiveKernel, name: string, change: (line: string) => string[]) {
  const recording = loadArchive(kernel).recordings.find((one) => one.name === name);
  if (recording === undefined) throw new Error(`no recording ${name}`);
  const program = parseScript(recording.script, name);
  const machine = machineFor(program, { profile: kernel });
  const lines = goldenLines(recording).flatMap(change);
  const { sentence, unread } = sentenceFromText(program, heap, machine, lines);
  return {
    text: sentence,
    core: sentenceOf(program, heap, machine, new EventReports(machine)),
    unread,
  };
}

describe.each(["v6.1", "v6.12", "v7.3"] as const)("a verdict from the text of %s", (kernel) => {
  it("is the core's for one recording in four", () => {
    const pairs = recordedVerdicts(kernel, heap, (number) => number % 4 === 1);
    for (const { name, text, core } of pairs) expect(text, name).toEqual(core);
    expect(pairs.map(({ core }) => core.verdict)).toEqual(
      expect.arrayContaining(["blind", "detected", "late", "oops"]),
    );
  });

  it("differs where the kernel does not report what it should", () => {
    const { text, core } = judged(kernel, "dfree.F", (line) => (/BUG c /.test(line) ? [] : [line]));
    expect(core.verdict).toBe("detected");
    expect(text.verdict).toBe("invariant");
  });

  it("has another signature where the kernel's report differs", () => {
    const { text, core } = judged(kernel, "dfree.F", (line) => [
      line.replace("Object already free", "Freechain corrupt"),
    ]);
    expect(text.signature).not.toBe(core.signature);
  });
});

describe("two verdicts", () => {
  const same: Sentence = { verdict: "late", signature: "a|b|c|d" };
  const pair = { kernel: same, core: same, unread: [], hasOtherAnswers: false, isRandom: false };

  it("are equal with the same signature", () => {
    expect(isEqual(pair)).toBe(true);
    expect(isEqual({ ...pair, core: { ...same, verdict: "detected" } })).toBe(false);
    expect(isEqual({ ...pair, core: { ...same, signature: "a|b|c|e" } })).toBe(false);
  });

  it("differ where a line was not understood, or an answer differed", () => {
    expect(isEqual({ ...pair, unread: ["BUG c (Not tainted): Slab on fire"] })).toBe(false);
    expect(isEqual({ ...pair, hasOtherAnswers: true })).toBe(false);
  });
});

describe("a random program with a mistake", () => {
  const builds = [{ kernel: "v6.12", variant: "up" }] as const;
  const seed = { high: 0, low: 3 };

  it("is the same every time, and has its mistake", () => {
    for (const boot of verdictSetups(builds)) {
      const make = () => new ProgramMaker(MISTAKEN_PROGRAM, seed, boot, heap).make(5);
      const made = make();
      expect(make()).toEqual(made);
      const machine = machineFor(made.program, { profile: "v6.12" });
      const { verdict } = sentenceOf(made.program, heap, machine, new EventReports(machine));
      expect(verdict).not.toBe("ok");
    }
  });
});
