// Every rule is broken once, by changing one word of what the heap answered or keeps, and breaks
// alone; the same run untouched keeps all of them. Rules about how a case ends have their planted
// bugs in canary.test.ts.
import { describe, expect, it } from "vitest";
import {
  CacheLayout,
  CpuSlabLayout,
  KMALLOC_CLASSES,
  Page6,
  SheafLayout,
  STRUCT_PAGE_SIZE,
  Status,
  Window,
} from "../../../src/abi.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { readWindow } from "../../../src/slub/core/memory.ts";
import { readCpuSheaves } from "../../../src/slub/core/sheaf.ts";
import { comparePages, takeCensus } from "../../../src/slub/detect/census.ts";
import { comparePaint } from "../../../src/slub/detect/paint.ts";
import { oracleMachineOf, RunRecord } from "../../../src/slub/oracle/machine.ts";
import { Shadow } from "../../../src/slub/oracle/shadow.ts";
import { follow } from "../../../src/slub/oracle/step.ts";
import { judge } from "../../../src/slub/oracle/verdict.ts";
import {
  INVARIANT_NAMES,
  type Invariant,
  type InvariantCadence,
} from "../../../src/slub/oracle/violation.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { ramBase } from "../../../src/slub/program/machine.ts";
import { parseScript } from "../../../src/slub/program/text.ts";

/** A run that has ended, of which some word may be changed before the shadow sees it. */
interface Run {
  readonly heap: SlabHeap;
  readonly record: RunRecord;
}

interface Breakage {
  readonly script: readonly string[];
  readonly breakIt: (run: Run) => void;
  readonly boot?: string;
}

const PLAIN = ["cache c 64 0 -", "alloc c a", "alloc c b"];
const EVERY_CASE: InvariantCadence = { "red-zone": 1, poison: 1, padding: 1 };

function setStatus({ heap, record }: Run, op: number, status: Status): void {
  heap.views.u32[record.resultAt + 4 * op] = status;
}

function addToValue({ heap, record }: Run, op: number, difference: number): void {
  heap.views.u32[record.resultAt + 4 * op + 2] += difference;
}

function setValue({ heap, record }: Run, op: number, low: number, high = 0): void {
  heap.views.u32[record.resultAt + 4 * op + 2] = low;
  heap.views.u32[record.resultAt + 4 * op + 3] = high;
}

function copyValue({ heap, record }: Run, from: number, to: number): void {
  const at = record.resultAt;
  heap.views.u32.copyWithin(at + 4 * to + 2, at + 4 * from + 2, at + 4 * from + 4);
}

/** The kmem_cache of the first cache of a script, in words. */
function cacheAt({ heap, record }: Run): number {
  const index = heap.views.u32[record.resultAt + 2];
  return (heap.areas.cache + index * CacheLayout.SIZE) >>> 2;
}

function addToCache(run: Run, field: CacheLayout, difference: number): void {
  run.heap.views.u32[cacheAt(run) + field / 4] += difference;
}

/** RAM offset of the pointer that an operation returned. */
function offsetOf({ heap, record }: Run, op: number): number {
  const at = record.resultAt + 4 * op + 2;
  const { ramHigh, ramLow } = oracleMachineOf(heap.machine);
  return (heap.views.u32[at + 1] - ramHigh) * 2 ** 32 + heap.views.u32[at] - ramLow;
}

function linearOf(run: Run, op: number): number {
  return readWindow(run.heap, Window.RAM).linear + offsetOf(run, op);
}

/** Word index of the struct page of what an operation returned. */
function pageAt(run: Run, op: number): number {
  const page = offsetOf(run, op) >>> 12;
  return (readWindow(run.heap, Window.MEM_MAP).linear + page * STRUCT_PAGE_SIZE) >>> 2;
}

/** Points the first free object of the cpu's list to the address of an operation's object. */
function linkFirstFree(run: Run, op: number, displacement: number): void {
  const { u32, u8 } = run.heap.views;
  const list = cacheAt(run) + (CacheLayout.CPU_SLAB + CpuSlabLayout.FREELIST) / 4;
  const { ramLow } = oracleMachineOf(run.heap.machine);
  const first = readWindow(run.heap, Window.RAM).linear + u32[list] - ramLow;
  const pointer = first + u32[cacheAt(run) + CacheLayout.OFFSET / 4];
  const value = run.record.resultAt + 4 * op + 2;
  const view = new DataView(u8.buffer);
  view.setUint32(pointer, u32[value] + displacement, true);
  view.setUint32(pointer + 4, u32[value + 1], true);
}

const BREAKAGES: Readonly<Partial<Record<Invariant, Breakage>>> = {
  "null-pointer": { script: PLAIN, breakIt: (run) => setValue(run, 2, 0) },
  "foreign-pointer": { script: PLAIN, breakIt: (run) => setValue(run, 2, 0x1000, 0xffffffff) },
  "misplaced-object": { script: PLAIN, breakIt: (run) => addToValue(run, 2, 8) },
  "shared-slab": {
    script: ["cache c 64 0 -", "cache d 32 0 -", "alloc c a", "alloc d b"],
    breakIt: (run) => copyValue(run, 2, 3),
  },
  overlap: { script: PLAIN, breakIt: (run) => copyValue(run, 1, 2) },
  misaligned: {
    script: ["cache c 64 64 -", "alloc c a", "alloc c b"],
    breakIt: (run) => addToValue(run, 2, 8),
  },
  "not-zeroed": {
    script: ["cache c 64 0 -", "alloc c a z", "read a 0 8"],
    breakIt: ({ record }) => record.u8.fill(1, record.extraAt, record.extraAt + 8),
  },
  "not-constructed": {
    script: ["cache c 64 0 - ctor", "alloc c a", "read a 0 1"],
    breakIt: ({ record }) => record.u8.fill(1, record.extraAt, record.extraAt + 1),
  },
  "contents-changed": {
    script: ["cache c 64 0 -", "alloc c a", "fill a 0 64 11", "read a 0 8"],
    breakIt: ({ record }) => record.u8.fill(1, record.extraAt, record.extraAt + 1),
  },
  "failed-operation": {
    script: ["cache c 64 0 -"],
    breakIt: (run) => setStatus(run, 0, Status.FAILED),
  },
  "zero-size-pointer": {
    script: ["kmalloc 0 a"],
    breakIt: (run) => setValue(run, 0, 0),
  },
  "wrong-size-class": {
    script: ["kmalloc 20000 a"],
    breakIt: (run) => setStatus(run, 0, Status.OK),
  },
  "wrong-ksize": {
    script: ["kmalloc 20 a", "ksize a"],
    breakIt: (run) => addToValue(run, 1, 1),
  },
  "wrong-merge": {
    script: ["cache c 64 0 KM", "cache d 128 0 KM"],
    breakIt: (run) => {
      setStatus(run, 1, Status.MERGED);
      copyValue(run, 0, 1);
    },
  },
  "wrong-bulk-count": {
    script: ["cache c 64 0 -", "bulkalloc c 3 p"],
    breakIt: ({ heap, record }) => {
      heap.views.u32[record.resultAt + 5] = 2;
    },
  },
  "wrong-slab-count": {
    script: [...PLAIN, "validate c"],
    breakIt: (run) => setValue(run, 3, 0),
  },
  "wrong-shrink-answer": {
    script: [...PLAIN, "shrink c"],
    breakIt: (run) => setValue(run, 3, 0),
  },
  "wrong-layout": { script: PLAIN, breakIt: (run) => addToCache(run, CacheLayout.INUSE, 8) },
  "total-objects": {
    script: PLAIN,
    breakIt: (run) => addToCache(run, CacheLayout.TOTAL_OBJECTS, 1),
  },
  "partial-count": { script: PLAIN, breakIt: (run) => addToCache(run, CacheLayout.NR_PARTIAL, 1) },
  "objects-in-use": {
    script: PLAIN,
    breakIt: (run) => {
      addToCache(run, CacheLayout.NR_SLABS, 1);
      const { objects } = objectsOf(run);
      addToCache(run, CacheLayout.TOTAL_OBJECTS, objects);
    },
  },
  "slab-inuse": {
    script: PLAIN,
    breakIt: (run) => {
      run.heap.views.u32[pageAt(run, 1) + Page6.COUNTERS / 4] -= 1;
    },
  },
  "slab-objects": {
    script: PLAIN,
    breakIt: (run) => {
      run.heap.views.u32[pageAt(run, 1) + Page6.COUNTERS / 4] += (1 << 16) + 1;
    },
  },
  "slab-owner": {
    script: PLAIN,
    breakIt: (run) => {
      run.heap.views.u32[pageAt(run, 1) + Page6.SLAB_CACHE / 4] += 8;
    },
  },
  "slab-frozen": {
    script: [...PLAIN, "validate c"],
    breakIt: (run) => {
      run.heap.views.u32[pageAt(run, 1) + Page6.COUNTERS / 4] |= 1 << 31;
    },
  },
  "freelist-cycle": {
    script: ["cache c 64 0 -", "alloc c a", "alloc c b", "free c b", "free c a"],
    breakIt: (run) => linkFirstFree(run, 1, 0),
  },
  "freelist-escape": { script: PLAIN, breakIt: (run) => linkFirstFree(run, 1, 8) },
  "live-on-freelist": { script: PLAIN, breakIt: (run) => linkFirstFree(run, 1, 0) },
  "broken-list": {
    script: [...PLAIN, "validate c"],
    breakIt: (run) => {
      run.heap.views.u32[pageAt(run, 1) + Page6.LIST / 4 + 1] = 0;
    },
  },
  "lost-page": {
    script: PLAIN,
    breakIt: (run) => addToCache(run, CacheLayout.STATE, -1),
  },
  "red-zone": {
    script: PLAIN,
    boot: "up slub_debug=FZP",
    breakIt: (run) => {
      run.heap.views.u8[linearOf(run, 1) + 64] = 0;
    },
  },
  poison: {
    script: [...PLAIN, "free c b"],
    boot: "up slub_debug=FZP",
    breakIt: (run) => {
      run.heap.views.u8[linearOf(run, 2) + 8] = 0;
    },
  },
  padding: {
    script: PLAIN,
    boot: "up slub_debug=FZP",
    breakIt: (run) => {
      run.heap.views.u8[linearOf(run, 1) + 80] = 0;
    },
  },
  "sheaf-limits": {
    script: ["# profile: v7.3", ...PLAIN],
    breakIt: (run) => {
      // 60 pointers fit, and 58 are there.
      run.heap.views.u32[sizeOfMainSheaf(run, KMALLOC_CLASSES)] += 3;
    },
  },
};

/** The word where the size of the first CPU's main sheaf stands. */
function sizeOfMainSheaf({ heap }: Run, cache: number): number {
  const { main } = readCpuSheaves(heap, cache, 0);
  if (main === undefined) throw new Error("the CPU has no sheaf");
  const offset = Number(main.address - ramBase(heap.machine));
  return (readWindow(heap, Window.RAM).linear + offset + SheafLayout.SIZE) >>> 2;
}

/** Rules that no word of a result breaks; where they are broken instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "unexpected-report": "canary poison-one-byte-long",
  "silent-check": "canary red-zone-one-byte-short",
  crash: "test/oracle/shadow.test.ts",
  hang: "canary of a walk that never ends",
  trap: "canary that traps",
  "other-answer": "test/slub/other_answer.test.ts",
  "skipped-check": "test/slub/core/skipped_checks.test.ts",
};

function objectsOf(run: Run): { objects: number } {
  return { objects: run.heap.views.u32[cacheAt(run) + CacheLayout.OO / 4] & 0xffff };
}

/** The rules that a run breaks. */
function brokenBy({ script, breakIt, boot }: Breakage, isTouched: boolean): string[] {
  const text = [`# boot: ${boot ?? "up slub_debug=-"}`, ...script].join("\n");
  const program = parseScript(text, "broken.slab");
  const machine = machineFor(program, {});
  const heap = new SlabHeap();
  heap.configure(machine);
  const image = encode(program, machine);
  heap.load(image);
  heap.reset();
  const start = heap.core.pages_in_use();
  heap.run(0, image.opCount);
  const record = new RunRecord(image);
  record.u8 = heap.views.u8;
  record.i32 = heap.views.i32;
  record.resultAt = heap.areas.result >>> 2;
  record.extraAt = heap.areas.extra;
  record.eventAt = heap.areas.event;
  record.eventBytes = heap.eventBytes;
  if (isTouched) breakIt({ heap, record });
  const shadow = new Shadow(oracleMachineOf(machine), record, EVERY_CASE);
  shadow.begin(record);
  follow(shadow, 0, image.opCount);
  takeCensus(heap, shadow);
  comparePaint(heap, shadow);
  if (shadow.violations.length === 0) comparePages(heap, shadow, start);
  judge(shadow);
  return [...new Set(shadow.violations.map(({ invariant }) => invariant))];
}

describe.each(Object.entries(BREAKAGES))("the invariant %s", (name, breakage) => {
  it("is reported first where it is broken", () => {
    expect(brokenBy(breakage, true)[0]).toBe(name);
  });

  it("passes with all others in the same run untouched", () => {
    expect(brokenBy(breakage, false)).toEqual([]);
  });
});

it("each rule is broken here, or the test names the place where it is broken", () => {
  const broken = [...Object.keys(BREAKAGES), ...Object.keys(ELSEWHERE)];
  expect(broken.sort()).toEqual([...INVARIANT_NAMES].sort());
});
