// What options make of programs: features that are off, workloads, sizes.
import { describe, expect, it } from "vitest";
import { Op } from "../../../src/abi.ts";
import {
  bugsLeft,
  bugsOn,
  FEATURE_ABOUT,
  FEATURE_NAMES,
  type FeatureName,
} from "../../../src/slub/gen/features.ts";
import { Generator } from "../../../src/slub/gen/generate.ts";
import {
  generateOptionsFor,
  type ProgramShape,
  WORKLOAD_ABOUT,
  WORKLOAD_NAMES,
} from "../../../src/slub/gen/options.ts";
import { SIZE_MIX_ABOUT, SIZE_MIX_NAMES } from "../../../src/slub/gen/sizes.ts";
import { decode } from "../../../src/slub/program/decode.ts";
import type { ProgramOp } from "../../../src/slub/program/op.ts";
import { BUG_ABOUT, BUG_NAMES, INJECTED_BUGS } from "../../../src/target/bug_names.ts";
import { machineOf } from "../../helper/judge.ts";

const SMP = machineOf({ profile: "v6.1", boot: "smp", slubDebug: "-" });
const SHEAVES = machineOf({ profile: "v7.3", boot: "smp", slubDebug: "-" });
const CASES = 60;

function programsOf(
  shape: Partial<ProgramShape>,
  machine = SMP,
): readonly (readonly ProgramOp[])[] {
  const request = { seed: { high: 0, low: 9 }, opCountMax: 80, ...shape };
  const generator = new Generator(generateOptionsFor(machine, request));
  return Array.from({ length: CASES }, (_, i) => decode(generator.generate(i), machine).ops);
}

function opsOf(shape: Partial<ProgramShape>, machine = SMP): readonly ProgramOp[] {
  return programsOf({ bugs: ["none"], ...shape }, machine).flat();
}

/** Whether an operation makes use of a feature. */
const USES: Readonly<Record<FeatureName, (op: ProgramOp) => boolean>> = {
  caches: (op) => op.op === "cache" && op.name !== "c0",
  merge: (op) => op.op === "cache" && op.flags.includes("M"),
  ctor: (op) => op.op === "cache" && op.ctor,
  rcu: (op) => op.op === "cache" && op.flags.includes("R"),
  hwalign: (op) => op.op === "cache" && op.flags.includes("H"),
  align: (op) => op.op === "cache" && op.align !== 0,
  bulk: ({ op }) => op === "bulkalloc" || op === "bulkfree",
  rows: ({ op }) => op === "allocn" || op === "freen",
  kmalloc: ({ op }) => op === "kmalloc" || op === "kfree" || op === "krealloc" || op === "ksize",
  krealloc: ({ op }) => op === "krealloc",
  ksize: ({ op }) => op === "ksize",
  large: (op) => op.op === "kmalloc" && op.size > 8192,
  zeroing: (op) => (op.op === "alloc" || op.op === "kmalloc") && op.zero,
  reads: ({ op }) => op === "read",
  writes: ({ op }) => op === "write",
  validate: ({ op }) => op === "validate",
  shrink: ({ op }) => op === "shrink",
  ctorcalls: ({ op }) => op === "ctorcalls",
  cpus: ({ op }) => op === "cpu",
  sheaves: ({ op }) => op.startsWith("sheaf") || op === "cpudown",
  "kfree-rcu": ({ op }) => op === "freercu" || op.endsWith("barrier"),
};

const SINCE_73: readonly FeatureName[] = ["sheaves", "kfree-rcu"];

describe.each(FEATURE_NAMES)("the feature %s", (name) => {
  const isNew = SINCE_73.includes(name);
  const machine = isNew ? SHEAVES : SMP;

  it("is used in some cases of each kernel that has it", () => {
    expect(opsOf({}, machine).some(USES[name])).toBe(true);
    expect(opsOf({}).some(USES[name])).toBe(!isNew);
  });

  it("is not used by any case without it", () => {
    expect(opsOf({ without: [name] }, machine).filter(USES[name])).toEqual([]);
    const bugs = bugsLeft(INJECTED_BUGS, [name]);
    if (name === "rows" || name === "writes") return; // mistakes are made with these
    expect(opsOf({ without: [name], bugs }, machine).filter(USES[name])).toEqual([]);
  });

  it("is described in one line", () => {
    expect(FEATURE_ABOUT[name]).toMatch(/^.{5,70}$/);
  });
});

describe("the option swarm", () => {
  const countOf = (programs: readonly (readonly ProgramOp[])[], name: FeatureName) =>
    programs.filter((ops) => ops.some(USES[name])).length;

  it("switches a feature off in some cases, and all features stay on without it", () => {
    const swarm = countOf(programsOf({ bugs: ["none"], opCountMax: 400 }), "writes");
    const whole = countOf(programsOf({ bugs: ["none"], opCountMax: 400, swarm: false }), "writes");
    expect(swarm).toBeGreaterThan(CASES / 2);
    expect(swarm).toBeLessThan(0.9 * whole);
  });
});

/** The operations before the end game, which allocates nothing. */
function trafficOf(ops: readonly ProgramOp[]): readonly ProgramOp[] {
  return ops.slice(0, ops.map(({ op }) => op).lastIndexOf("alloc"));
}

/** Slots in the order in which the traffic obtains and frees the objects of the first cache. */
function lifetimes(ops: readonly ProgramOp[]): { held: string[]; freed: string[] } {
  const held: string[] = [];
  const freed: string[] = [];
  for (const op of trafficOf(ops)) {
    if (op.op === "alloc" && op.name === "c0") held.push(op.slot);
    if (op.op === "free" && op.name === "c0") freed.push(op.target.slot);
  }
  return { held, freed };
}

describe("the workload", () => {
  const PLAIN = {
    without: FEATURE_NAMES.filter((name) => name !== "cpus"),
    bugs: ["none"],
  } as const;
  const programs = (workload: (typeof WORKLOAD_NAMES)[number]) =>
    programsOf({ ...PLAIN, workload: [workload] });
  const meanOf = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it.each(WORKLOAD_NAMES)("%s is described in one line", (name) => {
    expect(WORKLOAD_ABOUT[name]).toMatch(/^.{10,90}$/);
  });

  it("fifo frees in the order of allocation, until the end", () => {
    for (const ops of programs("fifo")) {
      const { held, freed } = lifetimes(ops);
      expect(freed).toEqual(held.slice(0, freed.length));
    }
  });

  it("lifo frees the youngest object", () => {
    for (const ops of programs("lifo")) {
      const stack: string[] = [];
      for (const op of trafficOf(ops)) {
        if (op.op === "alloc") stack.push(op.slot);
        if (op.op === "free") expect(op.target.slot).toBe(stack.pop());
      }
    }
  });

  it("grow holds more at its peak than any other", () => {
    const peakOf = (ops: readonly ProgramOp[]) => {
      let live = 0;
      let peak = 0;
      for (const { op } of ops) {
        if (op === "alloc") peak = Math.max(peak, ++live);
        if (op === "free") live--;
      }
      return peak;
    };
    const peaks = WORKLOAD_NAMES.map((name) => [name, meanOf(programs(name).map(peakOf))] as const);
    expect(peaks.sort((one, other) => other[1] - one[1])[0][0]).toBe("grow");
  });

  it("phases allocates in long runs and frees in long runs", () => {
    const turnsOf = (name: (typeof WORKLOAD_NAMES)[number]) =>
      meanOf(
        programs(name).map((ops) => {
          const kinds = ops.map(({ op }) => op).filter((op) => op === "alloc" || op === "free");
          return kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length / kinds.length;
        }),
      );
    expect(turnsOf("phases")).toBeLessThan(turnsOf("mixed") / 2);
  });

  it("larson goes from CPU to CPU, and so does xmalloc", () => {
    for (const name of ["larson", "xmalloc"] as const) {
      const cpus = new Set(
        programs(name)
          .flat()
          .map((op) => (op.op === "cpu" ? op.cpu : -1)),
      );
      expect(cpus.size).toBeGreaterThanOrEqual(name === "larson" ? 5 : 3);
    }
  });

  it("xmalloc frees on another CPU than it allocates on", () => {
    for (const ops of programs("xmalloc")) {
      let cpu = 0;
      for (const op of trafficOf(ops)) {
        if (op.op === "cpu") cpu = op.cpu;
        if (op.op === "free") expect(cpu).toBe(SMP.cpus - 1);
      }
    }
  });
});

describe("the list of sizes", () => {
  const sizesOf = (sizes: ProgramShape["sizes"]) =>
    opsOf({ sizes }).flatMap((op) => (op.op === "cache" ? [op.size] : []));

  it("has the requested sizes, and no others", () => {
    expect([...new Set(sizesOf([320]))]).toEqual([320]);
    expect([...new Set(sizesOf([64, 320]))].sort()).toEqual([320, 64]);
  });

  it("has small sizes for the small mix, and powers for the powers, or sizes made to merge", () => {
    expect(Math.max(...sizesOf("small"))).toBeLessThanOrEqual(128);
    const powers = sizesOf("powers").filter((size) => (size & (size - 1)) === 0);
    expect(powers.length).toBeGreaterThan(0.6 * sizesOf("powers").length);
  });

  it.each(SIZE_MIX_NAMES)("has a line of description for the mix %s", (name) => {
    expect(SIZE_MIX_ABOUT[name]).toMatch(/^.{10,80}$/);
    expect(new Set(sizesOf(name)).size).toBeGreaterThan(5);
  });
});

describe("the bug class", () => {
  it.each(BUG_NAMES)("%s is described in one line", (name) => {
    expect(BUG_ABOUT[name]).toMatch(/^[a-z].{20,70}$/);
  });

  it("is switched off when a feature that it needs is off", () => {
    expect(bugsLeft(INJECTED_BUGS, ["bulk"])).not.toContain("double-free-bulk");
    expect(bugsLeft(INJECTED_BUGS, ["kmalloc"])).not.toContain("krealloc-misuse");
    expect(bugsLeft(INJECTED_BUGS, ["bit-flip"]).length).toBe(INJECTED_BUGS.length - 1);
    expect(bugsLeft(INJECTED_BUGS, [])).toEqual(INJECTED_BUGS);
  });

  it("has marks at operations of the program", () => {
    for (const bug of INJECTED_BUGS) {
      const machine = bugsOn("v6.1", [bug]).length > 0 ? SMP : SHEAVES;
      const options = generateOptionsFor(machine, { seed: { high: 0, low: 1 }, bugs: [bug] });
      const generator = new Generator(options);
      for (let i = 0; i < 20; i++) {
        const image = generator.generate(i);
        expect(generator.marks.length).toBeGreaterThanOrEqual(1);
        expect(generator.marks.every((mark) => mark < image.opCount)).toBe(true);
        expect(image.words[4 * generator.marks[0]] & 0xff).not.toBe(Op.NOP);
      }
    }
  });

  it("makes a cache of its own that merges with none", () => {
    const caches = programsOf({ bugs: ["slab-padding"], without: ["merge"] })
      .flat()
      .flatMap((op) => (op.op === "cache" ? [op.flags] : []));
    expect(caches.length).toBeGreaterThan(CASES);
    expect(caches.filter((flags) => flags.includes("M"))).toEqual([]);
  });
});
