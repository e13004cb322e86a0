// Which classes wrote the bytes that each family of the kernels' consoles shows. Classes that no
// byte of the report tells apart stand together.
const OVER = ["overflow-right", "overflow-far", "off-by-one", "wrong-size-use"];
const FREED = ["write-after-free", "free-pointer-forge"];
const LINKS = [...FREED, "freelist-cycle", "overflow-right"];
const TWICE = ["double-free", "double-free-interleaved", "double-free-after-reuse"];
const LISTS = ["list-misuse"];
const FOREIGN = ["invalid-free-foreign"];
const INSIDE = ["invalid-free-interior"];
const LEFT = ["leak-at-destroy"];

/** By the first words of a family's name; the longest that fits counts. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  alloc_skips_bad_slabs: [...OVER, "write-after-free"],
  bulk: ["double-free-bulk", "freelist-cycle"],
  destroy_left: LEFT,
  dfree: TWICE,
  forgefp: LINKS,
  fp_: ["freelist-cycle", ...TWICE, ...FREED],
  fpclob: [...LINKS, ...OVER],
  free_: FOREIGN,
  free_never_allocated: [...FOREIGN, ...TWICE],
  free_othercache: ["wrong-cache-free"],
  freeint: INSIDE,
  kfree_glob: FOREIGN,
  kmalloc_dfree: TWICE,
  kmalloc_pages_dfree: [...TWICE, "double-free-after-discard", ...FOREIGN],
  kmalloc_: [...OVER, "overflow-slack"],
  krealloc: [...OVER, "krealloc-misuse", "overflow-slack"],
  kunit_: [...OVER, ...FREED, "free-pointer-forge"],
  list_: LISTS,
  list_uaf: [...LISTS, ...FREED],
  multi_: [...OVER, ...LINKS, "overflow-left", "slab-padding", ...TWICE],
  objpad: [...OVER, "overflow-far"],
  over: [...OVER, ...LINKS],
  seed: [...OVER, ...LINKS],
  size: OVER,
  slabpad: ["slab-padding", ...OVER],
  smp_dfree: TWICE,
  smp_free: FOREIGN,
  smp_othercache: ["wrong-cache-free"],
  smp_over: OVER,
  smp_seed: [...OVER, ...LINKS],
  smp_uaf: [...LINKS, ...FOREIGN],
  uaf_: [...FREED, "freelist-cycle"],
  uaf_redz: [...FREED, ...OVER],
  under: ["overflow-left", "overflow-right", "overflow-far"],
};

/** The classes that a family shows; nothing for a family without a mistake. */
export function classesOf(family: string): readonly string[] | undefined {
  const name = family.replace(/^smph_/, "smp_");
  const fitting = Object.keys(CLASSES).filter((words) => name.startsWith(words));
  const [longest] = fitting.sort((a, b) => b.length - a.length);
  return longest === undefined ? undefined : CLASSES[longest];
}
