// A replay for people, as a log, and as a record.
import { describe, expect, it, vi } from "vitest";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { judgedReplay } from "../../../src/slub/judged_replay.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { firstOperations, judgeProgram } from "../../../src/slub/run/case.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { logOf } from "../../../src/slub/words/log.ts";
import { replayRecord } from "../../../src/slub/words/replay_record.ts";
import { endingLines, opLines, transcriptOf } from "../../../src/slub/words/transcript.ts";

function load(script: string, boot: string) {
  const program = parseScript(script, "test.slab");
  return { program, machine: machineFor(program, { boot }) };
}

const OVERFLOW = "cache c 64 0 FZ\nalloc c a\nwrite a 64 41\nfree c a\n";

describe("a transcript", () => {
  it("shows each operation, its result, and the kernel's lines with real addresses", () => {
    const { program, machine } = load(OVERFLOW, "up");
    const ops = transcriptOf(machine, replay(program, machine));
    expect(ops.map(({ text, result }) => `${text} => ${result}`).slice(1)).toEqual([
      "alloc c a => c/s0 o0 off=8 new",
      "write a 64 41 => ok",
      "free c a => ok",
    ]);
    const pointer = ops[1].pointer ?? "";
    expect(pointer).toMatch(/^ffff8880[0-9a-f]{5}008$/);
    expect(opLines(ops[1])).toEqual([`op 1: alloc c a => ${pointer} c/s0 o0 off=8 new`]);
    const damaged = (BigInt(`0x${pointer}`) + 64n).toString(16);
    expect(opLines(ops[3])).toContain(
      `    0x${damaged}-0x${damaged} @offset=72. First byte 0x41 instead of 0xcc`,
    );
    expect(endingLines(ops, program.ops.length)).toEqual([
      "first report: op 3 (free c a): BUG c: Right Redzone overwritten",
      "ended: 4 of 4 operations ran",
    ]);
  });

  it("ends with the machine's cause of death, and tells when no report came", () => {
    const { program, machine } = load("cache c 64 0 -\nfree c null\ninfo\n", "v310");
    const ops = transcriptOf(machine, replay(program, machine));
    expect(endingLines(ops, program.ops.length)).toEqual([
      "first report: none, the kernel said nothing",
      "ended: op 1 (free c null): BUG: unable to handle kernel paging request at " +
        "ffffebe000000000 in kmem_cache_free",
    ]);
  });

  it("tells that a machine hangs where it does", () => {
    const script = "cache c 64 0 -\nalloc c a\nfree c a\nfree c a\nvalidate c\n";
    const { program, machine } = load(script, "up");
    const ops = transcriptOf(machine, replay(program, machine));
    expect(endingLines(ops, program.ops.length)[1]).toBe("ended: op 4 (validate c) never returns");
  });
});

describe("the log of a run", () => {
  it("begins with the name and how the machine booted, and marks a crash", () => {
    const { program, machine } = load("cache c 64 0 -\nfree c null\n", "v310 slub_nomerge");
    const lines = logOf("x", machine, replay(program, machine));
    expect(lines[0]).toBe("# x  boot: v310 slub_nomerge  ** kernel crashed **");
    expect(lines[2]).toBe("@@ op 1: free c null => CRASH (no return)");
    expect(lines[3]).toBe("    | BUG: unable to handle kernel paging request at ffffebe000000000");
  });
});

describe("the record of a run", () => {
  it("has every operation with its lines, the verdict and a digest", () => {
    const { program, machine } = load(OVERFLOW, "up");
    const ops = transcriptOf(machine, replay(program, machine));
    const judged = judgeProgram(program, machine);
    const record = replayRecord({ source: "x", machine, ops, judged });
    expect(record).toMatchObject({
      source: "x",
      profile: "v6.1",
      boot: "up",
      firstReport: { op: 3, text: "BUG c: Right Redzone overwritten" },
      end: "completed",
      death: null,
      verdict: "detected",
    });
    expect(record.operations.map(({ kernel }) => kernel.length > 0)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(record.digest).toMatch(/^[0-9a-f]{16}$/);
    expect(judgeProgram(program, machine)).toEqual(judged);
  });

  it("has only the operations that ran", () => {
    const { program, machine } = load(OVERFLOW, "up");
    const cut = firstOperations(program, 3);
    const ops = transcriptOf(machine, replay(cut, machine));
    const record = replayRecord({ source: "x", machine, ops, judged: judgeProgram(cut, machine) });
    expect(record.operations).toHaveLength(3);
    expect(record.firstReport).toBeNull();
    expect(record.digest).not.toBe(judgeProgram(program, machine).digest);
  });
});

describe("a program that is shown and judged", () => {
  function expectBoth(script: string): void {
    const { program, machine } = load(script, "up");
    const heap = new SlabHeap();
    const both = judgedReplay({ program, machine, heap, invariants: undefined });
    expect(both.ops).toEqual(transcriptOf(machine, replay(program, machine)));
    expect(both.judged).toEqual(judgeProgram(program, machine));
  }

  it("comes to what its replay and its judge say, from one run", () => {
    const clean = "cache c 64 0 FZ\nalloc c a\nlist c\nfree c a\n";
    const runs = vi.spyOn(SlabHeap.prototype, "run");
    const { program, machine } = load(clean, "up");
    judgedReplay({ program, machine, heap: new SlabHeap(), invariants: undefined });
    expect(runs.mock.calls).toEqual([0, 1, 2, 3].map((op) => [op, 1]));
    runs.mockRestore();
    expectBoth(clean);
    expectBoth(OVERFLOW);
    expectBoth("cache c 64 0 -\nalloc c a\nfree c a\nfree c a\nvalidate c\n");
  });

  it("shows all that the kernel said where one run has no room for it", () => {
    const { program, machine } = load(OVERFLOW, "up");
    const lost = vi.spyOn(SlabHeap.prototype, "eventsLost", "get").mockReturnValueOnce(3);
    const heap = new SlabHeap();
    const { ops } = judgedReplay({ program, machine, heap, invariants: undefined });
    expect(lost.mock.calls.length).toBeGreaterThan(0);
    lost.mockRestore();
    expect(ops).toEqual(transcriptOf(machine, replay(program, machine)));
  });
});
