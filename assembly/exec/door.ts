// How operations get at memory: the one door through which a program's bytes come and go. Writing
// asks slab/pristine.ts first, which may find that checks have to be made from here on.
// test/slub/core/door.test.ts holds that no other file of exec/ has a way to memory.

import { Unguarded } from "../abi/planted.ts";
import { KERNEL_PAGES } from "../base/arena.ts";
import { ram_base, store_word, translate } from "../base/memory.ts";
import * as list from "../list/list.ts";
import { unguarded } from "../slab/fault.ts";
import { note_write, spoil } from "../slab/pristine.ts";
import { KmemCache } from "../slab/types.ts";

/** Memory that a program may read at an address, or 0. */
// @ts-ignore: decorator
@inline
export function readable(address: u64, length: u32): usize {
  return translate(address, length);
}

/**
 * Memory that a program may write at an address, or 0. `owner`: the pointer that it names, and
 * believes to own. The kernel's own structures are out of reach: only the allocator changes them,
 * so that a wild script cannot break the machine it runs on.
 */
export function writable(owner: u64, address: u64, length: u32): usize {
  note_write(owner, address, length);
  return within_reach(address, length);
}

function within_reach(address: u64, length: u32): usize {
  const from_ram = address - ram_base;
  if (from_ram < <u64>KERNEL_PAGES << 12) return 0;
  return translate(address, length);
}

/** Memory for the free pointer of an object, or 0. */
export function writable_link(owner: u64, address: u64): usize {
  if (unguarded(Unguarded.WFP)) return within_reach(address, 8);
  return writable(owner, address, 8);
}

/** A word that goes wherever it is told to; where there is no memory the machine dies. */
export function store_anywhere(address: u64, value: u64): void {
  spoil();
  store_word(address, value);
}

/** s->offset, set from outside: free pointers are somewhere else from here on. */
export function set_offset(s: KmemCache, offset: u32): void {
  if (!unguarded(Unguarded.SET_OFFSET)) spoil();
  s.offset = offset;
}

// Lists that a program makes: an entry's neighbours are written, too, wherever they are.

export function init_list(head: u64): void {
  spoil();
  list.INIT_LIST_HEAD(head);
}

export function add_to_list(entry: u64, head: u64, to_tail: bool): void {
  spoil();
  if (to_tail) list.list_add_tail(entry, head);
  else list.list_add(entry, head);
}

export function delete_from_list(entry: u64): void {
  spoil();
  list.list_del(entry);
}
