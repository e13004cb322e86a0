// Where simulated RAM lies among kernel addresses. An address is two 32-bit words, signed or not;
// inside the oracle a place in RAM is its offset from the first byte.
import { PAGE_SHIFT, STRUCT_PAGE_SIZE } from "../../abi.ts";
import type { OracleMachine } from "./machine.ts";
import { NONE } from "./slabs.ts";

const TWO_32 = 0x100000000;

/** A kernel address as two words. */
export interface KernelAddress {
  readonly high: number;
  readonly low: number;
}

export class Ram {
  readonly bytes: number;
  /** Address of the first byte; signed, because V8 keeps such words unboxed. */
  readonly #high: number;
  readonly #low: number;

  constructor({ ramHigh, ramLow, ramPages }: OracleMachine) {
    this.bytes = ramPages << PAGE_SHIFT;
    this.#high = ramHigh | 0;
    this.#low = ramLow | 0;
  }

  /** Offset of a kernel address; NONE for one that is no RAM. */
  offsetOf(high: number, low: number): number {
    const offset = ((low | 0) - this.#low) | 0;
    if (offset < 0 || offset >= this.bytes) return NONE;
    const carry = low >>> 0 < this.#low >>> 0 ? 1 : 0;
    return ((high - carry) | 0) === this.#high ? offset : NONE;
  }

  /** The kernel address so many bytes from the first one; it may lie outside. */
  addressAt(offset: number): KernelAddress {
    return addressBeyond(this.#high, this.#low, offset);
  }
}

/** The address so many bytes behind another. */
export function addressBeyond(high: number, low: number, bytes: number): KernelAddress {
  const sum = (low >>> 0) + bytes;
  return { high: (high + Math.floor(sum / TWO_32)) >>> 0, low: sum >>> 0 };
}

/** The page of RAM that the struct page at an address describes, or NONE. */
export function pageOfStructPage(machine: OracleMachine, high: number, low: number): number {
  const offset = (high - machine.vmemmapHigh) * TWO_32 + low;
  const page = Math.floor(offset / STRUCT_PAGE_SIZE) - machine.basePfn;
  return page >= 0 && page < machine.ramPages ? page : NONE;
}
