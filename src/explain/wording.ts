// The words by which a report is known, of all versions. The texts of the kernels that we print
// come from the tables that print them; the rest are texts of versions between and before them.

import { Report as Bug, Section } from "../abi.ts";
import { profileNumber } from "../slub/program/machine.ts";
import { PROFILES } from "../slub/program/variant.ts";
import { FIXED_TEXTS } from "../slub/words/bug_text.ts";
import { wordsOf } from "../slub/words/kernels/index.ts";
import { longPattern } from "./read/pattern.ts";
import type { SlabCheck } from "./report.ts";

const SECTION_CHECKS: readonly (readonly [Section, SlabCheck])[] = [
  [Section.LEFT_REDZONE, "left-redzone"],
  [Section.RIGHT_REDZONE, "right-redzone"],
  [Section.KMALLOC_REDZONE, "kmalloc-redzone"],
  [Section.POISON, "poison"],
  [Section.END_POISON, "poison"],
  [Section.ALIGNMENT_PADDING, "padding"],
  [Section.OBJECT_PADDING, "padding"],
];

/** One word for both sides, before 5.13: the address decides. */
const EITHER_SIDE: readonly (readonly [string, SlabCheck])[] = [["Redzone", "redzone"]];

/** Which part a check found overwritten, by the kernel's name of the part. */
const OVERWRITTEN: ReadonlyMap<string, SlabCheck> = new Map([
  ...PROFILES.map(profileNumber).flatMap((profile) =>
    SECTION_CHECKS.map(([section, check]) => [wordsOf(profile).sections[section], check] as const),
  ),
  ...EITHER_SIDE,
]);

const FIXED_CHECKS: readonly (readonly [Bug, SlabCheck])[] = [
  [Bug.OBJECT_CORRUPT, "slab-bug"],
  [Bug.FREEPOINTER_CORRUPT, "free-pointer"],
  [Bug.FREECHAIN_CORRUPT, "free-list"],
  [Bug.OBJECT_ALREADY_FREE, "already-free"],
  [Bug.FREELIST_POINTER_CHECK_FAILS, "free-list"],
  [Bug.PAGE_SLAB_POINTER_CORRUPT, "pointer"],
  [Bug.NOT_A_VALID_SLAB_PAGE, "pointer"],
  [Bug.SLAB_DISABLED, "slab-bug"],
];

const FIXED: ReadonlyMap<string, SlabCheck> = new Map(
  FIXED_CHECKS.map(([bug, check]) => [FIXED_TEXTS[bug] ?? "", check] as const),
);

/** Texts with numbers and names in them, by their first words. */
const COMPOSED: readonly (readonly [RegExp, SlabCheck, string])[] = [
  [/^Objects? remaining/, "remaining", "Objects remaining"],
  [/^Wrong object count/, "count", "Wrong object count"],
  [/^Freelist cycle detected/, "count", "Freelist cycle detected"],
  [/^Wrong number of objects/, "count", "Wrong number of objects"],
  [/^(?:objects|inuse) -?\d+ > max/, "count", "objects > max"],
  [/^Slab has \d+ allocated objects but/, "count", "Slab has fewer objects than are freed"],
  [/^Bulk free(?:list)? /, "count", "Bulk freelist count"],
  [/^Padding overwritten/, "slab-padding", "Padding overwritten"],
  [/^Invalid object pointer/, "pointer", "Invalid object pointer"],
  [/^Attempt to free object/, "pointer", "Attempt to free object outside of slab"],
  [/^No slab (?:cache )?for object/, "pointer", "No slab cache for object"],
  [/^Object is on free-list/, "already-free", "Object is on free-list"],
  [/^Object already allocated/, "free-list", "Object already allocated"],
  [/^Freepointer corrupt/i, "free-pointer", "Freepointer corrupt"],
  [/^Freelist chain is corrupt/i, "free-list", "Freechain corrupt"],
  [/^belongs to different slab/i, "wrong-cache", "Object belongs to a different slab"],
];

export interface Title {
  readonly check: SlabCheck;
  readonly kind: string;
}

/** What the text behind `BUG cache (taint): ` says; undefined if it is no text of this checker. */
export function titleOf(text: string): Title | undefined {
  const [, section] = /^([\w -]{1,30}?) overwritten\b/.exec(text) ?? [];
  if (section !== undefined && !/^Padding overwritten\. /.test(text)) {
    const check = OVERWRITTEN.get(section) ?? (section === "Padding" ? "slab-padding" : undefined);
    if (check !== undefined) return { check, kind: `${section} overwritten` };
  }
  const composed = COMPOSED.find(([pattern]) => pattern.test(text));
  if (composed !== undefined) return { check: composed[1], kind: composed[2] };
  const fixed = [...FIXED].find(([words]) => text.startsWith(words));
  return fixed && { check: fixed[1], kind: fixed[0].replace(/\.$/, "") };
}

/** The part of a slot that a byte fills, before 6.1 in the words of all kernels. */
const PART_OF_BYTE: Readonly<Record<number, string>> = {
  107: "Poison",
  165: "Poison",
  204: "Redzone",
  187: "Redzone",
  90: "Object padding",
};

/** What was overwritten, by the byte that ought to stand there. */
export function overwrittenWith(byte: number): string {
  return `${PART_OF_BYTE[byte] ?? "Object"} overwritten`;
}

/** Whole names: kfree_skb() and kmalloc_reserve() are of others. */
const ALLOCATES = longPattern(
  "^_{0,3}(?:kmem_cache_alloc(?:_[a-z]+)*|k[mz]alloc(?:_(?:node|trace|track|caller|large|order",
  "|cache|nolock|slab))*|slab_alloc(?:_node)?|(?:do_)?krealloc(?:_node|_align)*|kvmalloc(?:_node)?",
  "|get_freepointer(?:_safe)?|get_(?:any_)?partial(?:_node)?|prefetch_freepointer",
  "|freelist_(?:ptr_decode|dereference)|alloc_debug_processing|alloc_single_from_\\w+",
  "|alloc_from_pcs|new_slab(?:_objects)?|allocate_slab|setup_object(?:_debug)?|init_object",
  "|acquire_slab|refill_(?:objects|sheaf)|(?:memcg_)?slab_post_alloc_hook|shuffle_freelist)$",
);
const FREES = longPattern(
  "^_{0,3}(?:k[vz]?free(?:_const|_sensitive|_bulk|_nolock)?|kmem_cache_free(?:_[a-z]+)*",
  "|slab_free(?:_[a-z]+)*|cache_free(?:_[a-z]+)*|do_slab_free|cache_from_obj",
  "|free_debug_processing|free_to_(?:partial_list|pcs)|build_detached_freelist",
  "|memcg_slab_free(?:_hook)?|put_cpu_partial|free_large_kmalloc|free_nonslab_page)$",
);
const WALKS = longPattern(
  "^_{0,3}(?:deactivate_slab|unfreeze_partials|put_partials|flush_(?:cpu_)?slab",
  "|on_freelist|get_map|fill_map|check_object|check_slab|check_bytes_and_report|validate_slab",
  "|print_(?:trailer|section|page_info|track(?:ing)?)|discard_slab|free_slab|list_slab_objects",
  "|kmem_cache_(?:shrink|destroy|close|shutdown|do_shrink)|shutdown_cache|slab_pad_check",
  "|free_partial)",
);

/** What a compiler appends to the name of a function that it changed, and 6.10 to some others. */
const VARIANT = /(?:_noprof)?(?:\.[a-z]\w*|\.\d+)*$/;

/** What a function of the allocator was doing; undefined for all other functions. */
export function taskOf(fn: string): "alloc" | "free" | "walk" | undefined {
  const name = fn.replace(VARIANT, "");
  if (WALKS.test(name)) return "walk";
  if (FREES.test(name)) return "free";
  return ALLOCATES.test(name) ? "alloc" : undefined;
}

/** Hardened checks stand near the top of the kernel's file, kfree()'s near its end. */
const TOP_OF_SLUB = 900;

/** What a BUG() of mm/slub.c says, by its line and the function that it stands in. */
export function bugOfLine(line: number, fn: string | undefined): SlabCheck {
  const task = fn === undefined ? undefined : taskOf(fn);
  if (line < TOP_OF_SLUB && task !== "walk") return "hardened-free";
  return task === "free" ? "kfree-page" : "slab-bug";
}
