// What differs between the kernels, as a table of choices. Each line names one behaviour, where the
// reference describes it, and what the kernels do. Nothing else in the core asks for a
// version: a new kernel is a new column here, and code only where it brings a new mechanism.

import { Fn } from "../abi/fault.ts";
import { Profile } from "../abi/profile.ts";
import { DEBUG } from "../base/assert.ts";
import { use_page_layout } from "../page/struct_page.ts";

/** A choice per kernel, in the order of the Profile enum. */
function choose<T>(profile: Profile, v310: T, v61: T, v612: T, v73: T): T {
  if (profile == Profile.V310) return v310;
  if (profile == Profile.V61) return v61;
  return profile == Profile.V612 ? v612 : v73;
}

// Layout (1.2, 1.4, 1.5)
/** Z puts a red zone in front of the object, too. */
export let has_left_red_zone: bool = true;
/** The free pointer of an object without P, R or ctor lies in its middle; else at offset 0. */
export let free_pointer_in_middle: bool = true;
/** Z and an object smaller than a word move the free pointer out. */
export let small_red_zone_moves_free_pointer: bool = true;
/** Bytes of a struct track. */
export let track_size: u32 = 32;
/** Stack addresses stored in a track; newer kernels store a 4-byte stack depot handle. */
export let track_addresses: u32 = 0;
/** Handles of the stack depot count its pools from 1; else a bit tells them from none. */
export let depot_counts_from_one: bool = false;
/**
 * Bytes of the word behind the tracks of a kmalloc object that holds the requested size; 0: none.
 */
export let orig_size_bytes: u32 = 0;
/** The slack of a kmalloc object beyond the requested size is red zone (Z and U). */
export let kmalloc_slack_is_red_zone: bool = false;
/**
 * How kmalloc caches are aligned (1.5): 0 by 8, 1 powers of two by their size, 2 by their largest
 * power of two.
 */
export let kmalloc_align_rule: u32 = 0;

// Slab order (2.2, 2.3) and partial lists (2.7, 5.4)
/** calculate_order() tries fractions down to a half, and only the number of objects that fits. */
export let order_rule_of_6_8: bool = false;
/** cpu partial lists are limited by free objects; else by slabs. */
export let cpu_partial_counts_objects: bool = false;
/**
 * An empty slab goes when more than min_partial slabs are partial; else when at least that many
 * are.
 */
export let keeps_min_partial_slabs: bool = false;
/** CPUs have partial lists of their own. 7.3 has sheaves instead. */
export let has_cpu_partial_lists: bool = true;
/**
 * Slabs on a cpu partial list are frozen; else a page flag says which slabs are on the node's list.
 */
export let freezes_cpu_partial: bool = true;

// Sheaves (slab/sheaf.ts)
/** Free objects of caches without debug options wait in sheaves; there are no cpu slabs. */
export let has_sheaves: bool = false;
/** The kernel function in which a debug cache's objects come off the node's partial list. */
export let partial_node_runs_in: Fn = Fn.GET_PARTIAL_NODE;

/** A slab of a partial list is not asked for a free object: without one the kernel dies. */
export let trusts_partial_slabs: bool = false;
/** The first object of a new slab is prepared, and its constructor called, twice (5.2). */
export let prepares_first_object_twice: bool = false;

/** A new slab for a zeroed allocation of a cache with a constructor gives a warning. */
export let warns_of_zeroed_ctor: bool = true;

// Debug allocation (5.5, 5.6, 5.8)
/** An allocation takes the whole free list and gives the rest back one by one, reversing it. */
export let debug_alloc_drains: bool = false;
/** A slab that failed its check is frozen, and every free into it refused. */
export let disables_bad_slabs: bool = true;
/**
 * The track of an allocation is written before the object is painted; else after the lists are in
 * order.
 */
export let tracks_alloc_first: bool = false;

// Checks (6)
/** Any debug flag makes alloc and free check; else only F does. */
export let any_flag_checks: bool = false;
/** A free whose object fails its check goes through all the same. */
export let frees_damaged_objects: bool = false;
/** A free counts the objects that the slab has in use, before it looks at them. */
export let counts_before_free: bool = true;
/** Every check of an object is made and reported; else the first failure ends it. */
export let checks_all_sections: bool = false;
/** Damaged padding makes an allocation or a free fail. */
export let padding_fails_check: bool = false;
/** A check of a slab begins with whether its page is a slab's; else those ask who need to know. */
export let slab_check_asks_for_kind: bool = true;
/** A free list that does not end is cut off as a whole, and reported as a cycle. */
export let reports_cycles: bool = false;
/** validate looks at all free objects first, then at those in use; else in address order. */
export let validates_free_first: bool = false;
/** A repair of the slab's tail covers as many bytes as the tail has, ending at the last bad one. */
export let tail_repair_slides: bool = false;
/** An object_err about something that is no object of the slab does not dump it. */
export let guards_trailer: bool = true;

// Free (4.6, 5.11)
/** Each free writes NULL into the object's free pointer before anything is checked. */
export let free_truncates: bool = false;
/** The kernel function that frees what a bulk free has linked: 6.1's compiler made one of two. */
export let bulk_free_runs_in: Fn = Fn.KMEM_CACHE_FREE_BULK;
/**
 * A free through the wrong cache goes to the right one, with a warning; else it goes on as asked.
 */
export let corrects_wrong_cache: bool = true;
/** krealloc() within an object notes the new size, and paints the red zone behind it anew. */
export let krealloc_notes_size: bool = false;

// Merging (9.2)
/** The newest cache is tried first. */
export let merges_newest_first: bool = false;
/** F must be equal for two caches to merge. */
export let merge_compares_f: bool = false;
/** ACCOUNT must be equal. */
export let merge_compares_account: bool = true;
/** A cache with F alone never merges, either. */
export let f_never_merges: bool = false;
/**
 * Other caches may become aliases of the kmalloc caches (in 6.1 their usercopy regions forbid it).
 */
export let kmalloc_caches_merge: bool = true;
/** Whether a cache may merge is tested before slub_debug is applied to it. */
export let merge_ignores_boot_letters: bool = false;

// The running machine
/** The kernel has caches for DMA memory, and keeps their names in kmalloc memory. */
export let has_dma_kmalloc: bool = false;
/** Caches of reclaimable objects may become aliases of kmalloc-rcl-N. */
export let kmalloc_rcl_merges: bool = false;
/** A cache that destroy found in use is listed no more, and so takes in no alias. */
export let unlists_busy_caches: bool = false;
/** validate, shrink and destroy keep their maps in kmalloc memory. */
export let maps_are_kmalloced: bool = false;
/** A cache has a copy of its name in kmalloc memory. */
export let names_are_kmalloced: bool = false;
/** ksize() of NULL looks for a page all the same. */
export let sizes_null: bool = false;
/** A slab that waits for a grace period is checked before it; else when the time has passed. */
export let checks_before_grace_period: bool = true;
/** The script driver knows a list that leads into nothing; else it dies of it. */
export let driver_knows_bad_lists: bool = false;
/** Jiffies at boot, and at each operation from then on. */
export let initial_jiffies: u32 = 0;

// Words (7): only what decides which printing functions run, and in which order
/**
 * The line that names the damaged bytes comes first, and one frame serves all sections of an
 * object.
 */
export let bracket_reports: bool = false;

export function use_profile(p: Profile): void {
  use_page_layout(p);
  //                                                3.10    6.1     6.12    7.3
  has_left_red_zone =                 choose(p,       false,  true,   true,   true);
  free_pointer_in_middle =            choose(p,       false,  true,   true,   true);
  small_red_zone_moves_free_pointer = choose(p,       false,  true,   true,   true);
  track_size =                        choose<u32>(p,  152,        32,         32,         32);
  track_addresses =                   choose<u32>(p,  16,         0,          0,          0);
  depot_counts_from_one =             choose(p,       false,  false,  true,   true);
  orig_size_bytes =                   choose<u32>(p,  0,          4,          8,          8);
  kmalloc_slack_is_red_zone =         choose(p,       false,  false,  true,   true);
  kmalloc_align_rule =                choose<u32>(p,  0,          1,          2,          2);

  order_rule_of_6_8 =                 choose(p,       false,  false,  true,   true);
  cpu_partial_counts_objects =        choose(p,       true,   false,  false,  false);
  has_cpu_partial_lists =             choose(p,       true,   true,   true,   false);
  keeps_min_partial_slabs =           choose(p,       true,   false,  false,  false);
  freezes_cpu_partial =               choose(p,       true,   true,   false,  false);

  has_sheaves =                       choose(p,       false,  false,  false,  true);
  partial_node_runs_in = has_sheaves ? Fn.SLAB_ALLOC_SLOW : Fn.GET_PARTIAL_NODE;

  trusts_partial_slabs =              choose(p,       false,  false,  true,   true);
  prepares_first_object_twice =       choose(p,       true,   false,  false,  false);
  warns_of_zeroed_ctor =              choose(p,       false,  true,   true,   true);

  debug_alloc_drains =                choose(p,       true,   false,  false,  false);
  disables_bad_slabs =                choose(p,       false,  true,   true,   true);
  tracks_alloc_first =                choose(p,       true,   false,  false,  false);

  any_flag_checks =                   choose(p,       true,   false,  false,  false);
  frees_damaged_objects =             choose(p,       true,   false,  false,  false);
  counts_before_free =                choose(p,       false,  true,   true,   true);
  checks_all_sections =               choose(p,       false,  false,  true,   true);
  padding_fails_check =               choose(p,       false,  false,  true,   true);
  slab_check_asks_for_kind =          choose(p,       true,   true,   true,   false);
  reports_cycles =                    choose(p,       false,  false,  false,  true);
  validates_free_first =              choose(p,       true,   false,  false,  false);
  tail_repair_slides =                choose(p,       true,   false,  false,  false);
  guards_trailer =                    choose(p,       false,  true,   true,   true);

  free_truncates =                    choose(p,       false,  true,   false,  false);
  bulk_free_runs_in = p == Profile.V61 ? Fn.BUILD_DETACHED_FREELIST : Fn.KMEM_CACHE_FREE_BULK;
  corrects_wrong_cache =              choose(p,       false,  true,   true,   true);
  krealloc_notes_size =               choose(p,       false,  false,  false,  true);

  merges_newest_first =               choose(p,       true,   false,  false,  false);
  merge_compares_f =                  choose(p,       true,   false,  false,  false);
  merge_compares_account =            choose(p,       false,  true,   true,   true);
  f_never_merges =                    choose(p,       false,  false,  false,  true);
  kmalloc_caches_merge =              choose(p,       true,   false,  true,   true);
  merge_ignores_boot_letters =        choose(p,       true,   false,  false,  false);

  has_dma_kmalloc =                   choose(p,       true,   false,  false,  false);
  kmalloc_rcl_merges =                choose(p,       false,  false,  true,   true);
  unlists_busy_caches =               choose(p,       false,  false,  true,   true);
  driver_knows_bad_lists =            choose(p,       true,   false,  false,  false);
  maps_are_kmalloced =                choose(p,       true,   false,  false,  false);
  names_are_kmalloced =               choose(p,       true,   false,  false,  false);
  sizes_null =                        choose(p,       true,   false,  false,  false);
  checks_before_grace_period =        choose(p,       false,  false,  true,   true);
  // INITIAL_JIFFIES lies five minutes before the 32-bit counter wraps.
  const jiffies_100_hz: u32 = 0xffff8ad0;
  const jiffies_250_hz: u32 = 0xfffedb08;
  initial_jiffies = p == Profile.V310 ? jiffies_100_hz : jiffies_250_hz;

  bracket_reports =                   choose(p,       false,  false,  true,   true);
  if (DEBUG) assert(p <= Profile.V73); // the columns of this table
  if (DEBUG) assert(!trusts_partial_slabs || !freezes_cpu_partial); // both came with 6.8
  if (DEBUG) assert(!maps_are_kmalloced || validates_free_first); // 3.10 has both
}
