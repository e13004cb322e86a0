// WARN splats: the frame around a warning, and the texts of the warnings that have one.
import { FaultKind, Fn, PAGE_SIZE, Warning } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";
import type { KernelEvent } from "../core/event.ts";
import type { CacheLookup } from "../run/recorder.ts";
import { pointerText } from "./bug_text.ts";
import type { Words } from "./kernels/index.ts";
import type { WarnSite } from "./kernels/types.ts";

const CUT_HERE = "------------[ cut here ]------------";
const END_TRACE = "---[ end trace 0000000000000000 ]---";

/** A splat: 3.10 says where before what, later kernels the other way round. */
export function splatLines(
  site: WarnSite,
  text: string,
  words: Words,
  machine: string,
  cpu = 0,
): string[] {
  const what = text === "" ? [] : [text];
  if (words.warnStyle === "3.10") {
    const where = `WARNING: at ${site.file}:${site.line} ${site.fn}()`;
    return [CUT_HERE, where, ...what, machine, END_TRACE];
  }
  const where = warnedPlace(site, words, cpu);
  return [CUT_HERE, ...what, where, machine, `RIP: 0010:${site.fn}`, END_TRACE];
}

function warnedPlace({ file, line, fn }: WarnSite, words: Words, cpu: number): string {
  return words.warnStyle === "7.x"
    ? `WARNING: ${file}:${line} at ${fn}, CPU#${cpu}: init/1`
    : `WARNING: CPU: 0 PID: 1 at ${file}:${line} ${fn}`;
}

/** The text of a warning; "" for a bare WARN_ON. */
export function warningText(event: KernelEvent, words: Words, caches: CacheLookup): string {
  switch (event.code as Warning) {
    case Warning.WRONG_SLAB_CACHE:
      return wrongCacheText(event, words, caches);
    case Warning.NOT_A_SLAB_PAGE:
      if (words.warnStyle === "7.x")
        return badFreeText(event, words, caches, "is not in a slab page");
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

/** 7.3 says which object it leaks. */
function badFreeText(event: KernelEvent, words: Words, caches: CacheLookup, why: string): string {
  const object = pointerText(event.a, words);
  return `kmem_cache_free(${caches.nameOf(event.x)}, ${object}): object ${why}`;
}

/** 3.10 names the owner first, by mistake. */
export function wrongCacheText(event: KernelEvent, words: Words, caches: CacheLookup): string {
  if (words.warnStyle === "7.x") {
    const why = `belongs to different cache ${caches.nameOf(event.y)}`;
    return badFreeText(event, words, caches, why);
  }
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

/** What the report of an oops needs to know about the machine. */
export interface OopsContext {
  readonly words: Words;
  /** The function that died. */
  readonly fn: string;
  /** A kernel built for several CPUs says so. */
  readonly smp: boolean;
  /** The line that names CPU, process and taint. */
  readonly machine: string;
}

/** Addresses below it belong to user space. */
const USER_END = 0x0000800000000000n;

const PANIC = "Kernel panic - not syncing: Fatal exception";

/** All lines of an OOPS event. A machine that hangs says nothing any more. */
export function oopsLines(event: KernelEvent, context: OopsContext): string[] {
  const kind = event.code as FaultKind;
  switch (kind) {
    case FaultKind.NONE:
    case FaultKind.HANG:
      return [];
    case FaultKind.PAGE_READ:
    case FaultKind.PAGE_WRITE:
      return pageFault(event, kind === FaultKind.PAGE_WRITE, context);
    case FaultKind.PROTECTION:
      return exceptionLines(protectionText(event.a, context.words), context);
    case FaultKind.BUG_FREEPOINTER:
    case FaultKind.BUG_KFREE:
    case FaultKind.BUG_SHRINK:
      return kernelBug(context.words.oops.bugs[kind], context);
    case FaultKind.BUG_LIST:
      return listBug(event, context);
    case FaultKind.DIVIDE:
      return exceptionLines("divide error", context);
    default:
      return unknownKind(kind);
  }
}

function unknownKind(kind: never): string[] {
  return [`fault ${kind}`];
}

function pageFault(event: KernelEvent, write: boolean, context: OopsContext): string[] {
  const address = BigInt.asUintN(64, event.a);
  const nearNull = address < BigInt(PAGE_SIZE);
  const error = write ? "0002" : "0000";
  return context.words.oops.style === "3.10"
    ? oldPageFault(address, nearNull, error, context)
    : newPageFault(address, nearNull, write, error, context);
}

function oldPageFault(
  address: bigint,
  nearNull: boolean,
  error: string,
  context: OopsContext,
): string[] {
  const what = nearNull ? "NULL pointer dereference" : "paging request";
  return [
    `BUG: unable to handle kernel ${what} at ${hex64(address)}`,
    `IP: [<..>] ${context.fn}`,
    ...dieLines(`Oops: ${error}`, context),
  ];
}

function newPageFault(
  address: bigint,
  nearNull: boolean,
  write: boolean,
  error: string,
  context: OopsContext,
): string[] {
  const what = nearNull
    ? "BUG: kernel NULL pointer dereference, address"
    : "BUG: unable to handle page fault for address";
  return [
    `${what}: ${hex64(address)}`,
    `#PF: supervisor ${write ? "write" : "read"} access in kernel mode`,
    `#PF: error_code(0x${error}) - not-present page`,
    ...dieLines(`${context.words.oops.diePrefix}Oops: ${error}`, context),
  ];
}

/** 3.10 does not say which address it was. */
function protectionText(address: bigint, words: Words): string {
  if (words.oops.style === "3.10") return "general protection fault";
  const value = BigInt.asUintN(64, address).toString(16);
  return `general protection fault, probably for non-canonical address 0x${value}`;
}

function kernelBug(site: string | undefined, context: OopsContext): string[] {
  return [
    CUT_HERE,
    `kernel BUG at ${site ?? "mm/slub.c"}!`,
    ...exceptionLines("invalid opcode", context),
  ];
}

/** The BUG stands where the warning would, in a function of its own. */
function listBug({ a: warning }: KernelEvent, context: OopsContext): string[] {
  const site = context.words.warnSites[Number(warning) as Warning];
  if (site === undefined) return kernelBug("lib/list_debug.c", context);
  return kernelBug(`${site.file}:${site.line}`, { ...context, fn: site.fn });
}

function exceptionLines(what: string, context: OopsContext): string[] {
  return dieLines(`${context.words.oops.diePrefix}${what}: 0000`, context);
}

/** The die line, the function, and the panic that oops=panic makes of it. */
function dieLines(what: string, context: OopsContext): string[] {
  const { fn, smp, machine, words } = context;
  if (words.oops.style === "3.10") {
    return [`${what} [#1] SMP `, machine, `RIP: 0010:[<..>]  [<..>] ${fn}`, PANIC];
  }
  const rip = `RIP: 0010:${fn}`;
  return [`${what} [#1]${smp ? " SMP" : ""}`, machine, rip, END_TRACE, rip, PANIC];
}

/**
 * The warning that 6.12 prints first when a user-range address faults with interrupts off: its call
 * trace runs through the function that faulted, and names it.
 */
export function interruptsOffWarning(event: KernelEvent, context: OopsContext): string[] {
  const site = context.words.oops.interruptsOff;
  if (site === undefined || !isUserRange(event)) return [];
  const splat = splatLines(site, "", context.words, context.machine);
  return [...splat.slice(0, -1), `RIP: 0010:${context.fn}`, END_TRACE];
}

function isUserRange(event: KernelEvent): boolean {
  const fault = event.code === FaultKind.PAGE_READ || event.code === FaultKind.PAGE_WRITE;
  return fault && BigInt.asUintN(64, event.a) < USER_END;
}
