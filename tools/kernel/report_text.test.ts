// What is read from a kernel's text, against what the core's events say of the same program: every
// report in every recording of the kernels that the live test runs.
import { beforeAll, describe, expect, test } from "vitest";
import { EventKind, FaultKind, Fn, NO_CACHE_INDEX, Report, Section } from "../../src/abi.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import type { KernelReport, ReportSource } from "../../src/slub/oracle/kernel_report.ts";
import { oracleMachineOf, RunRecord } from "../../src/slub/oracle/machine.ts";
import { NONE } from "../../src/slub/oracle/slabs.ts";
import { machineFor, resolveMachine } from "../../src/slub/program/boot.ts";
import { encode } from "../../src/slub/program/encode.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { logMachineOf } from "../../src/slub/words/log.ts";
import { goldenLines, loadArchive, type Recording } from "../../test/recordings/archive.ts";
import { mergedInto, SHARED_CACHE_OPS } from "../../test/recordings/compare_rules.ts";
import { ReportReader } from "./report_text.ts";
import { EventReports, readLog, TextReports } from "./text_reports.ts";

const heap = new SlabHeap();

/** What a source has after each operation. */
interface Heard {
  readonly reports: readonly KernelReport[];
  readonly states: readonly unknown[];
}

function listen(source: ReportSource, opCount: number): Heard {
  const states = Array.from({ length: opCount }, (_, op) => {
    source.advance(op);
    const { memoryShort, refused, faultKind, faultFunction } = source;
    return { op, memoryShort, refused, faultKind, faultFunction };
  });
  return { reports: [...source.reports], states };
}

function eventsOf(program: Program, machine: Machine): Heard {
  const image = encode(program, machine);
  heap.configure(machine);
  heap.load(image);
  heap.reset();
  heap.run(0, image.opCount);
  const record = new RunRecord(image);
  record.u8 = heap.views.u8;
  record.eventAt = heap.areas.event;
  record.eventBytes = heap.eventBytes;
  const source = new EventReports(machine);
  source.begin(record);
  return listen(source, image.opCount);
}

function textOf(program: Program, machine: Machine, lines: readonly string[]) {
  const spoken = readLog({ program, machine, heap, lines });
  const unread = [...spoken.values()].flatMap((op) => op.unread);
  return { ...listen(new TextReports(spoken), program.ops.length), unread };
}

/** Where objects of a cache that the running kernel uses lie is not the same on both sides. */
function isShared({ ops }: Program, lines: readonly string[]): boolean {
  const own = new Set(ops.flatMap((op) => (op.op === "cache" ? [op.name] : [])));
  const merged = lines.flatMap((line) => mergedInto(line.replace(/^.* => /, "")) ?? []);
  return ops.some(({ op }) => SHARED_CACHE_OPS.has(op)) || merged.some((name) => !own.has(name));
}

describe.each(["v6.1", "v6.12"] as const)("the recordings of %s", (kernel) => {
  let recordings: readonly Recording[];
  beforeAll(() => {
    recordings = loadArchive(kernel).recordings;
  });

  test("agree in text with the core's events", { timeout: 180_000 }, () => {
    let reports = 0;
    for (const recording of recordings) {
      const program = parseScript(recording.script, recording.name);
      if (isShared(program, goldenLines(recording))) continue;
      const machine = machineFor(program, { profile: kernel });
      const text = textOf(program, machine, goldenLines(recording));
      const events = { ...eventsOf(program, machine), unread: [] };
      expect(text, recording.name).toEqual(events);
      reports += text.reports.length;
    }
    expect(reports).toBeGreaterThan(recordings.length);
  });
});

describe("a line of kernel text", () => {
  const machine = resolveMachine({ comments: [] }, { profile: "v6.12" });
  const reader = new ReportReader(oracleMachineOf(machine), logMachineOf(machine));
  const names = { addressOf: () => undefined, cacheOf: () => 13 };

  function read(...lines: string[]) {
    return reader.read(7, lines, names);
  }

  test("is marked unread when it complains in unknown words", () => {
    const line = "BUG c (Not tainted): Slab on fire";
    expect(read(line).unread).toEqual([line]);
    expect(read(line).reports).toEqual([]);
  });

  test("is no report when it only tells which call allocated an object", () => {
    const said = read("Allocated in run_op age=* cpu=0 pid=*", "Redzone  0x1: cc cc");
    expect([said.reports, said.unread]).toEqual([[], []]);
  });

  test("names a section, and has no place for bytes without a name", () => {
    const said = read(
      "BUG c (Tainted: G    B             ): Right Redzone overwritten",
      "0xffff888001234040-0xffff888001234040 @offset=64. First byte 0x0 instead of 0xcc",
    );
    const where = { firstByte: NONE, lastByte: NONE, slab: NONE, object: NONE };
    const what = { kind: EventKind.BUG, code: Report.OVERWRITTEN, section: Section.RIGHT_REDZONE };
    expect(said.reports).toEqual([{ ...what, ...where, op: 7, cache: 13 }]);
  });

  test("tells that a free was refused", () => {
    expect(read("FIX c: Object at 0xffff888001234040 not freed").refused).toBe(true);
    expect(read("FIX c: Marking all objects used").refused).toBe(false);
  });

  test("tells how and where a machine died", () => {
    const said = read(
      "BUG: unable to handle page fault for address: 4242424242424242",
      "#PF: supervisor write access in kernel mode",
      "RIP: 0010:__slab_free",
      "RIP: 0010:other",
    );
    expect(said.faultKind).toBe(FaultKind.PAGE_WRITE);
    expect(said.faultFunction).toBe(Fn.SLAB_FREE_SLOW);
    expect(said.faultAddress).toBe(0x4242424242424242n);
  });

  test("names the address that no processor accepts", () => {
    const words = "general protection fault, probably for non-canonical address";
    const said = read(`Oops: ${words} 0xdead000000000122: 0000 [#1] PTI`);
    expect(said.faultAddress).toBe(0xdead000000000122n);
  });

  test("adds no fact when it is a warning beside another report", () => {
    const said = read("WARNING: CPU: 0 PID: 1 at mm/slub.c:1127 object_err");
    expect([said.reports, said.unread]).toEqual([[], []]);
  });

  test("names no cache when it is a warning without one", () => {
    const [report] = read(
      "list_del corruption. prev->next should be {c/s0+0x40}, but was {c/s0+0x80}.",
      "WARNING: CPU: 0 PID: 1 at lib/list_debug.c:62 __list_del_entry_valid_or_report",
    ).reports;
    expect(report.kind).toBe(EventKind.WARN);
    expect(report.cache).toBe(NO_CACHE_INDEX);
  });
});
