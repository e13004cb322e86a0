// Mistakes that allocators in use once made, each with the report that tells of it. The heaps are
// our own, and small: what is kept of the original is how it goes wrong.
import type { HeapName } from "./heaps.ts";

export interface Mistake {
  /** Its name in the source of the heap, where it is 1 for the module that makes it. */
  readonly name: string;
  /** Where it was reported, or mended. */
  readonly source: string;
  /** What goes wrong. */
  readonly about: string;
  readonly heap: HeapName;
  /** The families of rules under which a user has to be told of it. */
  readonly told: readonly string[];
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: "REST_IS_NOT_SHORTENED",
    source: "llvm-mos/llvm-mos-sdk#314",
    about: "a realloc in place leaves a rest that overlaps the next block",
    heap: "boundary",
    told: ["corrupt"],
  },
  {
    name: "FREES_WHEN_REFUSED",
    source: "rhempel/umm_malloc#11",
    about: "realloc frees the old block though it got no new one",
    heap: "list",
    told: ["corrupt"],
  },
  {
    name: "SIZE_WRAPS",
    source: "mattconte/tlsf#22",
    about: "a size near 2^32 wraps around when it is rounded up, and gives the smallest block",
    heap: "tlsf",
    told: ["granted-too-much"],
  },
  {
    name: "LIST_COPIES_NEW_SIZE",
    source: "32bitmicro/newlib-nano-1.0#3",
    about: "realloc copies as many bytes as the new block has",
    heap: "list",
    told: ["corrupt"],
  },
  {
    name: "LOSES_4_TO_8_KIB",
    source: "apple/foundationdb#1267",
    about: "blocks of more than 4 and up to 8 KiB never come back",
    heap: "classes",
    told: ["not-reused"],
  },
  {
    name: "LOSES_UP_TO_8_KIB",
    source: "evmts/voltaire#68",
    about: "no block up to 8 KiB ever comes back",
    heap: "classes",
    told: ["not-reused"],
  },
  {
    name: "REST_MAY_BE_NEGATIVE",
    source: "avrdudes/avr-libc#367",
    about: "a realloc into the next free block leaves one of a negative size",
    heap: "list",
    told: ["corrupt"],
  },
  {
    name: "CUTS_A_HEADER_EARLY",
    source: "avrdudes/avr-libc#394",
    about: "a realloc that shrinks frees from one header too early",
    heap: "list",
    told: ["corrupt", "contents-lost"],
  },
  {
    name: "FORGETS_SMALL_RESTS",
    source: "rust-osdev/linked-list-allocator#66",
    about: "a rest too small for a hole is forgotten when the block before it is freed",
    heap: "holes",
    told: ["not-reused"],
  },
  {
    name: "FORGETS_WHAT_LIES_BEFORE",
    source: "phil-opp/blog_os#796",
    about: "what lies before an aligned block is forgotten",
    heap: "holes",
    told: ["not-reused"],
  },
  {
    name: "FORGETS_ALIGNMENT",
    source: "mattconte/tlsf#36",
    about: "realloc forgets the alignment",
    heap: "tlsf with alignments",
    told: ["misaligned"],
  },
  {
    name: "MALLOCS_OVER_THE_LAST",
    source: "tree-sitter/tree-sitter#5276",
    about: "a realloc of the last region calls malloc, which may take another, and copies nothing",
    heap: "regions",
    told: ["contents-lost"],
  },
  {
    name: "COPIES_ALL_AND_KEEPS",
    source: "tree-sitter/tree-sitter#5261",
    about: "realloc copies all of the old region into a smaller one, and never frees it",
    heap: "regions",
    told: ["corrupt"],
  },
  {
    name: "MALLOC_IS_NO_ROOT",
    source: "tinygo-org/tinygo#3148",
    about: "blocks of malloc are no roots: the collector takes them",
    heap: "collector",
    told: ["corrupt"],
  },
  {
    name: "KEEPS_ASKED_SIZE",
    source: "sysprog21/tlsf-bsd#4",
    about: "a block is filed one list below the one that is searched, but for powers of two",
    heap: "classes",
    told: ["not-reused"],
  },
  {
    name: "ASKS_TOO_FEW_PAGES",
    source: "SFBdragon/talc#47",
    about: "memory grows by too few pages, again and again",
    heap: "classes",
    told: ["refused"],
  },
  {
    name: "KNOWS_PAGES_ONLY",
    source: "ziglang/zig#5737",
    about: "alignments beyond a page are not kept",
    heap: "pages",
    told: ["misaligned"],
  },
  {
    name: "STARTS_ODD",
    source: "wingo/walloc#2",
    about: "the heap begins at an address that is not round",
    heap: "classes",
    told: ["misaligned"],
  },
  {
    name: "REMEMBERS_OLD_INFO",
    source: "AssemblyScript/assemblyscript#1060",
    about: "realloc remembers of the old block that its neighbour is free, which is the new block",
    heap: "tlsf",
    told: ["corrupt"],
  },
  {
    name: "TLSF_COPIES_NEW_SIZE",
    source: "npm assemblyscript 0.9 and 0.10",
    about: "realloc copies as many bytes as the new block has",
    heap: "tlsf",
    told: ["corrupt"],
  },
  {
    name: "EXACT_FIT_LOSES_LIST",
    source: "rustwasm/wee_alloc#106",
    about: "a free block that fits exactly takes the rest of the list of free blocks with it",
    heap: "list",
    told: ["not-reused"],
  },
  {
    name: "TAIL_IS_NOT_STORED",
    source: "WebAssembly/wasi-libc#421",
    about: "compiled with strict aliasing, the size at the end of a block that grew is not stored",
    heap: "boundary",
    told: ["corrupt"],
  },
  {
    name: "MARK_FROM_PAYLOAD",
    source: "emscripten-core/emscripten#10363",
    about: "memalign takes the mark at a block's new end from what lay there before",
    heap: "boundary",
    told: ["corrupt"],
  },
  {
    name: "READS_MARK_FROM_SIZE",
    source: "SFBdragon/talc#49",
    about: "the mark of a used block is read from a byte of a free block's size, from 16 MiB on",
    heap: "boundary",
    told: ["corrupt"],
  },
  {
    name: "CALLOC_DOES_NOT_CLEAR",
    source: "gyscos/zstd-rs#249",
    about: "calloc takes it for granted that memory is zero",
    heap: "list",
    told: ["not-zeroed"],
  },
  {
    name: "CALLOC_WRAPS",
    source: "vivoblueos/kernel#483",
    about: "the product in calloc wraps around",
    heap: "classes",
    told: ["granted-too-much"],
  },
];
