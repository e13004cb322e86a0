// The kernels we model, and where their struct page keeps what SLUB uses.

/** Kernel profiles, by the number that travels in the machine configuration. */
export enum Profile {
  /** RHEL 7.3's 3.10.0-514. */
  V310 = 0,
  /** 6.1.192 as Debian 12 ships it. */
  V61 = 1,
  /** 6.12.117 as Debian ships it. */
  V612 = 2,
  /** 7.3.4 as Debian ships it: free objects wait in sheaves. */
  V73 = 3,
}

// struct page of 3.10 (slub-reference 10.4):
//
//   ╒═══════════╤═══════════╤═══════════╤═══════════╕
//   │ +0 flags  │ +8 mapping│ +16 free- │ +24 inuse │ 16 bit
//   │           │           │     list  │ +26 objects:15 frozen:1
//   │           │           │           │ +28 _count│
//   ├───────────┴───────────┼───────────┴───────────┤
//   │ +32 lru next, prev    │ +48 slab_cache, and   │
//   │ (cpu partial: next +32, pages +40, pobjects   │
//   │  +44)                 │ first_page of a tail  │
//   ╘═══════════════════════╧═══════════════════════╛
export const enum Page310 {
  FLAGS = 0,
  FREELIST = 16,
  COUNTERS = 24,
  LIST = 32,
  SLAB_CACHE = 48,
  HEAD = 48,
}

// struct slab of 6.1, laid over struct page:
//
//   ╒═══════════╤═══════════════════════╤═══════════╕
//   │ +0 flags  │ +8 slab_list next,prev│ +24 slab_ │
//   │           │ (cpu partial: next +8,│     cache │
//   │           │  slabs +16)           │           │
//   ├───────────┼───────────┬───────────┴───────────┤
//   │ +32 free- │ +40 inuse │ +44 ..                │
//   │     list  │ +42 objects:15 frozen:1           │
//   ╘═══════════╧═══════════╧═══════════════════════╛
// A tail page holds its head at +8 (compound_head, bit 0 set in the kernel).
export const enum Page6 {
  FLAGS = 0,
  FREELIST = 32,
  COUNTERS = 40,
  LIST = 8,
  SLAB_CACHE = 24,
  HEAD = 8,
}

// 6.12 and 7.3 have the same fields, but slab_cache comes first:
//
//   ╒═══════════╤═══════════╤═══════════════════════╕
//   │ +0 flags  │ +8 slab_  │ +16 slab_list         │
//   │           │     cache │                       │
//   ╞═══════════╧═══════════╪═══════════════════════╡
//   │ +32 as above          │ +48 page_type         │
//   ╘═══════════════════════╧═══════════════════════╛
export const enum Page612 {
  FLAGS = 0,
  FREELIST = 32,
  COUNTERS = 40,
  LIST = 16,
  SLAB_CACHE = 8,
  HEAD = 8,
  /** The byte of page_type that says what kind of page it is. */
  KIND = 51,
}

/** Our own page flags, in the low word of `flags`; the host prints the profile's bits for them. */
export const enum PageFlag {
  /** PG_locked, held by slab_lock while 3.10 checks a free. */
  LOCKED = 1,
  /** PG_slab. */
  SLAB = 2,
  /** PG_head: first page of a compound block. */
  HEAD = 4,
  /** PG_tail: any other page of one. */
  TAIL = 8,
  /** PG_reserved: a page of the kernel image. */
  RESERVED = 16,
  /** PG_workingset (6.8+): the slab is on its node's partial list. */
  WORKINGSET = 32,
}

/** The frozen bit of the 16-bit word that holds slab->objects. */
export const FROZEN_BIT: u32 = 0x8000;
