// Freeing many objects at once: those of one slab are linked into a list first, and freed together;
// on 7.3 they go into sheaves where their cache has them.

import { Fn } from "../abi/fault.ts";
import { BULK_MAX } from "../abi/limits.ts";
import { DEBUG } from "../base/assert.ts";
import { dead, enter, leave } from "../base/oops.ts";
import {
  build_detached_freelist, bulk_pointers, free_bulk_without_sheaves, list_cache, list_count,
  list_head, list_slab, list_tail, next_list_310,
} from "./detached.ts";
import { slab_free } from "./fast_path.ts";
import { free_to_pcs_bulk } from "./pcs.ts";
import { note_bulk_free, pristine } from "./pristine.ts";
import { bulk_free_runs_in, corrects_wrong_cache, has_sheaves } from "./profile.ts";
import { KmemCache, sheaf_capacity } from "./types.ts";

/** Frees the first `size` of bulk_pointers. One branch asks for everything that is rare. */
export function kmem_cache_free_bulk(s: KmemCache, size: u32): void {
  if (DEBUG) assert(size <= BULK_MAX); // the array has so many
  if (u32(pristine) | u32(has_sheaves) | u32(!corrects_wrong_cache)) {
    note_bulk_free(s, bulk_pointers, size);
    if (!corrects_wrong_cache) return free_bulk_310(s, size);
    if (has_sheaves) return free_bulk_73(s, size);
  }
  const caller = enter(bulk_free_runs_in);
  while (size > 0 && !dead) {
    const outer = enter(Fn.BUILD_DETACHED_FREELIST);
    size = build_detached_freelist(s, size);
    leave(outer);
    free_linked();
  }
  leave(caller);
}

// @ts-ignore: decorator
@inline
function free_linked(): void {
  const owner = list_cache;
  if (!dead && owner != null && list_slab != 0) {
    slab_free(owner, list_slab, list_head, list_tail, list_count);
  }
}

function free_bulk_310(s: KmemCache, size: u32): void {
  const caller = enter(bulk_free_runs_in);
  while (size > 0 && !dead) {
    size = next_list_310(s, size);
    free_linked();
  }
  leave(caller);
}

function free_bulk_73(s: KmemCache, size: u32): void {
  if (sheaf_capacity(s) != 0) free_to_pcs_bulk(s, size);
  else free_bulk_without_sheaves(s, size);
}
