// What a campaign is, whatever its target: plain data, which a token spells out and a worker thread
// receives as it is. Each kind of target adds options of its own.
import type { BugName } from "./bug_names.ts";

export interface CampaignOptions {
  /** The target as the command line names it. */
  readonly target: string;
  readonly seed: bigint;
  /** Classes to draw from, each as often. */
  readonly bugs: readonly BugName[];
  /** Benign twins: the same programs with the mistake replaced by what is right. */
  readonly twins: boolean;
  /** Operations of a program before its end, at most. */
  readonly opCountMax: number;
}

/** What the command line may say about the machine; it overrides the program's header. */
export interface MachineOverrides {
  readonly profile?: string;
  /** A variant, and perhaps kernel parameters behind it. */
  readonly boot?: string;
  /** The value of slub_debug=, `-` for none. */
  readonly slubDebug?: string;
  readonly cpus?: number;
  readonly seed?: bigint;
  readonly config?: string;
}
