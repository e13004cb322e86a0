// Words that the profiles share: function names as most kernels have them, FIX texts, list sites.
import { Fix, Fn, Section } from "../../../abi.ts";
import { SECTION_WORDS } from "../../oracle/symptom.ts";
import type { WarnSite } from "./types.ts";

/** Symbols of 6.1, most of which a Fn is named after; the other profiles override what differs. */
export const FUNCTIONS: Readonly<Record<Fn, string>> = {
  ...lowerCaseNames(),
  [Fn.NONE]: "run_op",
  [Fn.SLAB_ALLOC_SLOW]: "___slab_alloc",
  [Fn.GET_PARTIAL_NODE]: "___slab_alloc",
  [Fn.SLAB_FREE_SLOW]: "__slab_free",
  [Fn.GET_MAP]: "__fill_map",
  [Fn.LIST_ADD]: "__list_add_valid",
  [Fn.LIST_DEL]: "__list_del_entry_valid",
  [Fn.BUILD_DETACHED_FREELIST]: "kmem_cache_free_bulk",
  [Fn.KMALLOC]: "__kmalloc",
  [Fn.KSIZE]: "__ksize",
  [Fn.SHUTDOWN_CACHE]: "__kmem_cache_shutdown",
  [Fn.SHRINK]: "__kmem_cache_do_shrink",
  [Fn.UNFREEZE_PARTIALS]: "__unfreeze_partials",
  [Fn.FREE_DEBUG_PROCESSING]: "free_to_partial_list",
  [Fn.KMALLOC_TRACK_CALLER]: "__kmalloc_node_track_caller",
  [Fn.KMEM_CACHE_CREATE]: "kmem_cache_create_usercopy",
  [Fn.SLAB_PAD_CHECK]: "slab_pad_check.part.0",
  [Fn.MEMSET]: "__memset",
};

function lowerCaseNames(): Readonly<Record<Fn, string>> {
  const names = Object.entries(Fn).filter(([, fn]) => typeof fn === "number");
  return Object.fromEntries(
    names.map(([name, fn]) => [fn, name.toLowerCase()]),
  ) as typeof FUNCTIONS;
}

/** Texts of slab_fix(); the entry of a repair is put together elsewhere. */
export const FIXES: Readonly<Record<Fix, string>> = {
  [Fix.RESTORING]: "Restoring",
  [Fix.MARKING_ALL_OBJECTS_USED]: "Marking all objects used",
  [Fix.FREELIST_CLEARED]: "Freelist cleared",
  [Fix.NUMBER_OF_OBJECTS_ADJUSTED]: "Number of objects adjusted",
  [Fix.OBJECT_COUNT_ADJUSTED]: "Object count adjusted",
  [Fix.OBJECT_NOT_FREED]: "Object at",
  [Fix.ISOLATE_FREECHAIN]: "Isolate corrupted freechain",
};

/** What the byte checks call the parts of an object, since 5.13. */
export const SECTIONS: Readonly<Record<Section, string>> = {
  ...SECTION_WORDS,
  [Section.NONE]: "Memory",
};

/** Said of a track whose stack the depot does not have. */
export const STACK_MISSING = "object allocation/free stack trace missing";

const LIST_DEBUG = "lib/list_debug.c";

/** A place in lib/list_debug.c. */
export function listSite(line: number, fn: string): WarnSite {
  return { file: LIST_DEBUG, line, fn };
}

export function isOfList({ file }: WarnSite): boolean {
  return file === LIST_DEBUG;
}

/** A place in mm/slub.c. */
export function slubSite(line: number, fn: string): WarnSite {
  return { file: "mm/slub.c", line, fn };
}

/** Eight hex digits, as %08x prints a stack handle. */
export function handleText(handle: number): string {
  return (handle >>> 0).toString(16).padStart(8, "0");
}
