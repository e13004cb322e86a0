// What a campaign is, whatever its target: plain data, which a token spells out and a worker thread
// receives as it is. Each kind of target adds options of its own.
import type { BugName } from "./bug_names.ts";

/** What a program names as its target that is for any module with an allocator. */
export const ANY_MODULE = "any-module";

/** A seed's cases; behind the last one they would begin anew. */
export const CASES_MAX = 2 ** 32;

/**
 * A campaign in full, as far as it does not depend on the kind of its target. Case i follows from
 * these options, i and the build.
 */
export interface CampaignOptions {
  /** The target as the command line names it. */
  readonly target: string;
  /** 64 bits. */
  readonly seed: bigint;
  /** Bug classes to draw from, each as often as any other. */
  readonly bugs: readonly BugName[];
  /** Benign twins: the same programs with the mistake replaced by what is right. */
  readonly twins: boolean;
  /** Operations of a program before its ending, at most; 100 by default, at most 20 000. */
  readonly opCountMax: number;
}

/**
 * What replaces lines of a program's header. A field that is left out leaves its line in force;
 * where the header has no such line either, the machine is kernel v6.1, variant `up`, without debug
 * options.
 */
export interface MachineOverrides {
  /** The kernel: v3.10, v6.1, v6.12 or v7.3. */
  readonly profile?: string;
  /**
   * A variant (up, updl, smp, smph, debian; for 3.10 v310, v310ndl, v310nm), and kernel parameters
   * behind it, as in `smp slub_debug=FZ slub_nomerge init_on_alloc=1`. A variant alone leaves the
   * header's parameters in force.
   */
  readonly boot?: string;
  /** The value of the kernel's slub_debug= as that kernel reads it, such as FZP; `-` for none. */
  readonly slubDebug?: string;
  /** nr_cpu_ids, 1 to 8192; more than 1 needs a variant with SMP. */
  readonly cpus?: number;
  /** 64 bits that everything random in the machine grows from. */
  readonly seed?: bigint;
  /** Kernel options switched on or off: `+SLAB_FREELIST_RANDOM -DEBUG_LIST`. */
  readonly config?: string;
}

/** How much a module may do at a time and how large its memory may become, where that is said. */
export interface ModuleLimits {
  /** Turns of loops between two refills, or as much work of another kind. */
  readonly fuel?: number;
  /** Bytes that its memory may have; whole pages. */
  readonly memory?: number;
}
