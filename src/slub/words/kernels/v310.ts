// The words of RHEL 7.3's 3.10.0-514. Lines that WARN and die print were taken from the formats of
// that kernel; gcc gives a WARN of several source lines the number of its last line.
import { FaultKind, Fix, Fn, PageFlag, Section, Warning } from "../../../abi.ts";
import { FIXES, FUNCTIONS, listSite, SECTIONS, slubSite } from "./common.ts";
import type { Words } from "./types.ts";

export const V310: Words = {
  info: "INFO: ",
  nullPointer: "          (null)",
  taintPositions: 16,
  taintTail: "------------  ",
  bugTextMax: 99,

  sections: {
    ...SECTIONS,
    [Section.LEFT_REDZONE]: "Redzone",
    [Section.RIGHT_REDZONE]: "Redzone",
    [Section.KMALLOC_REDZONE]: "Redzone",
    [Section.END_POISON]: "Poison",
  },
  damage: "INFO",
  rangeHasOffset: false,
  restoreNamesSection: false,
  fixes: {
    ...FIXES,
    [Fix.NUMBER_OF_OBJECTS_ADJUSTED]: "Number of objects adjusted.",
    [Fix.OBJECT_COUNT_ADJUSTED]: "Object count adjusted.",
  },
  maxMessagesShifted: true,
  objectsRemaining: (cache) => `Objects remaining in ${cache} on kmem_cache_close()`,

  dumpTagsPadded: false,
  pageBits: [
    { flag: PageFlag.LOCKED, value: 0x1, name: "locked" },
    { flag: PageFlag.SLAB, value: 0x80, name: "slab" },
    { flag: PageFlag.RESERVED, value: 0x400, name: "reserved" },
    { flag: PageFlag.HEAD, value: 0x4000, name: "head" },
    { flag: PageFlag.TAIL, value: 0x8000, name: "tail" },
  ],
  zoneBits: 0x1fffff00000000n,
  pageFlagsNamed: false,

  warnStyle: "3.10",
  warnSites: {
    [Warning.LIST_ADD_NEXT_PREV]: listSite(29, "__list_add"),
    [Warning.LIST_ADD_PREV_NEXT]: listSite(33, "__list_add"),
    [Warning.LIST_ADD_DOUBLE]: listSite(36, "__list_add"),
    [Warning.LIST_DEL_POISON1]: listSite(53, "__list_del_entry"),
    [Warning.LIST_DEL_POISON2]: listSite(56, "__list_del_entry"),
    [Warning.LIST_DEL_PREV_NEXT]: listSite(59, "__list_del_entry"),
    [Warning.LIST_DEL_NEXT_PREV]: listSite(62, "__list_del_entry"),
    [Warning.WRONG_SLAB_CACHE]: { file: "mm/slab.h", line: 249, fn: "kmem_cache_free" },
    [Warning.ACQUIRED_EMPTY_SLAB]: slubSite(1594, "get_partial_node"),
  },
  warnOnce: new Set([Warning.WRONG_SLAB_CACHE]),
  listPoison2: 0xdead000000000200n,
  listDelNamesNeighbour: false,
  wrongCacheSwapped: true,
  stackDepot: undefined,
  splats: [],

  allocationFlags: " (gfp=0xd0)",
  functions: {
    ...FUNCTIONS,
    [Fn.SLAB_ALLOC_SLOW]: "__slab_alloc",
    [Fn.GET_PARTIAL_NODE]: "get_partial_node",
    [Fn.GET_MAP]: "get_map",
    [Fn.BUILD_DETACHED_FREELIST]: "build_detached_freelist",
    [Fn.LIST_ADD]: "__list_add",
    [Fn.LIST_DEL]: "__list_del_entry",
    [Fn.VALIDATE_SLAB]: "validate_slab_slab",
    [Fn.SHUTDOWN_CACHE]: "free_partial",
    [Fn.SHRINK]: "kmem_cache_shrink",
    [Fn.UNFREEZE_PARTIALS]: "unfreeze_partials",
    [Fn.FREE_DEBUG_PROCESSING]: "free_debug_processing",
    [Fn.KMALLOC_TRACK_CALLER]: "__kmalloc_track_caller",
    [Fn.KSIZE]: "ksize",
    [Fn.SLAB_PAD_CHECK]: "slab_pad_check",
    [Fn.MEMSET]: "memset",
    [Fn.KMEM_CACHE_CREATE]: "kmem_cache_create_memcg",
  },
  hardenedFunctions: {},
  oops: {
    style: "3.10",
    diePrefix: "",
    bugs: { [FaultKind.BUG_KFREE]: "mm/slub.c:3602" },
    outOfLine: {},
    interruptsOff: undefined,
  },
  lockDebuggingLine: "header",
  release: "3.10.0-514.el7",
};
