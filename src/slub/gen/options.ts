// What a campaign asks of the generator. Case number i of seed S depends on these, S and i alone.
import type { Profile } from "../../abi.ts";
import type { SeedWords } from "../../base/prng.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import { bootLettersFor } from "../program/boot.ts";
import { type Machine, profileNumber } from "../program/machine.ts";
import type { Sizes } from "./sizes.ts";
import type { SwitchName } from "./switches.ts";
import type { WorkloadName } from "./workload_names.ts";

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

/** Operations of a program before its end game, at most, where nobody says otherwise. */
export const DEFAULT_OPS = 100;
export const OPS_MAX = 20000;
export const BUGS_PER_CASE_MAX = 2;

/** What programs are like where nobody says otherwise. */
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
  return {
    ...DEFAULT_SHAPE,
    ...request,
    profile: profileNumber(machine.profile),
    nrCpuIds: machine.nrCpuIds,
    cpus: machine.cpus,
    bootLetters: (name, ownLetters) => bootLettersFor(machine, name, ownLetters),
  };
}
