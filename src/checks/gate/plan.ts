// What the gate checks: kernels, options and classes. Everything is fixed, so that the same target
// passes or fails the same way each time; only the time-boxed campaign of `slabfuzz ci` draws anew.
import { DEFAULT_SHAPE, type ProgramShape } from "../../slub/gen/options.ts";
import type { SlubOptions } from "../../slub/options.ts";
import { EVERY_BYTE } from "../../slub/options.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import type { MachineOverrides } from "../../target/options.ts";
import type { Check, CheckKind } from "./check.ts";
import { mustCatch, saysWrongly } from "./detectors.ts";

/** Operations of a program: many wear slabs out and fill them; a mistake needs but a few. */
const CLEAN_OPS = 160;
const PLANTED_OPS = 60;
const SEED = 5n;

/** A kernel, slub_debug, and nr_cpu_ids where they are not as usual. */
type Setting = readonly [profile: string, boot: string, letters: string, cpus?: number];

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
  ],
  cleanCases: 60,
  planted: [
    ["v6.1", "up", "FZ"],
    ["v6.1", "up", "FP"],
    ["v6.12", "smp", "F"],
    ["v6.12", "updl", "FZPU"],
    ["v3.10", "v310", "FZP"],
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
  const caught = mustCatch(profile, letters);
  const left = saysWrongly(profile, letters);
  const others = INJECTED_BUGS.filter((bug) => !caught.includes(bug) && !left.includes(bug));
  const twins = { bugs: INJECTED_BUGS, twins: true, opCountMax: PLANTED_OPS };
  return [
    detectorCheck(setting, caught, extent.caughtCases * caught.length),
    detectorCheck(setting, others, extent.otherCases * others.length, "others"),
    checkOf("twins", setting, twins, extent.twinCases * INJECTED_BUGS.length),
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
