// WARN splats: the frame around a warning, and the texts of the warnings that have one.
import { Fn, Warning } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import type { CacheLookup } from "../run/recorder.ts";
import type { Words } from "./kernels/index.ts";
import type { WarnSite } from "./kernels/types.ts";
import { pointerText } from "./pointer.ts";

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

// What CONFIG_DEBUG_LIST says about a list_head that does not agree with its neighbours.

/** What list_del leaves in next. */
const LIST_POISON1 = 0xdead000000000100n;

/** The text of a list warning. */
function listWarningText(event: KernelEvent, words: Words): string {
  const [a, b, c] = [event.a, event.b, event.c].map((value) => pointerText(value, words));
  switch (event.code as Warning) {
    case Warning.LIST_ADD_NEXT_PREV:
      return `${ADD}. next->prev should be prev (${a}), but was ${b}. (next=${c}).`;
    case Warning.LIST_ADD_PREV_NEXT:
      return `${ADD}. prev->next should be next (${a}), but was ${b}. (prev=${c}).`;
    case Warning.LIST_ADD_DOUBLE:
      return `list_add double add: new=${a}, prev=${b}, next=${c}.`;
    case Warning.LIST_ADD_PREV_NULL:
      return `${ADD}. prev is NULL.`;
    case Warning.LIST_ADD_NEXT_NULL:
      return `${ADD}. next is NULL.`;
    case Warning.LIST_DEL_NEXT_NULL:
      return `${DEL}, ${a}->next is NULL`;
    case Warning.LIST_DEL_PREV_NULL:
      return `${DEL}, ${a}->prev is NULL`;
    case Warning.LIST_DEL_POISON1:
      return `${DEL}, ${a}->next is LIST_POISON1 (${pointerText(LIST_POISON1, words)})`;
    case Warning.LIST_DEL_POISON2:
      return `${DEL}, ${a}->prev is LIST_POISON2 (${pointerText(words.listPoison2, words)})`;
    case Warning.LIST_DEL_PREV_NEXT:
      return `${DEL}. prev->next should be ${a}, but was ${b}${neighbour("prev", c, words)}`;
    case Warning.LIST_DEL_NEXT_PREV:
      return `${DEL}. next->prev should be ${a}, but was ${b}${neighbour("next", c, words)}`;
    default:
      return `warning ${event.code}`;
  }
}

const ADD = "list_add corruption";
const DEL = "list_del corruption";

/** Since 6.1 list_del says which neighbour disagrees. */
function neighbour(name: string, address: string, words: Words): string {
  return words.listDelNamesNeighbour ? `. (${name}=${address})` : "";
}
