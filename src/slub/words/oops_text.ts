// The last words of a machine: page faults, protection faults and BUG()s, as x86 prints them.
import { FaultKind, PAGE_SIZE } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";
import type { KernelEvent } from "../core/event.ts";
import type { Words } from "./kernels/index.ts";
import { CUT_HERE, END_TRACE, splatLines } from "./splat.ts";

/** What a death certificate needs to know about the machine. */
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
      return death(protectionText(event.a, context.words), context);
    case FaultKind.BUG_FREEPOINTER:
    case FaultKind.BUG_KFREE:
    case FaultKind.BUG_SHRINK:
      return kernelBug(context.words.oops.bugs[kind], context);
    case FaultKind.DIVIDE:
      return death("divide error", context);
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
    ...certificate(`Oops: ${error}`, context),
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
    ...certificate(`${context.words.oops.diePrefix}Oops: ${error}`, context),
  ];
}

/** 3.10 does not say which address it was. */
function protectionText(address: bigint, words: Words): string {
  if (words.oops.style === "3.10") return "general protection fault";
  const value = BigInt.asUintN(64, address).toString(16);
  return `general protection fault, probably for non-canonical address 0x${value}`;
}

function kernelBug(site: string | undefined, context: OopsContext): string[] {
  return [CUT_HERE, `kernel BUG at ${site ?? "mm/slub.c"}!`, ...death("invalid opcode", context)];
}

function death(what: string, context: OopsContext): string[] {
  return certificate(`${context.words.oops.diePrefix}${what}: 0000`, context);
}

/** The die line, the function, and the panic that oops=panic makes of it. */
function certificate(what: string, context: OopsContext): string[] {
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
