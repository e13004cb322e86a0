// The words of 6.12.117 as Debian ships it: 6.1's, but for the shape of a report.
import { FaultKind, Fn, PageFlag, Warning } from "../../../abi.ts";
import { FUNCTIONS, handleText, listSite, STACK_MISSING, slubSite } from "./common.ts";
import type { Words } from "./types.ts";
import { V61 } from "./v61.ts";

const ADD = "__list_add_valid_or_report";
const DEL = "__list_del_entry_valid_or_report";

export const V612: Words = {
  ...V61,
  bugTextMax: Number.POSITIVE_INFINITY,
  damage: "bracketed",
  objectsRemaining: () => "Objects remaining on __kmem_cache_shutdown()",

  // A slab is a page type here, not a flag; PG_workingset marks those on a node's partial list.
  pageBits: [
    { flag: PageFlag.LOCKED, value: 0x1, name: "locked" },
    { flag: PageFlag.WORKINGSET, value: 0x200, name: "workingset" },
    { flag: PageFlag.RESERVED, value: 0x2000, name: "reserved" },
    { flag: PageFlag.HEAD, value: 0x40, name: "head" },
  ],

  warnSites: {
    [Warning.LIST_ADD_PREV_NULL]: listSite(25, ADD),
    [Warning.LIST_ADD_NEXT_NULL]: listSite(27, ADD),
    [Warning.LIST_ADD_NEXT_PREV]: listSite(29, ADD),
    [Warning.LIST_ADD_PREV_NEXT]: listSite(32, ADD),
    [Warning.LIST_ADD_DOUBLE]: listSite(35, ADD),
    [Warning.LIST_DEL_NEXT_NULL]: listSite(52, DEL),
    [Warning.LIST_DEL_PREV_NULL]: listSite(54, DEL),
    [Warning.LIST_DEL_POISON1]: listSite(56, DEL),
    [Warning.LIST_DEL_POISON2]: listSite(59, DEL),
    [Warning.LIST_DEL_PREV_NEXT]: listSite(62, DEL),
    [Warning.LIST_DEL_NEXT_PREV]: listSite(65, DEL),
    [Warning.ZEROED_CTOR]: slubSite(2700, "___slab_alloc"),
    [Warning.WRONG_SLAB_CACHE]: slubSite(4770, "kmem_cache_free"),
    [Warning.NOT_A_SLAB_PAGE]: slubSite(4756, "kmem_cache_free"),
    [Warning.FREE_LARGE_ORDER0]: slubSite(4799, "free_large_kmalloc"),
    [Warning.CACHE_STILL_HAS_OBJECTS]: {
      file: "mm/slab_common.c",
      line: 548,
      fn: "kmem_cache_destroy",
    },
  },
  stackDepot: {
    missing: STACK_MISSING,
    sites: [
      { file: "lib/stackdepot.c", line: 451, fn: "depot_fetch_stack" },
      { file: "lib/stackdepot.c", line: 719, fn: "stack_depot_print" },
    ],
    texts: [
      (handle, pools) => {
        const index = (handle & 0x1ffff) - 1;
        return `pool index ${index} out of bounds (${pools}) for stack id ${handleText(handle)}`;
      },
      () => "corrupt handle or use after stack_depot_put()",
    ],
    pools: { few: 1, booted: 11, bootedSmp: 13 },
  },
  splats: [
    slubSite(1127, "object_err"),
    slubSite(1152, "slab_err"),
    slubSite(1152, "slab_pad_check.part.0"),
    slubSite(1152, "__kmem_cache_shutdown"),
  ],

  functions: {
    ...FUNCTIONS,
    [Fn.BUILD_DETACHED_FREELIST]: "build_detached_freelist",
    [Fn.KMEM_CACHE_ALLOC]: "kmem_cache_alloc_noprof",
    [Fn.KMEM_CACHE_ALLOC_BULK]: "kmem_cache_alloc_bulk_noprof",
    [Fn.KMALLOC]: "__kmalloc_noprof",
    [Fn.KMALLOC_TRACK_CALLER]: "__kmalloc_node_track_caller_noprof",
    [Fn.KREALLOC]: "krealloc_noprof",
    [Fn.LIST_ADD]: ADD,
    [Fn.LIST_DEL]: DEL,
    [Fn.UNFREEZE_PARTIALS]: "__put_partials",
    [Fn.MEMSET]: "memset_orig",
  },
  hardenedFunctions: {},
  oops: {
    style: "6.x",
    diePrefix: "Oops: ",
    bugs: {
      [FaultKind.BUG_FREEPOINTER]: "mm/slub.c:550",
      [FaultKind.BUG_SHRINK]: "mm/slub.c:5811",
    },
    outOfLine: {},
    interruptsOff: { file: "arch/x86/mm/fault.c", line: 1276, fn: "exc_page_fault" },
  },
  release: "6.12.117",
};
