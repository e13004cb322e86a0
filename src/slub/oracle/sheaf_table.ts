// The sheaves that a program holds (7.3): where each lies, and what it holds at least.
import type { KernelAddress } from "./ram.ts";

/** A sheaf of fewer pointers than one kmalloc request holds. */
const SHEAF_HEADER_BYTES = 32;
const POINTER_BYTES = 8;

export interface PrefilledSheaf extends KernelAddress {
  readonly cache: number;
  /** Objects that it holds at least. */
  atLeast: number;
}

export class PrefilledSheaves {
  #sheaves: PrefilledSheaf[] = [];

  get all(): readonly PrefilledSheaf[] {
    return this.#sheaves;
  }

  clear(): void {
    if (this.#sheaves.length > 0) this.#sheaves = [];
  }

  /** Whether the program has one of the cache. */
  hasAnyOf(cache: number): boolean {
    return this.#sheaves.some((one) => one.cache === cache);
  }

  /** The sheaf that begins at an address. */
  at({ high, low }: KernelAddress): PrefilledSheaf | undefined {
    return this.#sheaves.find((one) => one.high === high >>> 0 && one.low === low >>> 0);
  }

  /** Whether an address lies among the pointers that one holds, or before them in its header. */
  holds({ high, low }: KernelAddress): boolean {
    return this.#sheaves.some((one) => {
      const bytes = SHEAF_HEADER_BYTES + POINTER_BYTES * one.atLeast;
      return one.high === high && low >= one.low && low < one.low + bytes;
    });
  }

  add(sheaf: PrefilledSheaf): void {
    this.#sheaves.push(sheaf);
  }

  drop(sheaf: PrefilledSheaf): void {
    this.#sheaves = this.#sheaves.filter((one) => one !== sheaf);
  }
}
