// Sizes both sides agree on. Shared by AssemblyScript and TypeScript: only typed literals,
// shifts below 31 bits, sums and exact quotients; no functions, strings or decorators.

/** Bumped whenever a layout in this folder moves; the host refuses a module that says otherwise. */
export const ABI_VERSION: u32 = 4;

export const PAGE_SHIFT: u32 = 12;
export const PAGE_SIZE: u32 = 4096;

/** sizeof(struct page); a page frame number times this is its offset in the vmemmap window. */
export const STRUCT_PAGE_SIZE: u32 = 64;
/** Bytes of a page's part of the live map: a bit for each word. */
export const LIVE_BYTES: u32 = 64;
export const STRUCT_PAGE_SHIFT: u32 = 6;

/** Orders 0 to MAX_ORDER - 1 exist in the page allocator. */
export const MAX_ORDER: u32 = 11;

/** slab->objects is a 15-bit field. */
export const MAX_OBJS_PER_PAGE: u32 = 32767;

/** `slub_max_order`: the page allocator's PAGE_ALLOC_COSTLY_ORDER. */
export const SLUB_MAX_ORDER: u32 = 3;

/** Simulated CPUs a machine may have, each with its own cpu slab. */
export const CPU_MAX: u32 = 4;

/** kmem_caches alive at once, the kmalloc caches included. */
export const CACHE_MAX: u32 = 128;

/** Different cache names a program may use. */
export const NAME_MAX: u32 = 256;

/** Slots: names that remember a pointer for ever. The first three are reserved (see Slot). */
export const SLOT_MAX: u32 = 16384;

/** MAX_FULL_SHEAVES: a barn that has so many takes no more full sheaves (7.3). */
export const MAX_FULL_SHEAVES: u32 = 10;

/** Objects that one bulk free takes. */
export const BULK_MAX: u32 = 1024;

/** Regions of foreign memory (glob, vglob and the ones a script names). */
export const REGION_MAX: u32 = 16;

/** Operations in one program. */
export const OP_MAX: u32 = 65536;

/** Bytes of payload (write data, target lists, region names excluded) in one program. */
export const PAYLOAD_MAX: u32 = 1048576;

/** Bytes that one run may return beside its fixed results (read data, bulk pointers). */
export const EXTRA_MAX: u32 = 1048576;

/** Bytes of kernel events that one run may record; what does not fit is counted, not kept. */
export const EVENT_MAX: u32 = 2097152;

/** Number of kmalloc size classes: 8 16 32 64 96 128 192 256 512 1k 2k 4k 8k. */
export const KMALLOC_CLASSES: u32 = 13;

/** Largest request that a kmalloc cache serves; beyond it whole pages are handed out. */
export const KMALLOC_MAX_CACHE_SIZE: u32 = 8192;
