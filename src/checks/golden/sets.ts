// The golden programs: generated ones, a few for each kernel and each way to debug it. What a core
// answers to them is known (golden/golden.json); a core that answers anything else has changed.
import { DEFAULT_SHAPE, type ProgramShape, WORKLOAD_NAMES } from "../../slub/gen/options.ts";
import type { Machine } from "../../slub/program/machine.ts";
import type { PhysicalMemory } from "../../slub/program/op.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import type { MachineOverrides } from "../../target/options.ts";
import {
  blocksComeAndGo,
  bulksOfAnything,
  cachesOfAllKinds,
  kmallocAtItsEdges,
  memoryIsJoined,
  memoryRunsOut,
  slabsOfAllSizes,
} from "./stress/authors.ts";
import type { Author } from "./stress/draft.ts";
import { overwrittenKernel, spoiltSlab } from "./stress/overwritten.ts";
import {
  cachesOnAllCpus,
  sheavesOfAllKinds,
  sheavesWithoutMemory,
  spoiltSheaves,
  waitsForLong,
} from "./stress/sheaves.ts";

export interface GoldenSet {
  /** `v6.1 smp FZ`: kernel, variant and letters. */
  readonly name: string;
  readonly machine: MachineOverrides;
  readonly shape: ProgramShape;
  readonly seed: bigint;
  /** Cases 0 to this, exclusive. */
  readonly cases: number;
}

/** Programs that an author writes. */
export interface StressSet {
  readonly name: string;
  readonly machine: MachineOverrides;
  readonly phys?: PhysicalMemory;
  /** What no program's header can say of the machine. */
  readonly more?: Partial<Machine>;
  readonly author: Author;
  readonly cases: number;
}

interface Kernel {
  readonly profile: string;
  readonly boot: string;
  readonly config?: string;
  readonly cpus?: number;
}

const KERNELS: readonly Kernel[] = [
  { profile: "v6.1", boot: "up" },
  { profile: "v3.10", boot: "v310" },
  { profile: "v6.12", boot: "smp" },
  { profile: "v6.1", boot: "smp" },
  { profile: "v6.12", boot: "up" },
  { profile: "v6.1", boot: "smph", config: "+SLAB_FREELIST_RANDOM" },
  { profile: "v6.12", boot: "smph", config: "+SLAB_FREELIST_RANDOM" },
  { profile: "v6.1", boot: "updl" },
  { profile: "v3.10", boot: "v310ndl" },
  { profile: "v3.10", boot: "v310nm" },
  { profile: "v7.3", boot: "smp" },
  { profile: "v7.3", boot: "up" },
  { profile: "v7.3", boot: "smph", config: "+SLAB_FREELIST_RANDOM" },
];

const LETTERS: readonly string[] = [
  "-",
  "FZP",
  "FZPU",
  "F",
  "Z",
  "P",
  "FZ",
  "FP",
  "U",
  "ZPU",
  "FZPUT",
];

const CASES = 8;
const OPS = 60;
const BUGS: readonly BugName[] = ["none", ...INJECTED_BUGS];

/** All of them, those that tell most first. */
export const GOLDEN_SETS: readonly GoldenSet[] = LETTERS.flatMap((letters) =>
  KERNELS.map((kernel) => setOf(kernel, letters)),
);

function setOf(kernel: Kernel, letters: string): GoldenSet {
  return {
    name: `${kernel.profile} ${kernel.boot} ${letters}`,
    machine: { ...kernel, slubDebug: letters },
    shape: { ...DEFAULT_SHAPE, bugs: BUGS, workload: WORKLOAD_NAMES, opCountMax: OPS },
    seed: 1n,
    cases: CASES,
  };
}

const STRESSED: readonly Kernel[] = [
  ...KERNELS.filter(({ boot }) => !["v310ndl", "v310nm", "updl"].includes(boot)),
  { profile: "v6.1", boot: "up slub_nomerge" },
  { profile: "v3.10", boot: "v310", cpus: 4 },
  { profile: "v6.12", boot: "smp", cpus: 64 },
];

/** The least memory that there is, and the kernel image beside it. */
const SMALL: PhysicalMemory = { basePfn: 0x400c - 32, pages: 2048 };
const ODD: PhysicalMemory = { basePfn: 0x1001, pages: 3072 };

/** A kernel that has been up for a while: its clock, and the stacks that it has stored. */
const OLD = { ticks: 1234, stacks: 3 * 1024 - 10 };
const OLDER = { ticks: 987_654, stacks: 5 * 1024 };

export const STRESS_SETS: readonly StressSet[] = STRESSED.flatMap((kernel) => {
  const setOf = (what: string, author: Author, letters: string, cases: number): StressSet =>
    stressOf(what, author, kernel, letters, cases);
  return [
    ...["-", "F", "FZPU", "P"].map((letters) => setOf("chaos", overwrittenKernel, letters, 300)),
    ...["-", "F", "P"].map((letters) => setOf("spoilt", spoiltSlab, letters, 250)),
    { ...setOf("spoilt", spoiltSlab, "FZPU", 200), more: OLD },
    { ...setOf("spoilt", spoiltSlab, "U", 100), more: OLDER },
    ...["-", "Z"].map((letters) => setOf("caches", cachesOfAllKinds, letters, 24)),
    ...["-", "OFZPU"].map((letters) => setOf("sizes", slabsOfAllSizes, letters, 10)),
    ...["-", "F", "P"].map((letters) => setOf("bulks", bulksOfAnything, letters, 100)),
    ...["-", "FZPU"].map((letters) => setOf("kmalloc", kmallocAtItsEdges, letters, 160)),
    { ...setOf("memory", memoryRunsOut, "-", 20), phys: SMALL },
    { ...setOf("joined", memoryIsJoined, "-", 4), phys: SMALL },
    setOf("joined", memoryIsJoined, "P", 3),
    { ...setOf("odd-memory", memoryRunsOut, "FU", 8), phys: ODD },
    { ...setOf("blocks", blocksComeAndGo, "-", 30), phys: ODD },
    setOf("blocks small", blocksComeAndGo, "P", 20),
    ...(kernel.profile === "v7.3" ? sheafSets(setOf) : []),
    ...(kernel.profile === "v7.3" && kernel.boot === "smp" ? severalCpuSets(setOf) : []),
  ];
});

function sheafSets(
  setOf: (what: string, author: Author, letters: string, cases: number) => StressSet,
): readonly StressSet[] {
  return [
    setOf("sheaves", sheavesOfAllKinds, "-", 120),
    setOf("sheaves", sheavesOfAllKinds, "F", 20),
    setOf("spoilt sheaves", spoiltSheaves, "-", 300),
    { ...setOf("sheaves without memory", sheavesWithoutMemory, "-", 100), phys: SMALL },
  ];
}

function severalCpuSets(
  setOf: (what: string, author: Author, letters: string, cases: number) => StressSet,
): readonly StressSet[] {
  return [
    setOf("waiting", waitsForLong, "-", 1),
    setOf("caches on all CPUs", cachesOnAllCpus, "-", 3),
  ];
}

function stressOf(
  what: string,
  author: Author,
  kernel: Kernel,
  letters: string,
  cases: number,
): StressSet {
  const { profile, boot, cpus } = kernel;
  const more = cpus === undefined ? "" : ` ${cpus} CPUs`;
  const name = `${what} ${profile} ${boot} ${letters}${more}`;
  return { name, machine: { ...kernel, slubDebug: letters }, author, cases };
}
