// WARN splats: the frame around a warning, and the texts of the warnings that have one.
import { Fn, Warning } from "../abi.ts";
import type { KernelEvent } from "../wasm/event.ts";
import { pointerText } from "./pointer.ts";
import type { Words } from "./words/index.ts";
import type { WarnSite } from "./words/types.ts";

export const CUT_HERE = "------------[ cut here ]------------";
export const END_TRACE = "---[ end trace 0000000000000000 ]---";

/** The name of a kmem_cache by its index. */
export type NameOf = (cache: number) => string;

/** A splat: 3.10 says where before what, later kernels the other way round. */
export function splatLines(site: WarnSite, text: string, words: Words, machine: string): string[] {
  const what = text === "" ? [] : [text];
  if (words.warnStyle === "3.10") {
    return [CUT_HERE, `WARNING: at ${site.file}:${site.line} ${site.fn}()`, ...what, machine];
  }
  const where = `WARNING: CPU: 0 PID: 1 at ${site.file}:${site.line} ${site.fn}`;
  return [CUT_HERE, ...what, where, machine, `RIP: 0010:${site.fn}`, END_TRACE];
}

/** What a warning says; "" for a bare WARN_ON. */
export function warningText(event: KernelEvent, words: Words, nameOf: NameOf): string {
  const p = (value: bigint): string => pointerText(value, words);
  const { a, b, c } = event;
  const code = event.code as Warning;
  switch (code) {
    case Warning.LIST_ADD_NEXT_PREV:
      return `list_add corruption. next->prev should be prev (${p(a)}), but was ${p(b)}. (next=${p(c)}).`;
    case Warning.LIST_ADD_PREV_NEXT:
      return `list_add corruption. prev->next should be next (${p(a)}), but was ${p(b)}. (prev=${p(c)}).`;
    case Warning.LIST_ADD_DOUBLE:
      return `list_add double add: new=${p(a)}, prev=${p(b)}, next=${p(c)}.`;
    case Warning.LIST_ADD_PREV_NULL:
      return "list_add corruption. prev is NULL.";
    case Warning.LIST_ADD_NEXT_NULL:
      return "list_add corruption. next is NULL.";
    case Warning.WRONG_SLAB_CACHE:
      return wrongCacheText(event, words, nameOf);
    case Warning.NOT_A_SLAB_PAGE:
      return "virt_to_cache: Object is not a Slab page!";
    case Warning.CACHE_STILL_HAS_OBJECTS:
      return `kmem_cache_destroy ${nameOf(event.cache)}: Slab cache still has objects when called from ${words.functions[Fn.RUN_OP]}`;
    case Warning.FREE_LARGE_ORDER0:
    case Warning.ACQUIRED_EMPTY_SLAB:
    case Warning.STACK_DEPOT_HANDLE:
      return "";
    default:
      return listDelText(event, words);
  }
}

/** 3.10 names the owner first, by mistake. */
export function wrongCacheText(event: KernelEvent, words: Words, nameOf: NameOf): string {
  const passed = nameOf(event.x);
  const owner = nameOf(event.y);
  const [first, second] = words.wrongCacheSwapped ? [owner, passed] : [passed, owner];
  return `cache_from_obj: Wrong slab cache. ${first} but object is from ${second}`;
}

/** LIST_POISON1 and _2, as list_del leaves them behind and then complains about. */
const LIST_POISON1 = 0xdead000000000100n;

function listDelText(event: KernelEvent, words: Words): string {
  const p = (value: bigint): string => pointerText(value, words);
  const { a, b, c } = event;
  const neighbour = (name: string): string =>
    words.listDelNamesNeighbour ? `. (${name}=${p(c)})` : "";
  switch (event.code as Warning) {
    case Warning.LIST_DEL_NEXT_NULL:
      return `list_del corruption, ${p(a)}->next is NULL`;
    case Warning.LIST_DEL_PREV_NULL:
      return `list_del corruption, ${p(a)}->prev is NULL`;
    case Warning.LIST_DEL_POISON1:
      return `list_del corruption, ${p(a)}->next is LIST_POISON1 (${p(LIST_POISON1)})`;
    case Warning.LIST_DEL_POISON2:
      return `list_del corruption, ${p(a)}->prev is LIST_POISON2 (${p(words.listPoison2)})`;
    case Warning.LIST_DEL_PREV_NEXT:
      return `list_del corruption. prev->next should be ${p(a)}, but was ${p(b)}${neighbour("prev")}`;
    case Warning.LIST_DEL_NEXT_PREV:
      return `list_del corruption. next->prev should be ${p(a)}, but was ${p(b)}${neighbour("next")}`;
    default:
      return `warning ${event.code}`;
  }
}
