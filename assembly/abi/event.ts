// What the kernel would have printed, as records. The core emits one event where mm/slub.c calls
// one of its printing functions, in that order; the host alone knows the words (src/slub/words/).
//
//   ╒══════════╤══════════╤═══════════╤═══════════╤═════════════════╕
//   │ +0 kind  │ +2 code  │ +4 size   │ +8 op     │ +12 cache index │   size: bytes of the whole
//   │ +1 cpu   │ u16      │ u32       │ u32       │ u32             │   record, a multiple of 8
//   ├──────────┴──────────┴───────────┼───────────┴─────────────────┤
//   │ +16 a u64                       │ +24 b u64                   │
//   ├─────────────────────────────────┼─────────────────────────────┤
//   │ +32 c u64                       │ +40 x u32     +44 y u32     │
//   ├─────────────────────────────────┼─────────────────────────────┤
//   │ +48 z u32       +52 length u32  │ +56 bytes ...               │
//   ╘═════════════════════════════════╧═════════════════════════════╛

/** Bytes of an event before its own bytes. */
export const EVENT_HEADER_SIZE: u32 = 56;

/** Byte offsets in an event record. */
export const enum EventField {
  KIND = 0,
  /** u8: the CPU that printed it, where reports say so (7.3). */
  CPU = 1,
  CODE = 2,
  SIZE = 4,
  OP = 8,
  CACHE = 12,
  A = 16,
  B = 24,
  C = 32,
  X = 40,
  Y = 44,
  Z = 48,
  LENGTH = 52,
  BYTES = 56,
}

/** The second of the three stack addresses in a track of 3.10. */
export const STACK_310_HIGH: u32 = 0xffffffff;
export const STACK_310_LOW: u32 = 0x811dd230;

/** Codes of TRACK. */
export const enum TrackCode {
  ALLOCATED = 0,
  FREED = 1,
  /** A bit: the stack depot has a stack of that handle. */
  HAS_STACK = 2,
}

/** Cache index of an event that belongs to no cache. */
export const NO_CACHE_INDEX: u32 = 0xffffffff;

/** What was printed, by the kernel function that prints it. */
export enum EventKind {
  /** slab_bug(): the framed header. code: Report. Arguments as Report says. */
  BUG = 1,
  /**
   * The "First byte .. instead of .." line. code: Section; a, b: first and last bad byte; c: slab
   * base; x: found; y: expected.
   */
  BYTES = 2,
  /**
   * print_track(). code: TrackCode; a: caller (ConfigLayout.CALLERS, or what overwrote it);
   * b: when (jiffies); c: now; x: cpu; y: pid; z: stack handle.
   */
  TRACK = 3,
  /**
   * print_slab_info() / print_page_info(). a: struct page; b: freelist; x: objects; y: inuse; z:
   * PageFlag bits.
   */
  SLAB = 4,
  /** The Object line of a trailer. a: object; b: its free pointer; c: slab base. */
  OBJECT = 5,
  /** print_section(). code: Dump; a: address; bytes: the memory. */
  DUMP = 6,
  /** slab_fix(). code: Fix; a, b: addresses; x: byte; y: Section of a restore. */
  FIX = 7,
  /** A WARN. code: Warning; arguments as Warning says. */
  WARN = 8,
  /** A plain printk. code: Line; arguments as Line says. */
  LINE = 9,
  /**
   * trace(). code: 0 alloc, 1 free; a: object; b: freelist; x: inuse. A free is followed by a DUMP.
   */
  TRACE = 10,
  /** The machine died. code: FaultKind; a: address; x: Fn. */
  OOPS = 11,
  /** An object that destroy found in use. a: object; c: slab base. */
  LEFT = 12,
  /** "Invalid pointer": what is printed instead of a trailer. a: the pointer. */
  INVALID_POINTER = 13,
  /**
   * The WARN that ends a report since 6.12. code: 0 object_err, 1 slab_err, 2 slab_pad_check, 3
   * shutdown.
   */
  SPLAT = 14,
  /**
   * mem_dump_obj() (7.3): what lies at the address that a list report names. code: MemoryKind; a:
   * where the object begins, its red zone included; b, c: callers that allocated and freed it, 0
   * for none; x: bytes of red zone; y: offset in the object; z: size of the object.
   */
  MEMORY = 15,
}

/** What mem_dump_obj() tells apart. */
export enum MemoryKind {
  SLAB = 1,
  /** Mapped, and nothing of the allocators'. */
  OTHER = 2,
  VMALLOC = 3,
  NULL = 4,
  ZERO_SIZE = 5,
  UNMAPPED = 6,
  /** A page that the driver got by vmalloc(). a: where it begins. */
  VMALLOC_PAGE = 7,
}

/** Headers of slab_bug() and the text of slab_err(), object_err(). */
export enum Report {
  /** "<section> overwritten": x is the Section. */
  OVERWRITTEN = 1,
  OBJECT_CORRUPT = 2,
  FREEPOINTER_CORRUPT = 3,
  FREECHAIN_CORRUPT = 4,
  OBJECT_ALREADY_FREE = 5,
  FREELIST_POINTER_CHECK_FAILS = 6,
  PAGE_SLAB_POINTER_CORRUPT = 7,
  NOT_A_VALID_SLAB_PAGE = 8,
  /** x: objects; y: the most that fit. */
  OBJECTS_EXCEED_MAX = 9,
  /** x: inuse; y: objects. */
  INUSE_EXCEEDS_MAX = 10,
  SLAB_DISABLED = 11,
  /** x: found; y: should be. */
  WRONG_NUMBER_OF_OBJECTS = 12,
  /** x: counter; y: counted (signed). */
  WRONG_OBJECT_COUNT = 13,
  /** a: the pointer. */
  INVALID_OBJECT_POINTER = 14,
  /** a: the pointer. */
  OUTSIDE_OF_SLAB = 15,
  /** a: the pointer. */
  NO_SLAB_CACHE = 16,
  /** x: expected; y: found. */
  BULK_FREELIST_COUNT = 17,
  /** x: inuse; y: to be freed. */
  TOO_MANY_TO_FREE = 18,
  /** x: expected; y: found. */
  BULK_FREE_COUNT = 19,
  /** Slab tail. a, b: first and last bad byte; c: slab base. */
  PADDING_OVERWRITTEN = 20,
  /** Destroy. x: nothing. */
  OBJECTS_REMAINING = 21,
  /** 7.3: a free list that does not end. */
  FREELIST_CYCLE = 22,
}

/** Parts of an object or a slab that are checked byte by byte. */
export enum Section {
  NONE = 0,
  LEFT_REDZONE = 1,
  RIGHT_REDZONE = 2,
  KMALLOC_REDZONE = 3,
  ALIGNMENT_PADDING = 4,
  POISON = 5,
  END_POISON = 6,
  OBJECT_PADDING = 7,
  SLAB_PADDING = 8,
}

/** Tags of a hex dump. */
export enum Dump {
  BYTES_B4 = 1,
  OBJECT = 2,
  REDZONE = 3,
  PADDING = 4,
  /** The slab's tail, always tagged with eight characters. */
  SLAB_PADDING = 5,
  /** A traced free, always tagged with seven. */
  TRACED_OBJECT = 6,
}

/** Texts of slab_fix(). */
export enum Fix {
  /** a, b: first and last byte; x: the value; y: Section. */
  RESTORING = 1,
  MARKING_ALL_OBJECTS_USED = 2,
  FREELIST_CLEARED = 3,
  NUMBER_OF_OBJECTS_ADJUSTED = 4,
  OBJECT_COUNT_ADJUSTED = 5,
  /** a: the object. */
  OBJECT_NOT_FREED = 6,
  ISOLATE_FREECHAIN = 7,
}

/** Warnings with a splat. */
export enum Warning {
  /** a: prev, b: next->prev, c: next. */
  LIST_ADD_NEXT_PREV = 1,
  /** a: next, b: prev->next, c: prev. */
  LIST_ADD_PREV_NEXT = 2,
  /** a: new, b: prev, c: next. */
  LIST_ADD_DOUBLE = 3,
  LIST_ADD_PREV_NULL = 4,
  LIST_ADD_NEXT_NULL = 5,
  /** a: entry. */
  LIST_DEL_NEXT_NULL = 6,
  /** a: entry. */
  LIST_DEL_PREV_NULL = 7,
  /** a: entry. */
  LIST_DEL_POISON1 = 8,
  /** a: entry. */
  LIST_DEL_POISON2 = 9,
  /** a: entry, b: prev->next, c: prev. */
  LIST_DEL_PREV_NEXT = 10,
  /** a: entry, b: next->prev, c: next. */
  LIST_DEL_NEXT_PREV = 11,
  /** cache_from_obj(). x: index of the passed cache, y: of the owner, z: Fn that asked. */
  WRONG_SLAB_CACHE = 12,
  /** virt_to_cache(): the object is in no slab page. z: Fn that asked. */
  NOT_A_SLAB_PAGE = 13,
  /** free_large_kmalloc(): order 0. a: the pointer. */
  FREE_LARGE_ORDER0 = 14,
  /** acquire_slab(), to 6.1: an acquired slab with an empty free list. */
  ACQUIRED_EMPTY_SLAB = 15,
  /** kmem_cache_destroy, 6.x: the cache still has objects. x: refcount. */
  CACHE_STILL_HAS_OBJECTS = 16,
  /** new_slab(): a zeroed allocation of a cache with a constructor (6.x). */
  ZEROED_CTOR = 18,
  /** stack_depot_print() of a damaged handle. x: the handle. */
  STACK_DEPOT_HANDLE = 17,
}

/** Plain lines. */
export enum Line {
  /** x: counted, y: counter. */
  PARTIAL_SLABS_COUNTED = 1,
  /** x: counted, y: counter. */
  SLABS_COUNTED = 2,
  /** kmem_cache_destroy, 3.10. */
  CACHE_STILL_HAS_OBJECTS = 3,
  /** a: the object. */
  NO_SLAB_FOR_OBJECT = 4,
  /** SLUB: Unable to allocate memory. x: slabs, y: objects, z: free. */
  OUT_OF_MEMORY = 5,
  /** free_large_kmalloc(): "object pointer: 0x%p". a: the pointer. */
  OBJECT_POINTER = 6,
  /** validate met a list that leaves memory or runs in a circle (harness text). */
  LIST_BROKEN = 7,
  /**
   * Stack of a track whose handle is 0: "object allocation/free stack trace missing". code in x: 0
   * alloc, 1 free.
   */
  STACK_TRACE_MISSING = 8,
}
