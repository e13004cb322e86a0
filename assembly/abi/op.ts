// Operations, and how one is laid out for the interpreter. A program is an array of these records:
//
//   ╒════════╤════════╤════════════╤════════════╤════════════╤══════════════╤══════════════╕
//   │ +0 op  │ +1 aux │ +2 name u16│ +4 slot u16│ +6 slot2   │ +8 offset i32│ +12 arg u32  │
//   ╘════════╧════════╧════════════╧════════════╧════════════╧══════════════╧══════════════╛
//
// `name` is an index into the program's cache names; `slot` and `slot2` are slot numbers; a TARGET
// is a slot plus a signed displacement. Lists of targets and bytes to write lie in the payload.

/** Bytes of one operation record. */
export const OP_SIZE: u32 = 16;

/** Byte offsets in an operation record. */
export const enum OpField {
  OP = 0,
  AUX = 1,
  NAME = 2,
  SLOT = 4,
  SLOT2 = 6,
  OFFSET = 8,
  ARG = 12,
}

/** What an operation does; the fields it uses stand behind it. */
export enum Op {
  /** Nothing in the core; the host answers (info, sym, state, list ...). */
  NOP = 0,
  /**
   * name, aux = its length, offset = size, arg = align, slot = letters, slot2 = boot letters
   * (Letter bits).
   */
  CACHE = 1,
  /** name, slot = where the pointer goes, aux 1 = zeroed. */
  ALLOC = 2,
  /** name, slot2 = count, arg = payload position of that many target records (slots). */
  ALLOC_N = 3,
  /** name, slot + offset = target, aux 1 = asked for by freeoff. */
  FREE = 4,
  /** name, slot2 = count, arg = payload position of that many target records, freed one by one. */
  FREE_N = 5,
  /** As ALLOC_N, through kmem_cache_alloc_bulk. */
  BULK_ALLOC = 6,
  /** As FREE_N, through kmem_cache_free_bulk. */
  BULK_FREE = 7,
  /** arg = size, slot, aux 1 = zeroed. */
  KMALLOC = 8,
  /** slot + offset. */
  KFREE = 9,
  /** slot + offset = old pointer, arg = size, slot2 = new slot. */
  KREALLOC = 10,
  /** slot + offset. */
  KSIZE = 11,
  /** slot + offset; validates the cache that the object's slab belongs to. */
  KVALIDATE = 12,
  /** slot + offset = address, slot2 = length in bytes, arg = payload position. */
  WRITE = 13,
  /** slot + offset = address, arg = length, aux = byte. */
  FILL = 14,
  /** slot + offset = address, arg = length; the bytes go to the extra results. */
  READ = 15,
  /**
   * slot + offset = address, slot2 = length, arg = payload position; aux 1 = offset is relative to
   * s->offset.
   */
  XOR = 16,
  /** slot + offset = address, slot2 + arg (signed) = value. */
  WPTR = 17,
  /** slot + offset = address. */
  RPTR = 18,
  /** name, slot + offset = object, slot2 + arg = next: stores the encoded free pointer. */
  WFP = 19,
  /** name, slot + offset = object. */
  RFP = 20,
  /** slot = new slot, slot2 + arg = value. */
  SLOT = 21,
  /** name. */
  VALIDATE = 22,
  /** name. */
  SHRINK = 23,
  /** name. */
  DESTROY = 24,
  /** The number of constructor calls since the last CTORCALLS. */
  CTORCALLS = 25,
  /** slot + offset. */
  LIST_INIT = 26,
  /** slot + offset = new entry, slot2 + arg = head. */
  LIST_ADD = 27,
  /** slot + offset = new entry, slot2 + arg = head. */
  LIST_ADD_TAIL = 28,
  /** slot + offset. */
  LIST_DEL = 29,
  /** Zeroes every free page. */
  SCRUB = 30,
  /** arg = page frame number of the next block that the page allocator hands out. */
  NEXT_PFN = 31,
  /** name, arg = s->offset. */
  SET_OFFSET = 32,
  /** arg = the CPU that runs the following operations. */
  CPU = 33,
  /**
   * slot = the slot that is to hold the region's address; offset = length; payload at arg: u64
   * address.
   */
  REGION = 34,
  /** name: walks the lists that the host is about to show (state, list). */
  STATE = 35,
  /** arg = N: the N-th block from here on is not to be had, 1 being the next; 0: all are. */
  FAIL_NTH = 36,
  /**
   * As CACHE, with arg = payload position of three words: align, sheaf capacity (0: none asked
   * for), place of the free pointer (0xffffffff: none asked for) (7.3).
   */
  CACHE_ARGS = 37,
  /** name, arg = count, slot = where the sheaf goes: kmem_cache_prefill_sheaf(). */
  SHEAF_GET = 38,
  /** name, slot + offset = sheaf, slot2 = where the object goes, aux 1 = zeroed. */
  SHEAF_ALLOC = 39,
  /** name, slot + offset = sheaf, arg = count; the slot remembers the sheaf that came of it. */
  SHEAF_REFILL = 40,
  /** name, slot + offset = sheaf. */
  SHEAF_PUT = 41,
  /** slot + offset: kfree_rcu(); aux 1: kfree_rcu_nolock(). */
  FREE_RCU = 42,
  /** rcu_barrier(); aux 1: kvfree_rcu_barrier(). */
  RCU_BARRIER = 43,
  /** As KMALLOC, from kmalloc_nolock(). */
  KMALLOC_NOLOCK = 44,
  /** As KFREE, through kfree_nolock(). */
  KFREE_NOLOCK = 45,
  /** arg = a CPU, which goes offline; aux 1: it comes back. */
  CPU_DOWN = 46,
}

/** The last allocation that FAIL_NTH can name. */
export const FAIL_NTH_MAX: u32 = 64;

/** Slots that exist before a program starts. */
export const enum Slot {
  NULL = 0,
  GLOB = 1,
  VGLOB = 2,
  /** The first slot that a program may name. */
  FIRST = 3,
}

/** Bytes of a target record in the payload: u16 slot at +0, i32 displacement at +4. */
export const TARGET_SIZE: u32 = 8;

// Results, one record an operation:
//
//   ╒══════════════╤══════════════╤══════════════════════════╕
//   │ +0 status u32│ +4 aux u32   │ +8 value u64             │
//   ╘══════════════╧══════════════╧══════════════════════════╛

/** Bytes of one result record. */
export const RESULT_SIZE: u32 = 16;

/** Byte offsets in a result record. */
export const enum ResultField {
  STATUS = 0,
  AUX = 4,
  VALUE = 8,
}

/** How an operation ended, and what `value` and `aux` hold then. */
export enum Status {
  /** Not run: the program ended before. */
  NOT_RUN = 0,
  /** Done. value: pointer, size, count ... whatever the operation yields. */
  OK = 1,
  /** CACHE: value = index of the new kmem_cache. */
  CREATED = 2,
  /** CACHE: value = index of the kmem_cache it became an alias of. */
  MERGED = 3,
  /** CACHE: the kernel refuses the size. */
  FAILED = 4,
  /** No living cache of that name. */
  NO_CACHE = 5,
  /** DESTROY: the kmem_cache is gone; value = its index. */
  DESTROYED = 6,
  /** DESTROY: objects remain; value = index, aux = refcount (signed). */
  BUSY = 7,
  /** DESTROY: an alias went; aux = refcount left. */
  REFCOUNT = 8,
  /** The operation's own access (read, write, fill ...) met unmapped memory: caught, not fatal. */
  FAULT = 9,
  /** The kernel oopsed or hit a BUG(): the machine is dead; an OOPS event says how. */
  CRASH = 10,
  /** The kernel would loop for ever. */
  HANG = 11,
  /**
   * KMALLOC, KREALLOC: aux bit 0 = same pointer (KREALLOC); value = pointer of whole pages; aux >>
   * 8 = order.
   */
  PAGES = 12,
  /** The request fits no table of the machine (too many caches, slots, regions). */
  LIMIT = 13,
}
