// The words of 6.1.192 as Debian 12 ships it.
import { FaultKind, Fn, PageFlag, Warning } from "../../../abi.ts";
import {
  FIXES,
  FUNCTIONS,
  handleText,
  listSite,
  SECTIONS,
  STACK_MISSING,
  slubSite,
} from "./common.ts";
import type { Words } from "./types.ts";

const ADD = "__list_add_valid";
const DEL = "__list_del_entry_valid";

export const V61: Words = {
  info: "",
  nullPointer: "0000000000000000",
  taintPositions: 19,
  taintTail: "",
  bugTextMax: 99,

  sections: SECTIONS,
  damage: "plain",
  rangeHasOffset: true,
  restoreNamesSection: true,
  fixes: FIXES,
  maxMessagesShifted: false,
  objectsRemaining: (cache) => `Objects remaining in ${cache} on __kmem_cache_shutdown()`,

  dumpTagsPadded: true,
  pageBits: [
    { flag: PageFlag.LOCKED, value: 0x1, name: "locked" },
    { flag: PageFlag.SLAB, value: 0x200, name: "slab" },
    { flag: PageFlag.RESERVED, value: 0x1000, name: "reserved" },
    { flag: PageFlag.HEAD, value: 0x10000, name: "head" },
  ],
  zoneBits: 0n,
  pageFlagsNamed: true,

  warnStyle: "6.x",
  warnSites: {
    [Warning.LIST_ADD_PREV_NULL]: listSite(23, ADD),
    [Warning.LIST_ADD_NEXT_NULL]: listSite(25, ADD),
    [Warning.LIST_ADD_NEXT_PREV]: listSite(27, ADD),
    [Warning.LIST_ADD_PREV_NEXT]: listSite(30, ADD),
    [Warning.LIST_ADD_DOUBLE]: listSite(33, ADD),
    [Warning.LIST_DEL_NEXT_NULL]: listSite(49, DEL),
    [Warning.LIST_DEL_PREV_NULL]: listSite(51, DEL),
    [Warning.LIST_DEL_POISON1]: listSite(53, DEL),
    [Warning.LIST_DEL_POISON2]: listSite(56, DEL),
    [Warning.LIST_DEL_PREV_NEXT]: listSite(59, DEL),
    [Warning.LIST_DEL_NEXT_PREV]: listSite(62, DEL),
    [Warning.ZEROED_CTOR]: slubSite(2001, "___slab_alloc"),
    [Warning.ACQUIRED_EMPTY_SLAB]: slubSite(2190, "___slab_alloc"),
    [Warning.WRONG_SLAB_CACHE]: { file: "mm/slab.h", line: 665, fn: "kmem_cache_free" },
    [Warning.NOT_A_SLAB_PAGE]: { file: "mm/slab.h", line: 630, fn: "kmem_cache_free" },
    [Warning.FREE_LARGE_ORDER0]: {
      file: "mm/slab_common.c",
      line: 904,
      fn: "free_large_kmalloc",
    },
    [Warning.CACHE_STILL_HAS_OBJECTS]: {
      file: "mm/slab_common.c",
      line: 493,
      fn: "kmem_cache_destroy",
    },
  },
  warnOnce: new Set([Warning.ZEROED_CTOR, Warning.NOT_A_SLAB_PAGE, Warning.FREE_LARGE_ORDER0]),
  listPoison2: 0xdead000000000122n,
  listDelNamesNeighbour: true,
  wrongCacheSwapped: false,
  stackDepot: {
    missing: STACK_MISSING,
    sites: [{ file: "lib/stackdepot.c", line: 377, fn: "stack_depot_print" }],
    texts: [
      (handle, pools) =>
        `slab index ${handle & 0xffff} out of bounds (${pools}) for stack id ${handleText(handle)}`,
    ],
    pools: { few: 0, booted: 8, bootedSmp: 10 },
  },
  splats: [],

  allocationFlags: ", gfp=0xcc0(GFP_KERNEL)",
  functions: {
    ...FUNCTIONS,
    [Fn.BUILD_DETACHED_FREELIST]: "kmem_cache_free_bulk.part.0",
    // All entries of kmalloc() end in this function, which the compiler keeps out of line.
    [Fn.KMALLOC]: "__kmem_cache_alloc_node",
    [Fn.KMALLOC_TRACK_CALLER]: "__kmem_cache_alloc_node",
  },
  hardenedFunctions: {},
  oops: {
    style: "6.x",
    diePrefix: "",
    bugs: {
      [FaultKind.BUG_FREEPOINTER]: "mm/slub.c:419",
      [FaultKind.BUG_SHRINK]: "mm/slub.c:4655",
    },
    outOfLine: { [FaultKind.BUG_FREEPOINTER]: { [Fn.KFREE]: "__kmem_cache_free" } },
    interruptsOff: undefined,
  },
  lockDebuggingLine: "trailer",
  release: "6.1.192",
};
