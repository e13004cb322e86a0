// The words of 7.3.4 as Debian ships it: 6.12's, but for the shape of a WARN.
import { FaultKind, Fn, Warning } from "../../../abi.ts";
import { STACK_MISSING, slubSite } from "./common.ts";
import type { Words } from "./types.ts";
import { V612 } from "./v612.ts";

export const V73: Words = {
  ...V612,
  // A flag more than 6.12 knows.
  taintPositions: 20,

  warnStyle: "7.x",
  warnSites: {
    ...V612.warnSites,
    [Warning.ZEROED_CTOR]: slubSite(3509, "new_slab"),
    [Warning.WRONG_SLAB_CACHE]: slubSite(6599, "warn_free_bad_obj"),
    [Warning.NOT_A_SLAB_PAGE]: slubSite(6592, "warn_free_bad_obj"),
    [Warning.FREE_LARGE_ORDER0]: slubSite(6734, "free_large_kmalloc"),
    [Warning.CACHE_STILL_HAS_OBJECTS]: {
      file: "mm/slab_common.c",
      line: 579,
      fn: "kmem_cache_destroy",
    },
  },
  warnOnce: new Set([
    Warning.ZEROED_CTOR,
    Warning.WRONG_SLAB_CACHE,
    Warning.NOT_A_SLAB_PAGE,
    Warning.FREE_LARGE_ORDER0,
  ]),
  stackDepot: {
    missing: STACK_MISSING,
    sites: [
      { file: "lib/stackdepot.c", line: 506, fn: "depot_fetch_stack" },
      { file: "lib/stackdepot.c", line: 780, fn: "stack_depot_print" },
    ],
    texts: V612.stackDepot?.texts ?? [],
    pools: { few: 1, booted: 12, bootedSmp: 14 },
  },
  splats: [
    slubSite(1257, "object_err"),
    slubSite(1268, "slab_err"),
    slubSite(1268, "slab_pad_check.part.0"),
    slubSite(1268, "__kmem_cache_shutdown"),
  ],

  functions: {
    ...V612.functions,
    [Fn.BUILD_DETACHED_FREELIST]: "__kmem_cache_free_bulk.part.0",
    [Fn.GET_PARTIAL_NODE]: "refill_objects",
    [Fn.DEFERRED_PERCPU_WORK_FN]: "deferred_percpu_work_fn",
  },
  hardenedFunctions: { [Fn.BUILD_DETACHED_FREELIST]: "build_detached_freelist" },
  oops: {
    ...V612.oops,
    bugs: {
      [FaultKind.BUG_FREEPOINTER]: "mm/slub.c:573",
      [FaultKind.BUG_SHRINK]: "mm/slub.c:8402",
    },
    interruptsOff: undefined,
  },
  release: "7.3.4",
};
