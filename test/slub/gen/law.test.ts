// The law of the generator: whatever it is asked for, each of its programs prints, parses, is the
// same program again, and runs. Asked for are shapes in which every option takes many values, drawn
// together, on every kernel and variant, with 1 to 64 CPUs.
//
//   SLABFUZZ_SHAPES=5000 npx vitest run test/slub/gen/law.test.ts     so many shapes, not a few
import { describe, expect, it } from "vitest";
import { OP_SIZE } from "../../../src/abi.ts";
import { Prng } from "../../../src/base/prng.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { bugsLeft, bugsOn, FEATURE_NAMES } from "../../../src/slub/gen/features.ts";
import { Generator } from "../../../src/slub/gen/generate.ts";
import {
  generateOptionsFor,
  type ProgramShape,
  WORKLOAD_NAMES,
} from "../../../src/slub/gen/options.ts";
import { SIZE_MIX_NAMES, type Sizes } from "../../../src/slub/gen/sizes.ts";
import { machineFor } from "../../../src/slub/program/boot.ts";
import { decode } from "../../../src/slub/program/decode.ts";
import { encode } from "../../../src/slub/program/encode.ts";
import { ProgramImage } from "../../../src/slub/program/image.ts";
import type { Machine } from "../../../src/slub/program/machine.ts";
import { parseScript, printScript } from "../../../src/slub/program/text.ts";
import { BUG_NAMES, INJECTED_BUGS } from "../../../src/target/bug_names.ts";
import type { MachineOverrides } from "../../../src/target/options.ts";
import { machineOf } from "../../helper/judge.ts";

const SHAPES = Number(process.env.SLABFUZZ_SHAPES ?? 330);
const CASES = 4;

const KERNELS: readonly MachineOverrides[] = [
  ...["up", "updl", "smp", "smph", "debian"].map((boot) => ({ profile: "v6.1", boot })),
  ...["up", "updl", "smp", "smph", "debian"].map((boot) => ({ profile: "v6.12", boot })),
  ...["up", "updl", "smp", "smph", "debian"].map((boot) => ({ profile: "v7.3", boot })),
  ...["v310", "v310ndl", "v310nm"].map((boot) => ({ profile: "v3.10", boot })),
];
const LETTERS = [
  "-",
  "F",
  "Z",
  "P",
  "U",
  "FZ",
  "FZP",
  "FZPU",
  "ZPU",
  "OFZPU",
  "FP,c*;U,kmalloc-64",
];
const SIZES: readonly Sizes[] = [
  ...SIZE_MIX_NAMES,
  ...[[1], [2, 3], [7], [8], [9], [16], [64], [96], [128, 4096], [320], [1000], [4095], [8192]],
];
const OPS = [1, 2, 3, 7, 20, 60, 200];

interface Asked {
  readonly machine: MachineOverrides;
  readonly shape: ProgramShape;
}

/** Every option is drawn; bug classes take turns, so that each is asked for. */
function drawAsked(number: number): Asked {
  const prng = new Prng({ high: 0, low: 0x1a3 }, number);
  const kernel = prng.pick(KERNELS);
  const isSmp = !(kernel.boot ?? "").startsWith("up");
  const cpus = isSmp ? prng.between(1, 64) : 1;
  const without = FEATURE_NAMES.filter(() => prng.oneIn(8));
  const wanted = [
    BUG_NAMES[number % BUG_NAMES.length],
    ...INJECTED_BUGS.filter(() => prng.oneIn(9)),
  ];
  const machine = { ...kernel, cpus, slubDebug: prng.pick(LETTERS) };
  const left = bugsOn(machineOf(machine).profile, bugsLeft(wanted, without));
  return {
    machine,
    shape: {
      bugs: left.length === 0 ? ["none"] : left,
      bugsPerCase: prng.between(1, 2),
      twins: prng.oneIn(3),
      swarm: prng.oneIn(2),
      without,
      workload: prng.oneIn(2) ? WORKLOAD_NAMES : [prng.pick(WORKLOAD_NAMES)],
      sizes: prng.pick(SIZES),
      opCountMax: prng.pick(OPS),
    },
  };
}

/** The fault of a program; undefined for a correct program. */
function fault(image: ProgramImage, machine: Machine, heap: SlabHeap): string | undefined {
  const text = printScript(decode(image, machine));
  const program = parseScript(text, "generated.slab");
  if (printScript(program) !== text) return "prints otherwise when it was parsed";
  const again = encode(program, machineFor(program));
  if (again.opCount !== image.opCount) return "has another number of operations";
  for (let op = 0; op < image.opCount; op++) {
    const at = (op * OP_SIZE) / 4;
    if ((again.words[at] & 0xff) !== (image.words[at] & 0xff)) return `op ${op} is another one`;
  }
  heap.load(image);
  heap.reset();
  heap.run(0, image.opCount);
  return undefined;
}

function faultsOf(number: number, heap: SlabHeap): readonly string[] {
  const { machine: overrides, shape } = drawAsked(number);
  const name = `${JSON.stringify(overrides)} ${JSON.stringify(shape)}`;
  const faults: string[] = [];
  const machine = machineOf(overrides);
  heap.configure(machine);
  const request = { seed: { high: 0, low: number }, ...shape };
  const generator = new Generator(generateOptionsFor(machine, request));
  for (let i = 0; i < CASES; i++) {
    try {
      const found = fault(generator.generate(i), machine, heap);
      if (found !== undefined) faults.push(`${name}, case ${i}: ${found}`);
    } catch (error) {
      faults.push(`${name}, case ${i}: ${String(error)}`);
    }
  }
  return faults;
}

describe("a generated program", () => {
  it(
    "prints, parses and runs under all settings",
    () => {
      const heap = new SlabHeap();
      const numbers = Array.from({ length: SHAPES }, (_, number) => number);
      expect(numbers.flatMap((number) => faultsOf(number, heap))).toEqual([]);
    },
    60_000 + SHAPES * 400,
  );

  it("has bytes behind the slab to write to, on machines of any number of CPUs", () => {
    const heap = new SlabHeap();
    for (const cpus of [1, 2, 4, 8, 16, 32, 64]) {
      for (const slubDebug of ["-", "FZP", "P"]) {
        for (const sizes of ["small", "powers", [8], [4096]] as const) {
          const machine = machineOf({ profile: "v6.1", boot: "smp", cpus, slubDebug });
          heap.configure(machine);
          const bugs = ["slab-padding"] as const;
          const request = { seed: { high: 0, low: 1 }, opCountMax: 30, bugs, sizes };
          const generator = new Generator(generateOptionsFor(machine, request));
          for (let i = 0; i < 8; i++) {
            expect(fault(generator.generate(i), machine, heap)).toBeUndefined();
            expect(generator.marks.length).toBe(1);
          }
        }
      }
    }
  });
});

describe("the image of a program", () => {
  it.each([
    ["write", (image: ProgramImage) => image.write(4, 0, [])],
    ["xor", (image: ProgramImage) => image.xor(4, 0, new Uint8Array(0))],
    ["a write of too many bytes", (image: ProgramImage) => image.write(4, 0, Array(65536).fill(1))],
    ["fill", (image: ProgramImage) => image.fill(4, 0, -1, 0)],
    ["read", (image: ProgramImage) => image.read(4, 0, 65537)],
    ["a cache without a size", (image: ProgramImage) => image.cache(0, 0, 0, 0, 0)],
    ["a row of too many slots", (image: ProgramImage) => image.allocN(0, 4, 65536)],
  ])("refuses an operation that no script can express: %s", (_, put) => {
    const image = new ProgramImage();
    image.newName();
    image.newSlot();
    expect(() => put(image)).toThrow();
  });

  it("takes the least and the most that a script can express", () => {
    const image = new ProgramImage();
    const cache = image.newName();
    const slot = image.newSlot();
    image.cache(cache, 1, 0, 0, 0);
    image.write(slot, 0, [1]);
    image.write(slot, 0, new Uint8Array(65535));
    image.read(slot, 0, 65536);
    image.fill(slot, 0, 0, 0);
    expect(image.opCount).toBe(5);
  });
});
