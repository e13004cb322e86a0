// The golden programs: generated ones, a few for each kernel and each way to debug it. What a core
// answers to them is known (golden.json); a core that answers anything else has changed.
import type { BugName } from "../gen/bug_names.ts";
import { INJECTED_BUGS } from "../gen/bug_names.ts";
import { DEFAULT_SHAPE, type ProgramShape } from "../gen/options.ts";
import { WORKLOAD_NAMES } from "../gen/workload_names.ts";
import type { MachineOverrides } from "../program/machine.ts";

export interface GoldenSet {
  /** `v6.1 smp FZ`: kernel, variant and letters. */
  readonly name: string;
  readonly machine: MachineOverrides;
  readonly shape: ProgramShape;
  readonly seed: bigint;
  /** Cases 0 to this, exclusive. */
  readonly cases: number;
}

interface Kernel {
  readonly profile: string;
  readonly boot: string;
  readonly config?: string;
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

const CASES = 12;
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
