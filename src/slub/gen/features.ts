// What a program may do beside allocating and freeing. Each can be switched off by name; with
// swarm, every case does without some of them, so that different programs go to different places.
// Bug classes can be switched off as well, and some of them need features.
import { Profile } from "../../abi.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import { hasSheaves } from "../program/machine.ts";
import type { ProfileName } from "../program/op.ts";

/** Bits of a set of features; a set is one number. */
export const Feature = {
  CACHES: 1 << 0,
  MERGE: 1 << 1,
  CTOR: 1 << 2,
  RCU: 1 << 3,
  HWALIGN: 1 << 4,
  ALIGN: 1 << 5,
  BULK: 1 << 6,
  ROWS: 1 << 7,
  KMALLOC: 1 << 8,
  KREALLOC: 1 << 9,
  KSIZE: 1 << 10,
  LARGE: 1 << 11,
  ZEROING: 1 << 12,
  READS: 1 << 13,
  WRITES: 1 << 14,
  VALIDATE: 1 << 15,
  SHRINK: 1 << 16,
  CTORCALLS: 1 << 17,
  CPUS: 1 << 18,
  SHEAVES: 1 << 19,
  KFREE_RCU: 1 << 20,
} as const;

export type Feature = (typeof Feature)[keyof typeof Feature];

const ALL_FEATURES = (1 << 21) - 1;
/** What only 7.3 has. */
const SINCE_73 = Feature.SHEAVES | Feature.KFREE_RCU;

/** The features by name, in the order of their bits, with a line for help texts. */
export const FEATURE_ABOUT = {
  caches: "more than one kmem_cache",
  merge: "caches that may be merged, and some made to measure for it",
  ctor: "caches with a constructor",
  rcu: "caches that are typesafe by RCU",
  hwalign: "caches aligned to cache lines",
  align: "caches with an alignment of their own, powers of two or not",
  bulk: "bulkalloc and bulkfree",
  rows: "allocn and freen",
  kmalloc: "kmalloc and kfree",
  krealloc: "krealloc",
  ksize: "ksize",
  large: "kmalloc of more than a cache serves",
  zeroing: "allocations that are to be zeroed",
  reads: "reads of what was written",
  writes: "writes and fills of objects",
  validate: "validating caches, on the way and at the end",
  shrink: "shrinking caches, on the way and at the end",
  ctorcalls: "counting constructor calls",
  cpus: "operations on several CPUs, where the machine has them",
  sheaves: "v7.3: prefilled sheaves, and CPUs that go offline",
  "kfree-rcu": "v7.3: kfree_rcu, and ends of grace periods",
} as const;

export type FeatureName = keyof typeof FEATURE_ABOUT;

export const FEATURE_NAMES = Object.keys(FEATURE_ABOUT) as readonly FeatureName[];

/** What a kernel has, without the features of these names; other names do not matter. */
export function featuresWithout(names: readonly string[], profile: Profile): number {
  let set = profile === Profile.V73 ? ALL_FEATURES : ALL_FEATURES & ~SINCE_73;
  for (const [bit, name] of FEATURE_NAMES.entries()) if (names.includes(name)) set &= ~(1 << bit);
  return set;
}

/** Features without which a class cannot be. */
const BUG_NEEDS: Readonly<Partial<Record<BugName, readonly FeatureName[]>>> = {
  "overflow-slack": ["kmalloc"],
  "read-out-of-bounds": ["reads"],
  "read-after-free": ["reads"],
  "uninitialised-read": ["reads", "kmalloc"],
  "double-free-after-discard": ["caches", "shrink"],
  "double-free-bulk": ["bulk"],
  "wrong-cache-free": ["caches"],
  "slab-padding": ["caches"],
  "cross-cache-reuse": ["caches", "shrink"],
  "leak-at-destroy": ["caches"],
  "use-after-destroy": ["caches"],
  "krealloc-misuse": ["kmalloc", "krealloc"],
  "constructor-violation": ["caches", "ctor"],
  "double-free-in-sheaf": ["caches"],
  "double-free-sheaf-and-slab": ["caches", "shrink"],
  "bad-free-flushed": ["caches", "shrink", "validate"],
  "sheaf-overwrite": ["caches", "kmalloc"],
  "double-free-rcu": ["caches", "kfree-rcu"],
  "wrong-cache-leak": ["caches"],
};

/** Classes that need what only 7.3 has. */
const BUGS_SINCE_73: readonly BugName[] = [
  "double-free-in-sheaf",
  "double-free-sheaf-and-slab",
  "bad-free-flushed",
  "sheaf-overwrite",
  "double-free-rcu",
  "wrong-cache-leak",
];

/** Those classes that a kernel can have. */
export function bugsOn(profile: ProfileName, bugs: readonly BugName[]): readonly BugName[] {
  return hasSheaves({ profile }) ? bugs : bugs.filter((bug) => !BUGS_SINCE_73.includes(bug));
}

/** What `--without` and the config can switch off: features and bug classes. */
export type SwitchName = FeatureName | BugName;

export const SWITCH_NAMES: readonly SwitchName[] = [...FEATURE_NAMES, ...INJECTED_BUGS];

export function isSwitchName(name: string): name is SwitchName {
  return (SWITCH_NAMES as readonly string[]).includes(name);
}

/** Those classes that nothing in `without` rules out. */
export function bugsLeft(
  bugs: readonly BugName[],
  without: readonly SwitchName[],
): readonly BugName[] {
  return bugs.filter((bug) => {
    const needs: readonly SwitchName[] = [bug, ...(BUG_NEEDS[bug] ?? [])];
    return !needs.some((name) => without.includes(name));
  });
}
