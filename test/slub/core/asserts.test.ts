// The debug build asserts the core's invariants (assembly/base/assert.ts): about the
// machine in every recording, about the heap in recordings and generated programs that make no
// mistake. Each kind has planted bugs that must fail it.
//
//   SLABFUZZ_WHOLE=1 npx vitest run test/core     every recording, not one in 27
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { Planted } from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import type { Machine } from "../../../src/slub/program/machine.ts";
import { parseScript } from "../../../src/slub/program/text.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { replay } from "../../../src/slub/run/replay.ts";
import { LogWriter } from "../../../src/slub/words/log.ts";
import { type BugName, INJECTED_BUGS } from "../../../src/target/bug_names.ts";
import { pathOfCore } from "../../../src/targets/core_files.ts";
import { buildDebugCore, DebugHeap, placeOf } from "../../helper/debug_core.ts";
import { generatorFor, machineOf } from "../../helper/judge.ts";
import { TRIES_ALL } from "../../helper/part_of.ts";
import {
  goldenLines,
  KERNELS,
  type KernelName,
  loadArchive,
  type Recording,
} from "../../recordings/archive.ts";
import { compareLogs } from "../../recordings/compare.ts";

const STEP = TRIES_ALL ? 1 : 27;
const CASES = 12;

beforeAll(() => buildDebugCore());

/** A recording that replays, and what came of it: "" where it is identical and nothing failed. */
interface Replayed {
  readonly isClean: boolean;
  readonly failure: string;
}

function replayed(recording: Recording, profile: KernelName, heap: DebugHeap): Replayed {
  const program = parseScript(recording.script, recording.name);
  const machine = machineFor(program, { profile });
  const judge = new Judge(configured(new SlabHeap(), machine));
  const isClean = judge.run(encode(program, machine)).judgement.verdict === "ok";
  const writer = new LogWriter(machine);
  const lines: string[] = [];
  try {
    heap.expectClean(isClean);
    for (const step of replay(program, machine, { heap })) lines.push(...writer.lines(step));
  } catch (error) {
    return { isClean, failure: `${recording.name}: ${placeOf(error)}` };
  }
  const { difference } = compareLogs(goldenLines(recording), lines, { profile });
  return { isClean, failure: difference === undefined ? "" : `${recording.name}: differs` };
}

function configured<T extends SlabHeap>(heap: T, machine: Machine): T {
  heap.configure(machine);
  return heap;
}

/** Where the first assert fails in generated programs; "" where none does. */
function failureOf(
  machine: Machine,
  heap: DebugHeap,
  caseCount: number,
  bugs: readonly BugName[] = ["none"],
): string {
  const generator = generatorFor(machine, bugs, 7, 100);
  try {
    const judge = new Judge(configured(heap, machine));
    for (let number = 0; number < caseCount; number++) {
      judge.run(generator.generate(number), generator.marks, generator.census);
    }
    return "";
  } catch (error) {
    return placeOf(error);
  }
}

describe("the debug build", () => {
  it.each(KERNELS)("replays the recordings of %s identically, and no assert fails", (kernel) => {
    const chosen = loadArchive(kernel).recordings.filter((_, i) => i % STEP === 0);
    const heap = new DebugHeap();
    const results = chosen.map((recording) => replayed(recording, kernel, heap));
    expect(results.map(({ failure }) => failure).filter((text) => text !== "")).toEqual([]);
    expect(results.filter(({ isClean }) => isClean).length).toBeGreaterThan(0);
  });
});

describe("a program without a mistake", () => {
  const machines = ["v3.10", "v6.1", "v6.12"].flatMap((profile) =>
    ["-", "F", "Z", "P", "U", "T", "FZ", "FZP", "FZPU"].map((debug) => [profile, debug] as const),
  );

  it.each(machines)("fails no assert on %s under %s", (profile, slubDebug) => {
    const machine = machineOf({ profile, slubDebug });
    expect(failureOf(machine, new DebugHeap().expectClean(true), CASES)).toBe("");
  });

  it.each([
    ["v3.10", "v310", "-"],
    ["v3.10", "v310ndl", "FZPU"],
    ["v6.1", "smp", "-"],
    ["v6.1", "smp", "FZPU"],
    ["v6.12", "smp", "-"],
    ["v6.12", "smp", "U"],
  ] as const)("fails no assert on %s with four CPUs (%s) under %s", (profile, boot, slubDebug) => {
    const machine = machineOf({ profile, boot, slubDebug, cpus: 4 });
    expect(failureOf(machine, new DebugHeap().expectClean(true), 2 * CASES)).toBe("");
  });
});

describe("a program with a mistake", () => {
  const machines = KERNELS.flatMap((profile) =>
    ["-", "F", "FZPU"].map((debug) => [profile, debug] as const),
  );

  it.each(machines)("fails no assert about the machine on %s under %s", (profile, slubDebug) => {
    const machine = machineOf({ profile, slubDebug });
    const heap = new DebugHeap().expectClean(false);
    expect(failureOf(machine, heap, 10 * CASES, INJECTED_BUGS)).toBe("");
  });
});

describe("a planted bug", () => {
  const machine = machineOf({ profile: "v6.1", slubDebug: "FZPU" });
  const plain = machineOf({ profile: "v6.1", slubDebug: "-" });
  const poisoning = machineOf({ profile: "v6.1", slubDebug: "P" });

  it.each([
    ["INUSE_NOT_DECREMENTED", machine, "slab/invariants.ts"],
    ["FREE_POINTER_NOT_WRITTEN", plain, "slab/report.ts"],
    ["SLAB_FREED_WHILE_IN_USE", machine, "slab/slab_page.ts"],
    ["RED_ZONE_ONE_BYTE_SHORT", machine, "slab/paint.ts"],
    ["MERGE_IGNORES_ALIGNMENT", plain, "slab/cache.ts"],
    ["ALLOC_LEAVES_OBJECT_FREE", plain, "slab/fast_path.ts"],
    ["ZEROING_ONE_WORD_SHORT", machine, "slab/alloc.ts"],
    ["POISON_ONE_BYTE_LONG", poisoning, "slab/check_object.ts"],
  ] as const)("fails an assert about the heap where programs are clean: %s", (bug, on, place) => {
    expect(failureOf(on, new DebugHeap(Planted[bug]).expectClean(true), 200)).toBe(place);
    expect(failureOf(on, new DebugHeap(Planted[bug]).expectClean(false), 20)).toBe("");
  });

  it("fails an assert about the machine in all programs: ONE_OBJECT_TOO_MANY", () => {
    const heap = new DebugHeap(Planted.ONE_OBJECT_TOO_MANY).expectClean(false);
    expect(failureOf(machine, heap, 1)).toBe("slab/slab_page.ts");
  });
});

it("a program's mistake fails an assert about the heap only where none is expected", () => {
  const program = parseScript(
    "cache A 64 0 -\nalloc A x\nalloc A y\nfree A x\nfree A x\n",
    "x.slab",
  );
  const machine = machineFor(program, { profile: "v6.1", slubDebug: "-" });
  const run = (isClean: boolean): number => {
    const heap = configured(new DebugHeap().expectClean(isClean), machine);
    heap.load(encode(program, machine));
    heap.reset();
    return heap.run(0, program.ops.length);
  };
  expect(run(false)).toBe(5);
  expect(() => run(true)).toThrow(/abort:.*assembly\/slab\/freelist\.ts/);
});

it.each(["release", "canary", "mutable"] as const)("the %s build carries no assert", (kind) => {
  const module = new WebAssembly.Module(new Uint8Array(readFileSync(pathOfCore(kind))));
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  expect(exported).not.toContain("expect_clean");
});
