// struct node_barn: the sheaves that no CPU holds (7.3). There is one node, so one barn a cache.
//
//   ╒═══════════════════════╤═══════════════════════╕
//   │ sheaves_full          │ sheaves_empty         │   both are stacks: in at the head, out
//   ├───────────────────────┼───────────────────────┤   from the head
//   │ nr_full, at most 10   │ nr_empty              │
//   ╘═══════════════════════╧═══════════════════════╛
//
// The limits are looked at only where these functions say so.

import { SheafLayout, SheavesLayout } from "../abi/layout.ts";
import { MAX_FULL_SHEAVES } from "../abi/limits.ts";
import { Planted } from "../abi/planted.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { ram_address } from "../base/memory.ts";
import { step_along_slabs } from "../base/oops.ts";
import { INIT_LIST_HEAD, list_add, list_del, next } from "../list/list.ts";
import { planted } from "./fault.ts";
import { KmemCache, sheaves_of } from "./types.ts";

const MAX_EMPTY_SHEAVES: u32 = 10;

function full_sheaves(s: KmemCache): u64 {
  return ram_address(sheaves_of(s) + <usize>SheavesLayout.BARN_FULL);
}

function empty_sheaves(s: KmemCache): u64 {
  return ram_address(sheaves_of(s) + <usize>SheavesLayout.BARN_EMPTY);
}

export function barn_init(s: KmemCache): void {
  INIT_LIST_HEAD(full_sheaves(s));
  INIT_LIST_HEAD(empty_sheaves(s));
}

// @ts-ignore: decorator
@inline
export function nr_full(s: KmemCache): u32 {
  return load<u32>(sheaves_of(s), SheavesLayout.NR_FULL);
}

// @ts-ignore: decorator
@inline
function nr_empty(s: KmemCache): u32 {
  return load<u32>(sheaves_of(s), SheavesLayout.NR_EMPTY);
}

function count_full(s: KmemCache, change: i32): void {
  store<u32>(sheaves_of(s), nr_full(s) + change, SheavesLayout.NR_FULL);
}

function count_empty(s: KmemCache, change: i32): void {
  store<u32>(sheaves_of(s), nr_empty(s) + change, SheavesLayout.NR_EMPTY);
}

/** Takes the first sheaf of a list. */
function take_first(head: u64): u64 {
  const sheaf = next(head) - SheafLayout.LINKS;
  if (DEBUG && clean) assert(next(head) != head); // the caller has looked at the counter
  step_along_slabs(sheaf); // a counter that was overwritten may promise any number of sheaves
  list_del(sheaf + SheafLayout.LINKS);
  return sheaf;
}

/** An empty sheaf; 0 where the barn has none. */
export function barn_get_empty_sheaf(s: KmemCache): u64 {
  if (nr_empty(s) == 0) return 0;
  count_empty(s, -1);
  return take_first(empty_sheaves(s));
}

/** A full sheaf; 0 where the barn has none. */
export function barn_get_full_sheaf(s: KmemCache): u64 {
  if (nr_full(s) == 0) return 0;
  count_full(s, -1);
  return take_first(full_sheaves(s));
}

/** Puts an empty sheaf in, however many there are. */
export function barn_put_empty_sheaf(s: KmemCache, sheaf: u64): void {
  list_add(sheaf + SheafLayout.LINKS, empty_sheaves(s));
  count_empty(s, 1);
}

/** Puts a full sheaf in, however many there are. */
export function barn_put_full_sheaf(s: KmemCache, sheaf: u64): void {
  list_add(sheaf + SheafLayout.LINKS, full_sheaves(s));
  count_full(s, 1);
}

/** Whether the barn takes no more full sheaves. */
export function barn_is_full(s: KmemCache): bool {
  return !planted(Planted.BARN_LIMIT_IGNORED) && nr_full(s) >= MAX_FULL_SHEAVES;
}

/** Whether the barn takes no more empty sheaves. */
export function barn_has_enough_empty(s: KmemCache): bool {
  return nr_empty(s) >= MAX_EMPTY_SHEAVES;
}

/** Exchanges an empty sheaf for a full one; 0 where the barn has none. */
export function barn_replace_empty_sheaf(s: KmemCache, empty: u64): u64 {
  if (nr_full(s) == 0) return 0;
  const full = barn_get_full_sheaf(s);
  barn_put_empty_sheaf(s, empty);
  return full;
}

/** Exchanges a full sheaf for an empty one; 0 where the barn has none, or is full. */
export function barn_replace_full_sheaf(s: KmemCache, full: u64): u64 {
  if (barn_is_full(s) || nr_empty(s) == 0) return 0;
  const empty = barn_get_empty_sheaf(s);
  barn_put_full_sheaf(s, full);
  return empty;
}
