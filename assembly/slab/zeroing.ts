// Which objects are cleared when they are handed out: those that __GFP_ZERO asks for, and with
// init_on_alloc=1 (6.x, 7.3) all that neither a constructor, SLAB_TYPESAFE_BY_RCU nor poison keeps
// as they are. Pages are cleared, too, by the page allocator (page/buddy.ts).

import { Letter } from "../abi/flags.ts";
import { init_on_alloc } from "../base/config.ts";
import { translate } from "../base/memory.ts";
import { zero_object } from "./alloc.ts";
import { has, KmemCache } from "./types.ts";
import { Zeroes } from "./zeroes.ts";

/** Whether an object may have to be cleared. Without init_on_alloc it is as was asked for. */
// @ts-ignore: decorator
@inline
export function may_clear(zeroed: bool): bool {
  return (u32(zeroed) | u32(init_on_alloc)) != 0;
}

/** slab_want_init_on_alloc(): with init_on_alloc a constructed object is cleared for nobody. */
function wants_clearing(s: KmemCache, zeroed: bool): bool {
  if (!init_on_alloc) return zeroed;
  if (has(s, Letter.CTOR)) return false;
  return zeroed || !has(s, Letter.R | Letter.P);
}

/** What an allocation says about zeroes, on a machine with init_on_alloc. */
export function zeroes_of(s: KmemCache, zeroed: bool): u32 {
  const asked = select<u32>(Zeroes.ASKED_FOR, Zeroes.NONE, zeroed);
  return wants_clearing(s, zeroed) ? asked | Zeroes.CLEARED : asked;
}

/** Clears an object that is handed out, if it is to be. */
export function clear_new_object(s: KmemCache, object: u64, zeroed: bool): void {
  if (wants_clearing(s, zeroed)) zero_object(s, object);
}

/** With init_on_alloc krealloc() clears what lies behind the new size of an object that stays. */
export function clear_spare(object: u64, size: u32, end: u32): void {
  const at = translate(object + size, end - size);
  if (at != 0) memory.fill(at, 0, end - size);
}
