// WARN splats: the frame around a warning, and the texts of the warnings that have one.
import { Fn, Warning } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import type { CacheLookup } from "../run/recorder.ts";
import type { Words } from "./kernels/index.ts";
import type { WarnSite } from "./kernels/types.ts";
import { listWarningText } from "./list_warning.ts";

export const CUT_HERE = "------------[ cut here ]------------";
export const END_TRACE = "---[ end trace 0000000000000000 ]---";

/** A splat: 3.10 says where before what, later kernels the other way round. */
export function splatLines(site: WarnSite, text: string, words: Words, machine: string): string[] {
  const what = text === "" ? [] : [text];
  if (words.warnStyle === "3.10") {
    const where = `WARNING: at ${site.file}:${site.line} ${site.fn}()`;
    return [CUT_HERE, where, ...what, machine, END_TRACE];
  }
  const where = `WARNING: CPU: 0 PID: 1 at ${site.file}:${site.line} ${site.fn}`;
  return [CUT_HERE, ...what, where, machine, `RIP: 0010:${site.fn}`, END_TRACE];
}

/** What a warning says; "" for a bare WARN_ON. */
export function warningText(event: KernelEvent, words: Words, caches: CacheLookup): string {
  switch (event.code as Warning) {
    case Warning.WRONG_SLAB_CACHE:
      return wrongCacheText(event, words, caches);
    case Warning.NOT_A_SLAB_PAGE:
      return "virt_to_cache: Object is not a Slab page!";
    case Warning.CACHE_STILL_HAS_OBJECTS:
      return stillHasObjects(caches.nameOf(event.cache), words);
    case Warning.FREE_LARGE_ORDER0:
    case Warning.ACQUIRED_EMPTY_SLAB:
    case Warning.STACK_DEPOT_HANDLE:
    case Warning.ZEROED_CTOR:
      return "";
    default:
      return listWarningText(event, words);
  }
}

function stillHasObjects(cache: string, words: Words): string {
  const caller = words.functions[Fn.RUN_OP];
  return `kmem_cache_destroy ${cache}: Slab cache still has objects when called from ${caller}`;
}

/** 3.10 names the owner first, by mistake. */
export function wrongCacheText(event: KernelEvent, words: Words, caches: CacheLookup): string {
  const passed = caches.nameOf(event.x);
  const owner = caches.nameOf(event.y);
  const [first, second] = words.wrongCacheSwapped ? [owner, passed] : [passed, owner];
  return `cache_from_obj: Wrong slab cache. ${first} but object is from ${second}`;
}
