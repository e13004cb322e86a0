// Which classes wrote the bytes that each family of the kernels' consoles shows. The script of a
// family says what was done; where what it did leaves the same bytes as another class would, both
// are right.
import { alikeUnder } from "../../src/explain/cause/alike.ts";
import type { CauseName } from "../../src/explain/cause/prior.ts";
import type { SlabCheck } from "../../src/explain/report.ts";

const OVER: readonly CauseName[] = alikeUnder("right-redzone", "overflow-right");
const FREED: readonly CauseName[] = alikeUnder("poison", "write-after-free");
const TWICE: readonly CauseName[] = alikeUnder("already-free", "double-free");
const LISTS: readonly CauseName[] = ["list-misuse"];
const FOREIGN: readonly CauseName[] = ["invalid-free-foreign"];
const INSIDE: readonly CauseName[] = ["invalid-free-interior"];
const STRANGE: readonly CauseName[] = ["wrong-cache-free"];

/** By the first words of a family's name; the longest that fits counts. */
const CLASSES: Readonly<Record<string, readonly CauseName[]>> = {
  // Frees objects and writes into free ones and behind live ones.
  alloc_skips_bad_slabs: [...OVER, ...FREED],
  bulk: ["double-free-bulk"],
  destroy_left: ["leak-at-destroy"],
  dfree: TWICE,
  // A live object's owner writes over the free pointer of the next one.
  forgefp: [...OVER, ...FREED],
  fp_: TWICE,
  fpclob: OVER,
  free_: FOREIGN,
  // An object's address that was never handed out: it is free, as one that was freed before.
  free_never_allocated: [...FOREIGN, ...TWICE],
  free_othercache: STRANGE,
  freeint: INSIDE,
  kfree_glob: FOREIGN,
  kmalloc_dfree: TWICE,
  // The pages of the second free belong to nobody.
  kmalloc_pages_dfree: [...TWICE, "double-free-after-discard", ...FOREIGN],
  kmalloc_: [...OVER, "overflow-slack"],
  krealloc: [...OVER, ...FREED, "krealloc-misuse", "overflow-slack"],
  kunit_50th_byte: FREED,
  kunit_clobber_zone: OVER,
  kunit_first_word: FREED,
  kunit_next_pointer: FREED,
  kunit_redzone_free: OVER,
  list_: LISTS,
  list_uaf: [...LISTS, ...FREED],
  // A write before, behind and far behind a live object, then a second free.
  multi_: [...OVER, "overflow-left", "slab-padding", ...FREED, ...TWICE],
  objpad: OVER,
  over: OVER,
  // Freed first, then written behind its end.
  overfree: [...OVER, ...FREED],
  seed: OVER,
  size: OVER,
  // The tail of the slab, by a live object that lies before it.
  slabpad: ["slab-padding", ...OVER],
  smp_dfree: TWICE,
  smp_free: FOREIGN,
  smp_othercache: STRANGE,
  smp_over: OVER,
  smp_seed: OVER,
  smp_uaf: FREED,
  uaf_: FREED,
  under: ["overflow-left"],
};

/**
 * The classes that a family shows, with those that the check of its first report cannot tell from
 * them; nothing for a family without a mistake.
 */
export function classesOf(family: string, check: SlabCheck): readonly CauseName[] | undefined {
  const name = family.replace(/^smph_/, "smp_");
  const fitting = Object.keys(CLASSES).filter((words) => name.startsWith(words));
  const [longest] = fitting.sort((a, b) => b.length - a.length);
  if (longest === undefined) return undefined;
  // Eight bytes before an object are eight behind the end of its neighbour.
  const isOther = longest === "under" && check !== "left-redzone";
  const classes = isOther ? [...CLASSES[longest], ...OVER] : CLASSES[longest];
  return [...new Set(classes.flatMap((name) => alikeUnder(check, name)))];
}
