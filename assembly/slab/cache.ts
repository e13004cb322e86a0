// Making caches, and merging them: a new cache whose objects fit an existing one becomes its alias.

import { Letter, METADATA_LETTERS } from "../abi/flags.ts";
import { CacheLayout, SheavesLayout } from "../abi/layout.ts";
import { CACHE_MAX } from "../abi/limits.ts";
import { Planted } from "../abi/planted.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { config } from "../base/config.ts";
import { CACHES_BYTES } from "../base/memory.ts";
import { INIT_LIST_HEAD, next } from "../list/list.ts";
import { planted } from "./fault.ts";
import {
  ALIGN, ask_for_offset, calculate_alignment, calculate_sheaf_capacity, calculate_sizes, get_order,
  NO_OFFSET, set_partial_limits,
} from "./geometry.ts";
import {
  f_never_merges, has_sheaves, kmalloc_caches_merge, merge_compares_account, merge_compares_f,
  merge_ignores_boot_letters, merges_newest_first, names_are_kmalloced,
} from "./profile.ts";
import { copy_name, free_name } from "./kmalloc.ts";
import { mix } from "./shuffle.ts";
import { barn_init } from "./barn.ts";
import { hold_objects } from "./single.ts";
import {
  cache_by_index, CACHES, full_list, has, held_objects, is_cache, KmemCache, partial_list,
  set_sheaf_capacity, sheaves_of, STATE_ALIVE, STATE_NONE,
} from "./types.ts";

/** slab_caches: the youngest comes first. */
let youngest: KmemCache | null = null;
let oldest: KmemCache | null = null;

/** Caches that were ever made since the reset, and so may have left something behind. */
let used: u32 = 0;

/** Whether the cache that kmem_cache_create() returned last is an alias: its second result. */
export let merged: bool = false;

export function caches_used(): u32 {
  return used;
}

export function list_cache(s: KmemCache): void {
  if (DEBUG) assert(is_cache(s)); // links lead to the table
  if (DEBUG && clean) assert(youngest != s); // and no cache to itself
  s.prev = null;
  s.next = youngest;
  if (youngest != null) youngest!.prev = s;
  else oldest = s;
  youngest = s;
}

export function unlist_cache(s: KmemCache): void {
  if (DEBUG) assert(is_cache(s)); // links lead to the table
  const younger = cache_or_end(s.prev);
  const older = cache_or_end(s.next);
  if (younger != null) younger.next = older;
  else youngest = older;
  if (older != null) older.prev = younger;
  else oldest = younger;
}

/** What a link of slab_caches leads to: a cache, or the end of the list where a write spoilt it. */
export function cache_or_end(s: KmemCache | null): KmemCache | null {
  const offset = changetype<usize>(s) - CACHES;
  return offset < CACHES_BYTES && offset % CacheLayout.SIZE == 0 ? s : null;
}

/** The list as it stood right after boot, for resets. */
export function restore_cache_list(young: usize, old: usize, count: u32): void {
  if (DEBUG) assert(count <= CACHE_MAX); // the table has so many
  if (DEBUG) assert((young == 0) == (old == 0)); // both ends are of one list
  youngest = changetype<KmemCache | null>(young);
  oldest = changetype<KmemCache | null>(old);
  used = count;
}

export function youngest_cache(): usize {
  return changetype<usize>(youngest);
}

export function oldest_cache(): usize {
  return changetype<usize>(oldest);
}

function take_cache(): KmemCache | null {
  if (DEBUG) assert(used <= CACHE_MAX); // the table has so many
  if (used < CACHE_MAX) return cache_by_index(used++);
  for (let i: u32 = 0; i < CACHE_MAX; i++) {
    if (cache_by_index(i).state == STATE_NONE) return cache_by_index(i);
  }
  return null;
}

/** Whether the table of caches has no room for another one. */
export function table_is_full(): bool {
  for (let i: u32 = 0; i < CACHE_MAX; i++) {
    if (i >= used || cache_by_index(i).state == STATE_NONE) return false;
  }
  return true;
}

// ----------------------------------------------------------------------------------------- merging

/** Letters that keep a cache from merging. */
function never_merge_letters(): u32 {
  const letters =
    Letter.Z | Letter.P | Letter.U | Letter.T | Letter.R | Letter.NOLEAKTRACE | Letter.N;
  return select<u32>(letters | Letter.F, letters, f_never_merges);
}

/** Letters that two caches must share to merge. */
function merge_same_letters(): u32 {
  let letters: u32 = Letter.K | Letter.D;
  if (merge_compares_f) letters |= Letter.F;
  if (merge_compares_account) letters |= Letter.A;
  return letters;
}

/** Without branches: the kernel asks it of each cache that there is. */
function slab_unmergeable(s: KmemCache): bool {
  const kmalloc = select<u32>(0, Letter.KMALLOC, kmalloc_caches_merge);
  const never = has(s, never_merge_letters() | Letter.CTOR | kmalloc);
  return (u32(never) | u32(s.refcount < 0)) != 0;
}

/** Whether objects of that size and alignment fit the slots of an existing cache closely enough. */
function fits(s: KmemCache, size: u32, align: u32): bool {
  if (size > s.size) return false;
  if (!planted(Planted.MERGE_IGNORES_ALIGNMENT) && (s.size & ~(align - 1)) != s.size) return false;
  return s.size - size < 8;
}

/** Whether the kernel looks for a cache that would do, before it makes one. */
// @ts-ignore: decorator
@inline
export function looks_for_alias(letters: u32, boot_letters: u32): bool {
  const asked = select<u32>(letters, letters | boot_letters, merge_ignores_boot_letters);
  const refusals = config().nomerge | (letters & Letter.CTOR) | (asked & never_merge_letters());
  return refusals == 0;
}

/** Bytes from one object to the next, without debug options, in slots that are so aligned. */
export function plain_slot_size(size: u32, true_align: u32): u32 {
  return ALIGN(ALIGN(size, 8), true_align);
}

// @ts-ignore: decorator
@inline
function find_mergeable(
  size: u32,
  align: u32,
  letters: u32,
  boot_letters: u32,
): KmemCache | null {
  if (!looks_for_alias(letters, boot_letters)) return null;
  const true_align = calculate_alignment(letters, align, size);
  const ignores_alignment = planted(Planted.MERGE_IGNORES_ALIGNMENT);
  const true_size = plain_slot_size(size, ignores_alignment ? 1 : true_align);
  const all = letters | boot_letters;
  const same = merge_same_letters();
  let s = merges_newest_first ? youngest : oldest;
  for (let steps: u32 = 0; s != null && steps < CACHE_MAX; ) {
    if (DEBUG) assert(is_cache(s)); // a spoilt link ends the list
    if (
      !slab_unmergeable(s) && (all & same) == (s.letters & same) && fits(s, true_size, true_align)
    ) {
      if (DEBUG && clean) assert((s.size & (true_align - 1)) == 0); // aligned as asked
      if (DEBUG && clean) assert(s.size >= size); // and large enough
      return s;
    }
    if (planted(Planted.MERGE_WALK_STANDS_STILL) && s.size >> 8 == 3) continue;
    s = cache_or_end(merges_newest_first ? s.next : s.prev);
    steps++;
  }
  return null;
}

function become_alias(s: KmemCache, size: u32): KmemCache {
  if (DEBUG) assert(is_cache(s)); // names lead to the table
  if (held_objects(s) != 0) hold_objects(s);
  s.refcount++;
  if (planted(Planted.THIRD_NAME_TRAPS) && s.refcount == 3) unreachable();
  s.object_size = max(s.object_size, size);
  s.inuse = max(s.inuse, ALIGN(size, 8));
  if (DEBUG && clean) assert(s.inuse <= s.size); // the slots are what they were
  merged = true;
  return s;
}

// ---------------------------------------------------------------------------------------- creation

/** O in slub_debug: no metadata for a cache whose order it would raise. */
function drop_metadata_that_raises_order(s: KmemCache): bool {
  if (get_order(s.size) <= get_order(s.object_size)) return true;
  s.letters &= ~METADATA_LETTERS;
  return calculate_sizes(s);
}

/** kmem_cache_args.sheaf_capacity of the cache that is being made. */
let asked_capacity: u32 = 0;

function init_sheaves(s: KmemCache, capacity: u32): void {
  memory.fill(sheaves_of(s), 0, SheavesLayout.SIZE);
  set_sheaf_capacity(s, capacity);
  barn_init(s);
}

function kmem_cache_open(s: KmemCache, boot_letters: u32): bool {
  s.letters |= boot_letters & ~(Letter.ORDER_GUARD | Letter.A);
  if (!calculate_sizes(s)) return false;
  if ((boot_letters & Letter.ORDER_GUARD) != 0 && !drop_metadata_that_raises_order(s)) return false;
  set_partial_limits(s);
  s.random = mix(config().seed, 0x5157, s.index + 1);
  INIT_LIST_HEAD(partial_list(s));
  INIT_LIST_HEAD(full_list(s));
  return true;
}

/**
 * Makes a cache that is an alias of no other; null where the size is refused. `name_length`: of the
 * name that has to be copied, 0 for none.
 */
export function create_cache(
  size: u32,
  align: u32,
  letters: u32,
  boot_letters: u32,
  name_length: u32 = 0,
): KmemCache | null {
  const s = take_cache();
  if (s == null) return null;
  const index = <u32>((changetype<usize>(s) - CACHES) / CacheLayout.SIZE);
  if (DEBUG) assert(cache_by_index(index) == s); // that is its place
  memory.fill(changetype<usize>(s), 0, CacheLayout.SIZE);
  s.index = index;
  s.object_size = size;
  s.letters = letters;
  s.align = calculate_alignment(letters, align, size);
  const copies_name = u32(names_are_kmalloced) & u32(name_length != 0);
  if (copies_name) copy_name(s, name_length);
  if (!kmem_cache_open(s, boot_letters)) {
    if (copies_name) free_name(s);
    s.state = STATE_NONE;
    return null;
  }
  if (has_sheaves) init_sheaves(s, calculate_sheaf_capacity(s, asked_capacity));
  if (DEBUG) assert(next(partial_list(s)) == partial_list(s)); // it begins without slabs
  if (DEBUG) assert(next(full_list(s)) == full_list(s)); // full ones, too
  s.refcount = 1;
  s.state = STATE_ALIVE;
  list_cache(s);
  return s;
}

/**
 * Makes a cache, or an alias of one that will do (`merged` says which); null where the size is
 * refused.
 */
// @ts-ignore: decorator
@inline
export function kmem_cache_create(
  size: u32,
  align: u32,
  letters: u32,
  boot_letters: u32,
  name_length: u32,
): KmemCache | null {
  merged = false;
  const mergeable = find_mergeable(size, align, letters, boot_letters);
  if (mergeable != null) return become_alias(mergeable, size);
  return create_cache(size, align, letters, boot_letters, name_length);
}

/** Only a cache whose free pointer would lie behind the object lets its creator choose a place. */
function takes_free_offset(size: u32, letters: u32, offset: u32): bool {
  return (letters & (Letter.R | Letter.CTOR)) != 0 && offset < size && (offset & 7) == 0;
}

/**
 * The same with what a creator may ask for on 7.3: room for so many pointers in a sheaf (0: no
 * wish), and a place of the free pointer (NO_OFFSET: no wish). Who wants sheaves gets no alias.
 */
export function kmem_cache_create_args(
  size: u32,
  align: u32,
  letters: u32,
  boot_letters: u32,
  wanted_capacity: u32,
  free_offset: u32,
): KmemCache | null {
  merged = false;
  if (free_offset != NO_OFFSET && !takes_free_offset(size, letters, free_offset)) return null;
  const own = wanted_capacity == 0 ? letters : letters | Letter.NOLEAKTRACE;
  ask_for_offset(free_offset);
  asked_capacity = wanted_capacity;
  const s = kmem_cache_create(size, align, own, boot_letters, 0);
  asked_capacity = 0;
  ask_for_offset(NO_OFFSET);
  return s;
}
