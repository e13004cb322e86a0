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

/** On 7.3 a free of an address that is no object is seen at once, or when its sheaf is flushed. */
const OF_NO_OBJECT: readonly CauseName[] = ["invalid-free-interior", "bad-free-flushed"];
/** A pointer that the cache never handed out: a caller freed it, or it was written into a sheaf. */
const OF_OTHER_MEMORY: readonly CauseName[] = ["invalid-free-foreign", "sheaf-overwrite"];
const DEATHS: readonly SlabCheck[] = ["free-oops", "alloc-oops"];

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
  if (OF_NO_OBJECT.includes(name)) return OF_NO_OBJECT;
  if (OF_OTHER_MEMORY.includes(name) && DEATHS.includes(check)) return OF_OTHER_MEMORY;
  const isBehind = BEHIND.includes(name);
  if (!isBehind && !FREED.includes(name)) return [name];
  if (OF_POINTERS.has(check)) return [...BEHIND, ...FREED];
  return isBehind ? BEHIND : FREED;
}
