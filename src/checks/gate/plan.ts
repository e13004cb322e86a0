// What the gate checks: kernels, options and classes. Everything is fixed, so that the same target
// passes or fails the same way each time; only the time-boxed campaign of `slabfuzz ci` draws anew.

import { bugsOn } from "../../slub/gen/features.ts";
import { DEFAULT_SHAPE, type ProgramShape } from "../../slub/gen/options.ts";
import { EVERY_BYTE, type SlubOptions } from "../../slub/options.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import type { MachineOverrides } from "../../target/options.ts";
import type { Check, CheckKind } from "./check.ts";

/** Operations of a program: many wear slabs out and fill them; a mistake needs but a few. */
const CLEAN_OPS = 160;
const PLANTED_OPS = 60;
const SEED = 5n;

/** A kernel, slub_debug, and nr_cpu_ids where they are not as usual. */
type Setting = readonly [profile: ProfileName, boot: string, letters: string, cpus?: number];

/** Classes that show the edge of what an option sees only now and then. */
type Edge = readonly [setting: Setting, bug: BugName, cases: number];

/** How much of each kind. */
interface Extent {
  /** As many cases with features left out at random, and with all of them. */
  readonly clean: readonly Setting[];
  readonly cleanCases: number;
  readonly planted: readonly Setting[];
  /** Cases of each class that must be caught, of each other one, and of each without its misuse. */
  readonly caughtCases: number;
  readonly otherCases: number;
  readonly twinCases: number;
  readonly edges: readonly Edge[];
}

const FAST: Extent = {
  clean: [
    ["v6.1", "up", "-"],
    ["v6.12", "smp", "-"],
    ["v3.10", "v310", "-"],
    ["v6.1", "smph", "-"],
    ["v6.1", "smp", "FZPU"],
    ["v6.12", "updl", "FZP"],
    ["v3.10", "v310ndl", "FZPU"],
    ["v6.1", "up", "P"],
    ["v6.12", "up", "FZ"],
    ["v7.3", "smp", "-"],
    ["v7.3", "up", "FZPU"],
  ],
  cleanCases: 60,
  planted: [
    ["v6.1", "up", "FZ"],
    ["v6.1", "up", "FP"],
    ["v6.12", "smp", "F"],
    ["v6.12", "updl", "FZPU"],
    ["v3.10", "v310", "FZP"],
    ["v7.3", "up", "FZP"],
  ],
  caughtCases: 8,
  otherCases: 3,
  twinCases: 2,
  edges: [
    [["v6.1", "up", "FP"], "write-after-free", 160],
    [["v6.12", "smp", "FZ"], "off-by-one", 40],
    [["v3.10", "v310", "FZ"], "off-by-one", 40],
  ],
};

const KERNELS = [
  ["v6.1", "up"],
  ["v6.1", "updl"],
  ["v6.1", "smp"],
  ["v6.1", "smph"],
  ["v6.12", "up"],
  ["v6.12", "updl"],
  ["v6.12", "smp"],
  ["v6.12", "smph"],
  ["v3.10", "v310"],
  ["v3.10", "v310ndl"],
  ["v3.10", "v310nm"],
  ["v7.3", "up"],
  ["v7.3", "updl"],
  ["v7.3", "smp"],
  ["v7.3", "smph"],
  // No recorded kernel is one of these; rules of the allocator hold for them all the same.
  ["v6.1", "debian"],
  ["v6.12", "debian"],
  ["v7.3", "debian"],
] as const;
const LETTERS = ["-", "F", "Z", "P", "FZ", "FP", "FZP", "FZPU"] as const;

/** Every kernel under every set of options. */
const ALL: readonly Setting[] = KERNELS.flatMap(([profile, boot]) =>
  LETTERS.map((letters) => [profile, boot, letters] as const),
);

/** More CPUs make larger slabs. */
const MANY_CPUS: readonly Setting[] = [
  ["v6.1", "smp", "-", 16],
  ["v6.12", "smp", "FZPU", 64],
  ["v3.10", "v310", "FZP", 32],
];

const FULL: Extent = {
  clean: [...ALL, ...MANY_CPUS],
  cleanCases: 150,
  planted: ALL.filter(([, boot]) => ["up", "smp", "v310"].includes(boot)),
  caughtCases: 16,
  otherCases: 8,
  twinCases: 8,
  edges: [
    ...FAST.edges,
    [["v6.12", "smp", "FZPU"], "write-after-free", 400],
    [["v3.10", "v310", "FP"], "write-after-free", 400],
    [["v6.1", "up", "FZ"], "overflow-left", 100],
    [["v6.12", "up", "FZ"], "double-free-interleaved", 100],
  ],
};

/**
 * The checks of `slabfuzz ci --quick`, invariants and detectors: about a second on a healthy core.
 */
export function fastChecks(): readonly Check[] {
  return checksOf(FAST);
}

/** The checks of a full `slabfuzz ci`, invariants and detectors: some tens of seconds. */
export function fullChecks(): readonly Check[] {
  return checksOf(FULL);
}

/** The kernel that keeps free objects in sheaves: its deliberate bugs show nowhere else. */
const SHEAF_SETTING: Setting = ["v7.3", "smp", "-"];
const SHEAF_CASES = 500;
/** So many objects of a page in a row fill every sheaf that a barn takes. */
const FILL: Partial<ProgramShape> = {
  bugs: ["none"],
  opCountMax: 4000,
  swarm: false,
  workload: ["phases"],
  sizes: [4096],
  without: ["caches", "merge", "kmalloc", "krealloc", "ksize", "large"],
};
const FILL_CASES = 60;

/** What deliberate bugs of sheaves are held against, beside the fast checks. */
export function sheafChecks(): readonly Check[] {
  return [
    ...cleanChecks(SHEAF_SETTING, SHEAF_CASES),
    checkOf("invariants", ["v7.3", "up", "-"], FILL, FILL_CASES, "phases"),
  ];
}

function checksOf(extent: Extent): readonly Check[] {
  const { clean, cleanCases, planted, edges } = extent;
  return [
    ...clean.flatMap((setting) => cleanChecks(setting, cleanCases)),
    ...planted.flatMap((setting) => plantedChecks(setting, extent)),
    ...edges.map(([setting, bug, cases]) => detectorCheck(setting, [bug], cases, bug)),
  ];
}

function cleanChecks(setting: Setting, cases: number): readonly Check[] {
  const shape: Partial<ProgramShape> = { bugs: ["none"], opCountMax: CLEAN_OPS };
  return [
    checkOf("invariants", setting, shape, cases),
    checkOf("invariants", setting, { ...shape, swarm: false }, cases, "all-features"),
  ];
}

function plantedChecks(setting: Setting, extent: Extent): readonly Check[] {
  const [profile, , letters] = setting;
  const bugs = bugsOn(profile, INJECTED_BUGS);
  const caught = mustCatch(profile, letters).filter((bug) => bugs.includes(bug));
  const left = saysWrongly(profile, letters);
  const others = bugs.filter((bug) => !caught.includes(bug) && !left.includes(bug));
  const twins = { bugs, twins: true, opCountMax: PLANTED_OPS };
  return [
    detectorCheck(setting, caught, extent.caughtCases * caught.length),
    detectorCheck(setting, others, extent.otherCases * others.length, "others"),
    checkOf("twins", setting, twins, extent.twinCases * bugs.length),
  ];
}

function detectorCheck(
  setting: Setting,
  bugs: readonly BugName[],
  cases: number,
  more?: string,
): Check {
  const [profile, , letters] = setting;
  const caught = mustCatch(profile, letters).filter((bug) => bugs.includes(bug));
  const shape = { bugs, opCountMax: PLANTED_OPS };
  return { ...checkOf("detectors", setting, shape, cases, more), caught };
}

function checkOf(
  kind: CheckKind,
  [profile, boot, slubDebug, cpus]: Setting,
  shape: Partial<ProgramShape>,
  cases: number,
  more?: string,
): Check {
  const machine: MachineOverrides = { profile, boot, slubDebug, cpus };
  const common = { target: "slub", machine, seed: SEED, invariants: EVERY_BYTE };
  const options: SlubOptions = { ...DEFAULT_SHAPE, ...shape, ...common };
  const words = [kind, profile, boot, slubDebug, cpus && `cpus=${cpus}`, more];
  const name = words.filter((word) => word !== undefined).join(" ");
  return { name, kind, options, cases, caught: [] };
}

type Kernel = "v3.10" | "v6.1" | "v6.12" | "v7.3";

/** Sets of letters, each of which is enough by itself. */
type Enough = readonly string[];

const GUARDS: Enough = ["FZ", "FP"];

/**
 * The same on every kernel: classes for which the expectation (slub/oracle/expect.ts) has a check
 * that is bound to speak in a good part of the programs of the class. What an option catches only
 * by chance is not here; test/checks/gate/detectors.test.ts holds the table against the
 * expectation.
 */
const EVERYWHERE: Readonly<Partial<Record<BugName, Enough>>> = {
  "leak-at-destroy": [""],
  "double-free": ["F"],
  "double-free-interleaved": ["F"],
  "invalid-free-interior": ["F"],
  "wrong-cache-free": ["F"],
  "overflow-right": GUARDS,
  "overflow-far": GUARDS,
  "overflow-strided": GUARDS,
  "off-by-one": GUARDS,
  "off-by-one-nul": GUARDS,
  "wrong-size-use": GUARDS,
  "write-after-free": ["FP"],
  "slab-padding": ["FP"],
  "bit-flip": ["FP"],
};

/** Kernels with a red zone on the left, and with a word for pointers that lead nowhere. */
const LATER: Readonly<Partial<Record<BugName, Enough>>> = {
  "overflow-left": GUARDS,
  "overflow-far": ["F"],
  "bit-flip": GUARDS,
  "invalid-free-foreign": ["F"],
  "free-pointer-forge": ["F"],
};

/**
 * The classes that only the kernel with sheaves has. A cache with F has no sheaves, so that a free
 * meets the slab; the object that is leaked shows when its cache is destroyed.
 */
const OF_SHEAVES: Readonly<Partial<Record<BugName, Enough>>> = {
  "double-free-in-sheaf": ["F"],
  "double-free-sheaf-and-slab": ["F"],
  "bad-free-flushed": ["F"],
  "wrong-cache-leak": [""],
};

/** What differs: only 6.2 and later remember how much of an object was asked for. */
const BY_KERNEL: Readonly<Record<Kernel, Readonly<Partial<Record<BugName, Enough>>>>> = {
  "v3.10": { "overflow-left": ["FP"] },
  "v6.1": LATER,
  "v6.12": { ...LATER, "overflow-slack": ["FZU"] },
  "v7.3": { ...LATER, ...OF_SHEAVES, "overflow-slack": ["FZU"] },
};

/**
 * Classes about which a kernel says the wrong thing, by its own rules: 3.10 without F does not look
 * whose object comes into a cache, and checks it by the layout of the wrong one.
 */
export function saysWrongly(profile: string, letters: string): readonly BugName[] {
  const isBlind = profile === "v3.10" && !letters.includes("F") && letters !== "-";
  return isBlind ? ["wrong-cache-free"] : [];
}

/** The classes that these letters of slub_debug must catch on a kernel. */
export function mustCatch(profile: string, letters: string): readonly BugName[] {
  const own = BY_KERNEL[profile as Kernel] ?? {};
  return INJECTED_BUGS.filter((bug) => {
    const enough = own[bug] ?? EVERYWHERE[bug] ?? [];
    return enough.some((set) => [...set].every((letter) => letters.includes(letter)));
  });
}
