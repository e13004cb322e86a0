// list_head: circular doubly linked lists of kernel addresses, with the checks of CONFIG_DEBUG_LIST
// or CONFIG_LIST_HARDENED.
// Slab lists and the lists that a script makes go through the same functions.
//
//   ╒════════════╤════════════╕
//   │ +0 next    │ +8 prev    │
//   ╘════════════╧════════════╛
//
// On 3.10 a bad neighbour is only warned about: list_add adds all the same, list_del leaves the
// entry linked. Since 4.10 neither happens. list_del poisons the entry in every case.

import { EventKind, Warning } from "../abi/event.ts";
import { FaultKind, Fn } from "../abi/fault.ts";
import { ListChecks } from "../abi/flags.ts";
import { Profile } from "../abi/profile.ts";
import { config, config_bug_on_corruption } from "../base/config.ts";
import { begin_global_event, put_addresses } from "../base/event.ts";
import { load_word, store_word } from "../base/memory.ts";
import { dead, die, enter, leave, running } from "../base/oops.ts";

const LIST_POISON1: u64 = 0xdead000000000100;
const LIST_POISON2: u64 = 0xdead000000000122;
const LIST_POISON2_310: u64 = 0xdead000000000200;

// @ts-ignore: decorator
@inline
export function next(entry: u64): u64 {
  return load_word(entry);
}

// @ts-ignore: decorator
@inline
export function prev(entry: u64): u64 {
  return load_word(entry + 8);
}

export function INIT_LIST_HEAD(head: u64): void {
  store_word(head, head);
  store_word(head + 8, head);
}

function list_empty(head: u64): bool {
  return next(head) == head;
}

/** Says what lies at an address, before a report names it (7.3). */
let dump_memory: (address: u64) => void = say_nothing;

/** What other kernels say. */
export function say_nothing(_address: u64): void {}

export function use_memory_dump(dump: (address: u64) => void): void {
  dump_memory = dump;
}

/** A neighbour does not agree: it is the last of the three. */
function warn_of_neighbour(code: Warning, a: u64, b: u64, neighbour: u64): bool {
  if (!dead) dump_memory(neighbour);
  return warn(code, a, b, neighbour);
}

function warn(code: Warning, a: u64, b: u64 = 0, c: u64 = 0): bool {
  if (dead) return false;
  begin_global_event(EventKind.WARN, code);
  put_addresses(a, b, c);
  if (config_bug_on_corruption()) die(FaultKind.BUG_LIST, <u64>code);
  return false;
}

/**
 * LIST_HARDENED alone first compares the neighbours, which faults where there is none; what that
 * refuses is looked at as DEBUG_LIST looks. So the two differ only where DEBUG_LIST finds NULL or
 * LIST_POISON. Given is what the comparison reads, in its order; true where it faulted.
 */
function faults_before(neighbour: u64, own: u64, other: u64): bool {
  if (config().list_checks != ListChecks.NEIGHBOURS) return false;
  if (load_word(neighbour) == own && !dead) load_word(other);
  return <bool>dead;
}

/** Order of tests as in lib/list_debug.c of 6.x: the first that fails ends it. */
function __list_add_valid(entry: u64, before: u64, after: u64): bool {
  const caller = enter(Fn.LIST_ADD);
  const valid = list_add_checks(entry, before, after);
  leave(caller);
  return valid;
}

function warn_of_null(before: u64, after: u64): bool {
  if (faults_before(after + 8, before, before)) return false;
  return warn(before == 0 ? Warning.LIST_ADD_PREV_NULL : Warning.LIST_ADD_NEXT_NULL, 0);
}

function list_add_checks(entry: u64, before: u64, after: u64): bool {
  if (before == 0 || after == 0) return warn_of_null(before, after);
  const after_prev = prev(after);
  if (after_prev != before) {
    return warn_of_neighbour(Warning.LIST_ADD_NEXT_PREV, before, after_prev, after);
  }
  const before_next = next(before);
  if (before_next != after) {
    return warn_of_neighbour(Warning.LIST_ADD_PREV_NEXT, after, before_next, before);
  }
  if (entry == before || entry == after) return warn(Warning.LIST_ADD_DOUBLE, entry, before, after);
  return true;
}

/** 3.10 warns once for each thing that is wrong, and goes on. */
function list_add_warnings_310(entry: u64, before: u64, after: u64): void {
  const after_prev = prev(after);
  if (after_prev != before) warn(Warning.LIST_ADD_NEXT_PREV, before, after_prev, after);
  const before_next = next(before);
  if (before_next != after) warn(Warning.LIST_ADD_PREV_NEXT, after, before_next, before);
  if (entry == before || entry == after) warn(Warning.LIST_ADD_DOUBLE, entry, before, after);
}

function __list_add(entry: u64, before: u64, after: u64): void {
  const old = config().profile == Profile.V310;
  const caller = enter(old && config().list_checks ? Fn.LIST_ADD : running);
  if (config().list_checks != ListChecks.NONE) {
    if (old) {
      list_add_warnings_310(entry, before, after);
    } else if (!__list_add_valid(entry, before, after)) {
      leave(caller);
      return;
    }
  }
  store_word(after + 8, entry);
  store_word(entry, after);
  store_word(entry + 8, before);
  store_word(before, entry);
  leave(caller);
}

export function list_add(entry: u64, head: u64): void {
  const first = next(head);
  if (!dead) __list_add(entry, head, first);
}

export function list_add_tail(entry: u64, head: u64): void {
  const last = prev(head);
  if (!dead) __list_add(entry, last, head);
}

/** NULL or LIST_POISON in an entry that is to be deleted; `named`: the pointer that is wrong. */
function warn_of_entry(code: Warning, entry: u64, named: u64): bool {
  if (faults_before(prev(entry), entry, next(entry) + 8)) return false;
  if (named != 0) dump_memory(named);
  return warn(code, entry);
}

function __list_del_entry_valid(entry: u64): bool {
  const old = config().profile == Profile.V310;
  const after = next(entry);
  const before = prev(entry);
  if (dead) return false;
  if (!old && after == 0) return warn_of_entry(Warning.LIST_DEL_NEXT_NULL, entry, 0);
  if (!old && before == 0) return warn_of_entry(Warning.LIST_DEL_PREV_NULL, entry, 0);
  if (after == LIST_POISON1) return warn_of_entry(Warning.LIST_DEL_POISON1, entry, after);
  if (before == (old ? LIST_POISON2_310 : LIST_POISON2)) {
    return warn_of_entry(Warning.LIST_DEL_POISON2, entry, before);
  }
  const before_next = next(before);
  if (before_next != entry) {
    return warn_of_neighbour(Warning.LIST_DEL_PREV_NEXT, entry, before_next, before);
  }
  const after_prev = prev(after);
  if (after_prev != entry) {
    return warn_of_neighbour(Warning.LIST_DEL_NEXT_PREV, entry, after_prev, after);
  }
  return !dead;
}

/** Unlinks an entry without poisoning it. */
function __list_del_entry(entry: u64): void {
  if (config().list_checks != ListChecks.NONE) {
    const caller = enter(Fn.LIST_DEL);
    const valid = __list_del_entry_valid(entry);
    const unlinks_here = config().profile == Profile.V310;
    if (valid && unlinks_here) unlink(entry);
    leave(caller);
    if (!valid || unlinks_here) return;
  }
  unlink(entry);
}

function unlink(entry: u64): void {
  const after = next(entry);
  const before = prev(entry);
  store_word(after + 8, before);
  store_word(before, after);
}

export function list_del(entry: u64): void {
  __list_del_entry(entry);
  store_word(entry, LIST_POISON1);
  store_word(entry + 8, config().profile == Profile.V310 ? LIST_POISON2_310 : LIST_POISON2);
}

export function list_move(entry: u64, head: u64): void {
  __list_del_entry(entry);
  list_add(entry, head);
}

/** Joins the entries of `list` in front of what follows `at`; `list` itself is left as it was. */
export function list_splice(list: u64, at: u64): void {
  if (list_empty(list) || dead) return;
  const first = next(list);
  const last = prev(list);
  const after = next(at);
  store_word(first + 8, at);
  store_word(at, first);
  store_word(last, after);
  store_word(after + 8, last);
}
