// What programs can do without, by name: features, and bug classes, which need some of them.
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import { FEATURE_NAMES, type FeatureName } from "./features.ts";

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
};

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
