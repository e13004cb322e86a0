// Sheaves in the hands of their users (7.3): filled beforehand, so that what is allocated later
// cannot fail. One that has room for another number than the sheaves of its cache is *oversize*.

import { dead } from "../base/oops.ts";
import { ask_for } from "./alloc.ts";
import {
  barn_get_empty_sheaf, barn_get_full_sheaf, barn_is_full, barn_put_full_sheaf,
} from "./barn.ts";
import {
  __alloc_empty_sheaf, alloc_empty_sheaf, flush_and_free, free_empty_sheaf, this_sheaves,
} from "./pcs.ts";
import { spoil } from "./pristine.ts";
import {
  pop_object, prefilled_capacity, refill_sheaf, set_prefilled_capacity, sheaf_flush_unused,
  sheaf_size,
} from "./sheaf.ts";
import { KmemCache, sheaf_capacity } from "./types.ts";
import { clear_new_object, may_clear } from "./zeroing.ts";

/** A sheaf with at least `count` objects; 0 when there is no memory. */
export function kmem_cache_prefill_sheaf(s: KmemCache, count: u32): u64 {
  spoil();
  if (count > sheaf_capacity(s)) return prefill_oversize(s, count);
  const sheaf = find_sheaf(s);
  if (sheaf == 0 || dead) return 0;
  set_prefilled_capacity(sheaf, sheaf_capacity(s));
  if (sheaf_size(sheaf) < count && !refill_sheaf(s, sheaf, sheaf_capacity(s))) {
    if (!dead) flush_and_free(s, sheaf);
    return 0;
  }
  return sheaf;
}

function prefill_oversize(s: KmemCache, count: u32): u64 {
  const sheaf = __alloc_empty_sheaf(s, count);
  if (sheaf == 0 || dead) return 0;
  set_prefilled_capacity(sheaf, count);
  if (refill_sheaf(s, sheaf, count)) return sheaf;
  if (!dead) flush_and_free(s, sheaf);
  return 0;
}

/** The spare, whatever it holds, before a sheaf of the barn, before a new one. */
function find_sheaf(s: KmemCache): u64 {
  const pcs = this_sheaves(s);
  const spare = pcs.spare;
  if (spare != 0) {
    pcs.spare = 0;
    return spare;
  }
  let sheaf = barn_get_full_sheaf(s);
  if (sheaf == 0 && !dead) sheaf = barn_get_empty_sheaf(s);
  return sheaf != 0 || dead ? sheaf : alloc_empty_sheaf(s);
}

/** The object on top of a prefilled sheaf; 0 where it is empty. */
export function kmem_cache_alloc_from_sheaf(s: KmemCache, sheaf: u64, zeroed: bool): u64 {
  spoil(); // what the program takes for a sheaf may be anything
  if (sheaf_size(sheaf) == 0 || dead) return 0;
  const object = pop_object(sheaf);
  if (may_clear(zeroed) && !dead) {
    ask_for(s.object_size);
    clear_new_object(s, object, zeroed);
  }
  return object;
}

/** Whether the refill that was asked for last could be had. */
export let refilled: bool = false;

/**
 * Sees to it that a prefilled sheaf holds `count` objects again; another one where it has no room.
 */
export function kmem_cache_refill_sheaf(s: KmemCache, sheaf: u64, count: u32): u64 {
  spoil();
  refilled = true;
  if (sheaf_size(sheaf) >= count) return sheaf;
  const capacity = prefilled_capacity(sheaf);
  if (count <= capacity) {
    refilled = refill_sheaf(s, sheaf, capacity);
    return sheaf;
  }
  const larger = kmem_cache_prefill_sheaf(s, count);
  refilled = larger != 0;
  if (larger == 0 || dead) return sheaf;
  kmem_cache_return_sheaf(s, sheaf);
  return larger;
}

/** Takes a prefilled sheaf back, with what is left in it. */
export function kmem_cache_return_sheaf(s: KmemCache, sheaf: u64): void {
  spoil();
  if (prefilled_capacity(sheaf) != sheaf_capacity(s)) {
    if (!dead) flush_and_free(s, sheaf);
    return;
  }
  const pcs = this_sheaves(s);
  if (dead) return;
  if (pcs.spare == 0) {
    pcs.spare = sheaf;
    return;
  }
  if (barn_is_full(s) || !refill_sheaf(s, sheaf, sheaf_capacity(s))) {
    sheaf_flush_unused(s, sheaf);
    if (!dead) free_empty_sheaf(sheaf);
    return;
  }
  barn_put_full_sheaf(s, sheaf);
}
