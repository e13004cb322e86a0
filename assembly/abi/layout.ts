// Structures in linear memory that both sides read. The core's classes are checked against these
// offsets when it is compiled; the host reads through them.

/** Machine configuration: the host fills it in before `boot()`. */
export const enum ConfigLayout {
  /** u32: Profile. */
  PROFILE = 0,
  /** u32: CPUs that exist (cpu slabs). */
  CPUS = 4,
  /** u32: nr_cpu_ids as calculate_order sees it. */
  NR_CPU_IDS = 8,
  /** u32: ListChecks. */
  LIST_CHECKS = 12,
  /** u32, 0 or 1: CONFIG_SLUB_CPU_PARTIAL. */
  CPU_PARTIAL = 16,
  /** u32, 0 or 1: CONFIG_SLAB_FREELIST_HARDENED. */
  HARDENED = 20,
  /** u32, 0 or 1: CONFIG_SLAB_FREELIST_RANDOM. */
  RANDOMISED = 24,
  /** u32, 0 or 1: slab_nomerge, slub_nomerge. */
  NOMERGE = 28,
  /** u32, 0 or 1: CONFIG_MEMCG_KMEM present (3.10: decides slab_equal_or_root). */
  MEMCG_KMEM = 32,
  /** u32: first page frame of simulated RAM. */
  PHYS_BASE_PFN = 36,
  /** u32: pages of simulated RAM. */
  PHYS_PAGES = 40,
  /** u32, 0 or 1: no check is skipped (slab/pristine.ts); read by each reset. */
  THOROUGH = 44,
  /** u64: seed of everything random in the machine (s->random, shuffled freelists). */
  SEED = 48,
  /** u64: address of glob. */
  GLOB = 56,
  /** u64: address of vglob. */
  VGLOB = 64,
  /** u32: bytes of glob and of vglob each. */
  GLOB_SIZE = 72,
  /** u32, 0 or 1: leave an unused page behind every block (the 3.10 rig does). */
  GAPS = 76,
  /** u32[KMALLOC_CLASSES]: boot letters of each kmalloc cache (Letter bits). */
  KMALLOC_LETTERS = 80,
  /** u32: planted bug (canary builds only), 0 for none. */
  PLANTED = 132,
  /** u32: letters of a global slub_debug, for the static key (6.x). */
  GLOBAL_LETTERS = 136,
  /** u32: ticks that passed between boot and program. */
  TICKS = 140,
  /** u32: units of 16 bytes that the stack depot holds when the program begins. */
  STACKS = 144,
  /** u32, 0 or 1: init_on_alloc= (6.x, 7.3). */
  INIT_ON_ALLOC = 152,
  /** u32, 0 or 1: CONFIG_BUG_ON_DATA_CORRUPTION, as far as lists go. */
  BUG_ON_CORRUPTION = 156,
  /** u64[Caller.COUNT]: the code address that each caller leaves in a track. */
  CALLERS = 160,
  /**
   * u32[KMALLOC_CLASSES]: the same of the caches behind the second kind of kmalloc memory,
   * dma-kmalloc (3.10) or kmalloc-rcl (6.12, 7.3); nothing for 6.1.
   */
  SECOND_KMALLOC_LETTERS = 304,
  SIZE = 360,
}

/** A window of kernel addresses that is backed by linear memory. */
export const enum WindowLayout {
  /** u64: first kernel address. */
  BASE = 0,
  /** u32: bytes. */
  SIZE_BYTES = 8,
  /** u32: where it lies in linear memory. */
  LINEAR = 12,
  SIZE = 16,
}

/** Indices in the table of windows; regions follow from FIRST_REGION on. */
export const enum Window {
  /** Simulated RAM, at its place in the direct map. */
  RAM = 0,
  /** struct pages of simulated RAM. */
  MEM_MAP = 1,
  GLOB = 2,
  VGLOB = 3,
  /** struct pages of glob: it lies in the kernel image. */
  GLOB_PAGES = 4,
  FIRST_REGION = 5,
}

/** A slot: a pointer remembered for ever, and the cache it was obtained from. */
export const enum SlotLayout {
  /** u64: the pointer. */
  POINTER = 0,
  /** u32: linear address of the kmem_cache whose alloc filled the slot, 0 if none. */
  CACHE = 8,
  SIZE = 16,
}

/** struct kmem_cache. */
export const enum CacheLayout {
  /** u32: index of this kmem_cache; events and results name caches by it. */
  INDEX = 0,
  /** u32: Letter bits in force. */
  LETTERS = 4,
  /** u32: stride of an object. */
  SIZE_BYTES = 8,
  /** u32: s->object_size. */
  OBJECT_SIZE = 12,
  /** u32: s->offset, where the free pointer lies. */
  OFFSET = 16,
  /** u32: s->inuse, end of payload and right red zone. */
  INUSE = 20,
  /** u32 */
  ALIGN = 24,
  /** u32 */
  RED_LEFT_PAD = 28,
  /** u32: order << 16 | objects. */
  OO = 32,
  /** u32: the same for the smallest order. */
  MIN = 36,
  /** i32: aliases + 1. */
  REFCOUNT = 40,
  /** u32 */
  MIN_PARTIAL = 44,
  /** u32: objects. */
  CPU_PARTIAL = 48,
  /** u32: slabs (6.x). */
  CPU_PARTIAL_SLABS = 52,
  /** u32, 0 or 1: __OBJECT_POISON. */
  OBJECT_POISON = 56,
  /** u32: 0 free, 1 alive, 2 destroyed but busy. */
  STATE = 60,
  /** u64: key of the free pointer encoding. */
  RANDOM = 64,
  /** u32: linear address of the next older kmem_cache on slab_caches, 0 at the end. */
  NEXT = 72,
  /** u32: linear address of the next younger one. */
  PREV = 76,
  /** u32: nr_slabs of the node. */
  NR_SLABS = 80,
  /** u32: total_objects of the node. */
  TOTAL_OBJECTS = 84,
  /** u32: nr_partial of the node (signed, wraps as the kernel's does). */
  NR_PARTIAL = 88,
  /** u32: 2^32 / size, rounded up; tells multiples of size without a division. */
  RECIPROCAL = 92,
  /** list_head: head of the node's partial list (kernel addresses). */
  PARTIAL = 96,
  /** list_head: head of the node's full list (used with U). */
  FULL = 112,
  /** Start of the array of CPU_MAX kmem_cache_cpu. */
  CPU_SLAB = 128,
  /** u32: objects that the running kernel holds, allocated when the cache is first used. */
  HELD = 256,
  /** u32: the most objects a slab of it may have: oo_objects(s->max). */
  MAX_OBJECTS = 260,
  /** u64: kernel address of the copy of its name (3.10), 0 for none. */
  NAME = 264,
  SIZE = 320,
}

/**
 * What a cache of 7.3 has beside its kmem_cache: the sheaves of its CPUs, and its barn. There is a
 * block for each kmem_cache, in the kernel's own pages behind them.
 */
export const enum SheavesLayout {
  /** Start of the array of CPU_MAX slub_percpu_sheaves. */
  CPU = 0,
  /** list_head: the barn's full sheaves. */
  BARN_FULL = 96,
  /** list_head: its empty ones. */
  BARN_EMPTY = 112,
  /** u32: how many full ones there are. */
  NR_FULL = 128,
  /** u32: how many empty ones. */
  NR_EMPTY = 132,
  /** u32: pointers that a sheaf of the cache holds; 0: it has no sheaves. */
  CAPACITY = 136,
  SIZE = 144,
}

/** Bytes from the end of the kmem_caches to the first block: scratch lists lie between. */
export const SHEAVES_BEHIND_CACHES: u32 = 1024;

/** struct slub_percpu_sheaves: kernel addresses of sheaves, 0 for none. */
export const enum CpuSheavesLayout {
  /** u64: where allocations and frees go. */
  MAIN = 0,
  /** u64: full or empty, as a rule. */
  SPARE = 8,
  /** u64: collects what kfree_rcu() frees. */
  RCU_FREE = 16,
  SIZE = 24,
}

/** struct slab_sheaf, which lies in kmalloc memory. */
export const enum SheafLayout {
  /** list_head: links of a barn, or rcu_head. */
  LINKS = 0,
  /** u32: of a prefilled sheaf, in the same place: how many pointers it has room for. */
  CAPACITY = 0,
  /** u64: kernel address of the kmem_cache. */
  CACHE = 16,
  /** u32: pointers that it holds; behind it the node, 0. */
  SIZE = 24,
  /** u64[]: the pointers, the next to be handed out last. */
  OBJECTS = 32,
}

/** What the page allocator knows of a page of RAM; the records lie behind the struct pages. */
export const enum BlockLayout {
  /** u32: RAM index of the next free block of that order, plus 1. */
  LINK = 0,
  /** u8: log2 of the pages of the block that begins here. */
  ORDER = 4,
  /** u8: PageUse. */
  USE = 5,
  SIZE = 8,
}

/** struct kmem_cache_cpu. */
export const enum CpuSlabLayout {
  /** u64: lockless freelist. */
  FREELIST = 0,
  /** u64: struct page of the cpu slab, 0 for none. */
  PAGE = 8,
  /** u64: struct page of the first cpu partial slab, 0 for none. */
  PARTIAL = 16,
  SIZE = 32,
}
