// Classes of mistakes that leave the same bytes: which of them it was, no log tells.
import type { SlabCheck } from "../report.ts";
import type { CauseName } from "./prior.ts";

const BEHIND: readonly CauseName[] = [
  "overflow-right",
  "overflow-far",
  "off-by-one",
  "off-by-one-nul",
  "wrong-size-use",
];
const FREED: readonly CauseName[] = ["write-after-free", "free-pointer-forge", "write-after-reuse"];
const TWICE: readonly CauseName[] = [
  "double-free",
  "double-free-interleaved",
  "double-free-after-reuse",
  "freelist-cycle",
  "double-free-in-sheaf",
  "double-free-sheaf-and-slab",
  "double-free-rcu",
];
/** What 7.3 says of a free into another cache, it says of each that it sees. */
const INTO_ANOTHER_CACHE: readonly CauseName[] = ["wrong-cache-free", "wrong-cache-leak"];

/** Checks that see a pointer cannot tell whose write it was. */
const OF_POINTERS: ReadonlySet<SlabCheck> = new Set([
  "free-pointer",
  "free-list",
  "alloc-oops",
  "free-oops",
  "count",
  "list",
]);

/** The classes that a check cannot tell from a class, with that class. */
export function alikeUnder(check: SlabCheck, name: CauseName): readonly CauseName[] {
  if (TWICE.includes(name)) return TWICE;
  if (INTO_ANOTHER_CACHE.includes(name)) return INTO_ANOTHER_CACHE;
  const isBehind = BEHIND.includes(name);
  if (!isBehind && !FREED.includes(name)) return [name];
  if (OF_POINTERS.has(check)) return [...BEHIND, ...FREED];
  return isBehind ? BEHIND : FREED;
}
