// struct kmem_cache and struct kmem_cache_cpu. They live in the first pages of simulated RAM, so
// that the head of a node's partial list has a kernel address like every other list_head.
//
//   ╒═══════════╤═══════════╤═══════════╤═══════════╕
//   │ index     │ letters   │ size      │ object_size
//   ├───────────┼───────────┼───────────┼───────────┤
//   │ +16 offset│ inuse     │ align     │ red_left_pad
//   ├───────────┼───────────┼───────────┼───────────┤
//   │ +32 oo    │ min       │ refcount  │ min_partial
//   ├───────────┼───────────┼───────────┼───────────┤
//   │ +48 cpu_  │ cpu_par-  │ object_   │ state     │
//   │    partial│ tial_slabs│ poison    │           │
//   ├───────────┴───────────┼───────────┼───────────┤
//   │ +64 random            │ next      │ prev      │
//   ├───────────┬───────────┼───────────┼───────────┤
//   │ +80 nr_   │ total_    │ nr_partial│ reciprocal│   the node (there is one)
//   │     slabs │ objects   │           │           │
//   ├───────────┴───────────┴───────────┴───────────┤
//   │ +96  partial list_head                        │
//   │ +112 full list_head                           │
//   ├───────────────────────────────────────────────┤
//   │ +128 kmem_cache_cpu[CPU_MAX], 32 bytes each:  │
//   │      freelist, page, partial                  │
//   ├───────────┬───────────────────────────────────┤
//   │ +256 held │ max_ob-   │ +264 name             │
//   │           │     jects │                       │
//   ╘═══════════════════════════════════════════════╛
//
// 7.3 has a block of SheavesLayout for each, behind all of them:
//
//   ╒═══════════════════════════════════════════════╕
//   │ +0   slub_percpu_sheaves[CPU_MAX], 24 bytes   │
//   │      each: main, spare, rcu_free              │
//   ├───────────────────────┬───────────────────────┤
//   │ +96 barn: full sheaves│ +112 empty sheaves    │
//   ├───────────┬───────────┼───────────┬───────────┤
//   │ +128 nr_  │ nr_empty  │ sheaf_    │           │
//   │      full │           │  capacity │           │
//   ╘═══════════╧═══════════╧═══════════╧═══════════╛
//
// Invariants of a cache at rest, when nothing has damaged it:
//   nr_partial == |partial|;   total_objects == sum of slab->objects;
//   for each slab: slab->inuse + |slab->freelist| == slab->objects;
//   a cpu slab and the slabs of a cpu partial list are frozen (to 6.7) and on no list.

import {
  CacheLayout, CpuSheavesLayout, CpuSlabLayout, SHEAVES_BEHIND_CACHES, SheavesLayout,
} from "../abi/layout.ts";
import { CACHE_MAX, CPU_MAX, KMALLOC_CLASSES, MAX_ORDER } from "../abi/limits.ts";
import { DEBUG_LETTERS, Letter } from "../abi/flags.ts";
import { RAM } from "../base/arena.ts";
import { clean, DEBUG } from "../base/assert.ts";
import { set_event_cpu } from "../base/event.ts";
import { CACHES_BYTES, ram_address, ram_base } from "../base/memory.ts";
import { free_pointer_in_middle, has_sheaves } from "./profile.ts";

/** kmem_cache.state */
export const STATE_NONE: u32 = 0;
export const STATE_ALIVE: u32 = 1;
export const STATE_BUSY: u32 = 2;

// @ts-ignore: decorator
@unmanaged
export class KmemCache {
  index: u32;
  letters: u32;
  size: u32;
  object_size: u32;
  offset: u32;
  inuse: u32;
  align: u32;
  red_left_pad: u32;
  oo: u32;
  min: u32;
  refcount: i32;
  min_partial: u32;
  cpu_partial: u32;
  cpu_partial_slabs: u32;
  object_poison: u32;
  state: u32;
  random: u64;
  next: KmemCache | null;
  prev: KmemCache | null;
  nr_slabs: u32;
  total_objects: u32;
  nr_partial: u32;
  reciprocal: u32;
}

if (offsetof<KmemCache>("letters") != CacheLayout.LETTERS) ERROR("KmemCache.letters moved");
if (offsetof<KmemCache>("offset") != CacheLayout.OFFSET) ERROR("KmemCache.offset moved");
if (offsetof<KmemCache>("oo") != CacheLayout.OO) ERROR("KmemCache.oo moved");
if (offsetof<KmemCache>("refcount") != CacheLayout.REFCOUNT) ERROR("KmemCache.refcount moved");
if (offsetof<KmemCache>("state") != CacheLayout.STATE) ERROR("KmemCache.state moved");
if (offsetof<KmemCache>("random") != CacheLayout.RANDOM) ERROR("KmemCache.random moved");
if (offsetof<KmemCache>("next") != CacheLayout.NEXT) ERROR("KmemCache.next moved");
if (offsetof<KmemCache>("reciprocal") != CacheLayout.RECIPROCAL) {
  ERROR("KmemCache.reciprocal moved");
}

// @ts-ignore: decorator
@unmanaged
export class CpuSlab {
  freelist: u64;
  page: u64;
  partial: u64;
  reserved: u64;
}

if (offsetof<CpuSlab>() != CpuSlabLayout.SIZE) {
  ERROR("CpuSlab has another size: update abi/layout.ts");
}

// @ts-ignore: decorator
@unmanaged
export class CpuSheaves {
  main: u64;
  spare: u64;
  rcu_free: u64;
}

if (offsetof<CpuSheaves>() != CpuSheavesLayout.SIZE) {
  ERROR("CpuSheaves has another size: update abi/layout.ts");
}

/** The array of kmem_caches. */
export const CACHES: usize = RAM;

export function cache_by_index(index: u32): KmemCache {
  if (DEBUG) assert(index < CACHE_MAX); // the table has so many
  return changetype<KmemCache>(CACHES + <usize>(index * CacheLayout.SIZE));
}

/** Whether that is a kmem_cache of the table. */
export function is_cache(s: KmemCache | null): bool {
  const offset = changetype<usize>(s) - CACHES;
  return offset < CACHES_BYTES && offset % CacheLayout.SIZE == 0;
}

/** The CPU that runs. */
export let cpu: u32 = 0;

export function set_cpu(number: u32): void {
  if (DEBUG) assert(number < CPU_MAX); // struct kmem_cache has room for so many
  cpu = number;
  set_event_cpu(has_sheaves ? number : 0);
}

/** kmem_cache_cpu of the CPU that runs. */
// @ts-ignore: decorator
@inline
export function this_cpu(s: KmemCache): CpuSlab {
  if (DEBUG) assert(is_cache(s)); // names and links lead to the table
  return changetype<CpuSlab>(
    changetype<usize>(s) + <usize>CacheLayout.CPU_SLAB + <usize>(cpu * CpuSlabLayout.SIZE),
  );
}

export function cpu_slab(s: KmemCache, number: u32): CpuSlab {
  if (DEBUG) assert(number < CPU_MAX); // the next field is no cpu slab
  return changetype<CpuSlab>(
    changetype<usize>(s) + <usize>CacheLayout.CPU_SLAB + <usize>(number * CpuSlabLayout.SIZE),
  );
}

/** Where the blocks begin. */
export const SHEAVES: usize = CACHES + <usize>(CACHES_BYTES + SHEAVES_BEHIND_CACHES);

/** The block of a kmem_cache. */
export function sheaves_of(s: KmemCache): usize {
  if (DEBUG) assert(is_cache(s)); // there is a block for each
  const index = <u32>(changetype<usize>(s) - CACHES) / CacheLayout.SIZE;
  return SHEAVES + <usize>(index * SheavesLayout.SIZE);
}

/** slub_percpu_sheaves of a CPU. */
export function cpu_sheaves(s: KmemCache, number: u32): CpuSheaves {
  if (DEBUG) assert(number < CPU_MAX); // the barn follows
  return changetype<CpuSheaves>(sheaves_of(s) + <usize>(number * CpuSheavesLayout.SIZE));
}

/** Pointers that a sheaf of the cache holds; 0: it has no sheaves. */
export function sheaf_capacity(s: KmemCache): u32 {
  return load<u32>(sheaves_of(s), SheavesLayout.CAPACITY);
}

export function set_sheaf_capacity(s: KmemCache, capacity: u32): void {
  store<u32>(sheaves_of(s), capacity, SheavesLayout.CAPACITY);
}

/** Kernel address of the head of the node's partial list. */
// @ts-ignore: decorator
@inline
export function partial_list(s: KmemCache): u64 {
  if (DEBUG) assert(is_cache(s)); // other memory has no list there
  return ram_address(changetype<usize>(s) + <usize>CacheLayout.PARTIAL);
}

/** Kernel address of the head of the node's full list. */
// @ts-ignore: decorator
@inline
export function full_list(s: KmemCache): u64 {
  if (DEBUG) assert(is_cache(s)); // other memory has no list there
  return ram_address(changetype<usize>(s) + <usize>CacheLayout.FULL);
}

/** Kernel address of a kmem_cache: what slab->slab_cache holds. */
// @ts-ignore: decorator
@inline
export function cache_address(s: KmemCache): u64 {
  if (DEBUG) assert(is_cache(s)); // slab->slab_cache names no other
  return ram_address(changetype<usize>(s));
}

/** The kmem_cache that a kernel address names; null where there is none. */
export function cache_at(address: u64): KmemCache | null {
  const offset = address - ram_base;
  if (offset >= <u64>CACHES_BYTES) return null;
  if (<u32>offset % <u32>CacheLayout.SIZE != 0) return null;
  return changetype<KmemCache>(CACHES + <usize>offset);
}

/** The same for the kernel address of a kmem_cache that is known to be in order. */
// @ts-ignore: decorator
@inline
export function known_cache(address: u64): KmemCache {
  if (DEBUG) assert(is_cache(cache_at(address))); // slab->slab_cache leads to the table
  return changetype<KmemCache>(CACHES + <usize>(address - ram_base));
}

/**
 * Objects that the running kernel holds in a cache: allocated when the cache is first used. One for
 * itself, or a name for each kmalloc cache: a count that is larger was overwritten.
 */
export function held_objects(s: KmemCache): u32 {
  return min(load<u32>(changetype<usize>(s), CacheLayout.HELD), KMALLOC_CLASSES);
}

export function set_held_objects(s: KmemCache, count: u32): void {
  store<u32>(changetype<usize>(s), count, CacheLayout.HELD);
}

/** The most objects that a slab of the cache may have: oo_objects(s->max). */
export function max_objects(s: KmemCache): u32 {
  return oo_objects(load<u32>(changetype<usize>(s), CacheLayout.MAX_OBJECTS));
}

export function set_max_objects(s: KmemCache, count: u32): void {
  store<u32>(changetype<usize>(s), count, CacheLayout.MAX_OBJECTS);
}

/** The kmalloced copy of a cache's name (3.10); 0 for none. */
export function name_of(s: KmemCache): u64 {
  return load<u64>(changetype<usize>(s), CacheLayout.NAME);
}

export function set_name(s: KmemCache, name: u64): void {
  store<u64>(changetype<usize>(s), name, CacheLayout.NAME);
}

// @ts-ignore: decorator
@inline
export function has(s: KmemCache, letters: u32): bool {
  return (s.letters & letters) != 0;
}

/**
 * Whether an offset is a multiple of a size, given its reciprocal. Exact for every offset below
 * 2^32: k * size * reciprocal is k * 2^32 plus less than 2^32, so the high word of a multiple's
 * product is k.
 */
// @ts-ignore: decorator
@inline
export function is_multiple(offset: u32, size: u32, reciprocal: u32): bool {
  return <u32>((<u64>offset * reciprocal) >> 32) * size == offset;
}

// @ts-ignore: decorator
@inline
export function is_multiple_of_size(s: KmemCache, offset: u32): bool {
  return is_multiple(offset, s.size, s.reciprocal);
}

/** Whether any debug flag is on. */
// @ts-ignore: decorator
@inline
export function kmem_cache_debug(s: KmemCache): bool {
  return (s.letters & DEBUG_LETTERS) != 0;
}

// @ts-ignore: decorator
@inline
export function oo_order(oo: u32): u32 {
  if (DEBUG && clean) assert(oo >> 16 < MAX_ORDER); // the page allocator has such blocks
  return oo >> 16;
}

// @ts-ignore: decorator
@inline
export function oo_objects(oo: u32): u32 {
  return oo & 0xffff;
}

/** Bytes from the object to the next object's red zone. */
// @ts-ignore: decorator
@inline
export function size_from_object(s: KmemCache): u32 {
  if (DEBUG && clean) assert(s.red_left_pad < s.size); // the pad is a part of the slot
  return s.size - s.red_left_pad;
}

/**
 * Whether the free pointer lies behind the object. 3.10 knows one place inside an object: its
 * start.
 */
// @ts-ignore: decorator
@inline
export function freeptr_outside_object(s: KmemCache): bool {
  return free_pointer_in_middle ? s.offset >= s.inuse : s.offset != 0;
}

/** Where the metadata behind the free pointer begins. */
export function get_info_end(s: KmemCache): u32 {
  return freeptr_outside_object(s) ? s.inuse + 8 : s.inuse;
}

/** A kmalloc cache whose objects remember the size that was asked for. */
// @ts-ignore: decorator
@inline
export function slub_debug_orig_size(s: KmemCache): bool {
  return (s.letters & (Letter.KMALLOC | Letter.U)) == (Letter.KMALLOC | Letter.U);
}
