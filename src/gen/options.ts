// What a campaign asks of the generator. Case number i of seed S depends on these, S and i alone.
import type { Profile } from "../abi.ts";
import type { SeedWords } from "../base/prng.ts";
import { bootLettersFor } from "../program/boot.ts";
import { type Machine, profileNumber } from "../program/machine.ts";
import type { BugName } from "./bug_names.ts";

export interface GenerateOptions {
  readonly seed: SeedWords;
  readonly profile: Profile;
  readonly nrCpuIds: number;
  /** Classes to draw from, each as often. */
  readonly bugs: readonly BugName[];
  /** Operations before the end game, at most. */
  readonly opCountMax: number;
  /** What the boot parameter adds to a cache of that name with those letters. */
  readonly bootLetters: (name: string, ownLetters: number) => number;
}

export interface CampaignShape {
  readonly seed: SeedWords;
  readonly bugs: readonly BugName[];
  readonly opCountMax: number;
}

/** The options for a machine. */
export function generateOptionsFor(machine: Machine, shape: CampaignShape): GenerateOptions {
  return {
    ...shape,
    profile: profileNumber(machine.profile),
    nrCpuIds: machine.nrCpuIds,
    bootLetters: (name, ownLetters) => bootLettersFor(machine, name, ownLetters),
  };
}
