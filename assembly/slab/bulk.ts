// Freeing many objects at once: those of one slab are linked into a list first, and freed together;
// on 7.3 they go into sheaves where their cache has them.

import { Fn } from "../abi/fault.ts";
import { BULK_MAX } from "../abi/limits.ts";
import { DEBUG } from "../base/assert.ts";
import { dead, enter, leave } from "../base/oops.ts";
import {
  build_detached_freelist, bulk_pointers, list_cache, list_count, list_head, list_slab, list_tail,
  next_list_310,
} from "./detached.ts";
import { slab_free } from "./fast_path.ts";
import { free_to_pcs_bulk } from "./pcs.ts";
import { note_bulk_free } from "./pristine.ts";
import { bulk_free_builds_lists, corrects_wrong_cache, has_sheaves } from "./profile.ts";
import { KmemCache, sheaf_capacity } from "./types.ts";

/** Frees the first `size` of bulk_pointers. */
export function kmem_cache_free_bulk(s: KmemCache, size: u32): void {
  if (DEBUG) assert(size <= BULK_MAX); // the array has so many
  note_bulk_free(s, bulk_pointers, size);
  if (has_sheaves && sheaf_capacity(s) != 0) return free_to_pcs_bulk(s, size);
  // The 6.1 compiler made one function of the loop and the building of lists.
  const caller = enter(
    bulk_free_builds_lists ? Fn.BUILD_DETACHED_FREELIST : Fn.KMEM_CACHE_FREE_BULK,
  );
  while (size > 0 && !dead) {
    if (corrects_wrong_cache) {
      const outer = enter(Fn.BUILD_DETACHED_FREELIST);
      size = build_detached_freelist(s, size);
      leave(outer);
    } else {
      size = next_list_310(s, size);
    }
    const owner = list_cache;
    if (DEBUG) assert(size < BULK_MAX); // each turn frees one pointer at least
    if (dead || owner == null || list_slab == 0) continue;
    slab_free(owner, list_slab, list_head, list_tail, list_count);
  }
  leave(caller);
}
