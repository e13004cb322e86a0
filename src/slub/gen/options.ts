// What a campaign asks of the generator. Case number i of seed S depends on these, S and i alone.
import type { Profile } from "../../abi.ts";
import type { SeedWords } from "../../base/prng.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import { bootLettersFor } from "../program/boot.ts";
import { type Machine, profileNumber } from "../program/machine.ts";
import { bugsOn, type SwitchName } from "./features.ts";
import type { Sizes } from "./sizes.ts";

/** What programs are like. */
export interface ProgramShape {
  /** Classes to draw from, each as often. */
  readonly bugs: readonly BugName[];
  /** Mistakes in one program: 1, or 2 of classes drawn apart. */
  readonly bugsPerCase: number;
  /** Benign twins: the same programs with the mistake replaced by what is right. */
  readonly twins: boolean;
  /** Every case does without some features, drawn at random. */
  readonly swarm: boolean;
  /** Features and bug classes that are off in every case. */
  readonly without: readonly SwitchName[];
  /** Workloads to draw from. */
  readonly workload: readonly WorkloadName[];
  readonly sizes: Sizes;
  /** Operations before the end game, at most. */
  readonly opCountMax: number;
}

/** Operations of a program before its end game, at most, by default. */
export const DEFAULT_OPS = 100;
export const OPS_MAX = 20000;
export const BUGS_PER_CASE_MAX = 2;

/** What programs are like by default. */
export const DEFAULT_SHAPE: ProgramShape = {
  bugs: INJECTED_BUGS,
  bugsPerCase: 1,
  twins: false,
  swarm: true,
  without: [],
  workload: ["mixed"],
  sizes: "mixed",
  opCountMax: DEFAULT_OPS,
};

export interface GenerateOptions extends ProgramShape {
  readonly seed: SeedWords;
  readonly profile: Profile;
  readonly nrCpuIds: number;
  /** CPUs that exist. */
  readonly cpus: number;
  /** What the boot parameter adds to a cache of that name with those letters. */
  readonly bootLetters: (name: string, ownLetters: number) => number;
}

export interface GenerateRequest extends Partial<ProgramShape> {
  readonly seed: SeedWords;
}

/** The options for a machine. */
export function generateOptionsFor(machine: Machine, request: GenerateRequest): GenerateOptions {
  const shape = { ...DEFAULT_SHAPE, ...request };
  return {
    ...shape,
    bugs: bugsOn(machine.profile, shape.bugs),
    profile: profileNumber(machine.profile),
    nrCpuIds: machine.nrCpuIds,
    cpus: machine.cpus,
    bootLetters: (name, ownLetters) => bootLettersFor(machine, name, ownLetters),
  };
}

/** The workloads by name: in which order a program allocates and frees. */
export const WORKLOAD_ABOUT = {
  mixed: "allocations and frees in any order, a few more of the former",
  toggle: "a table of places: one drawn at random is filled if empty, emptied if full (uniform)",
  lifo: "the youngest object is freed first",
  fifo: "the oldest object is freed first",
  grow: "objects are kept; hardly any is freed before the end",
  phases: "fills up, gives most of it back, fills up again",
  larson: "replaces objects at random; now and then another CPU takes all of them over",
  xmalloc: "one CPU allocates in batches, the next frees them in the same order",
} as const;

export type WorkloadName = keyof typeof WORKLOAD_ABOUT;

export const WORKLOAD_NAMES = Object.keys(WORKLOAD_ABOUT) as readonly WorkloadName[];

export function isWorkloadName(name: string): name is WorkloadName {
  return Object.hasOwn(WORKLOAD_ABOUT, name);
}
