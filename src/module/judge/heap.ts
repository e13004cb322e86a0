// What a judge plays programs on: the allocator of a module (guest.ts), or the reference
// (reference.ts).
import type { StoreListener } from "../../wasm/toolchain.ts";
import type { ForeignPlan } from "../load/plan.ts";

export interface Heap {
  readonly plan: ForeignPlan;
  /** All bytes; `look` brings them up to date. */
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Pages of memory now, and how many it may have. */
  readonly pages: number;
  readonly pagesLimit: number;
  /** Whether every way to more memory can be closed. */
  readonly canLimitGrowth: boolean;
  /** Turns that loops made so far, in all programs; counted when they get new fuel. */
  readonly turns: number;
  /** It trapped because a loop had no end. */
  readonly isOutOfFuel: boolean;
  /** Called for the module's own stores, where they are watched. */
  onStore: StoreListener | undefined;
  /** Begins anew, as if nothing had ever happened. */
  restart(): void;
  /** Memory that grew is another buffer; the old one has no bytes any more. */
  look(): Uint8Array;
  /** Loops may turn as often as at the beginning. */
  refuel(): void;
  /** Memory grows to so many pages at most, whatever the module declares; without one, no limit. */
  limitGrowth(pages?: number): void;
  /** A block, or 0. */
  alloc(size: number, align: number): number;
  zalloc(count: number, size: number): number;
  realloc(pointer: number, oldSize: number, size: number, align: number): number;
  free(pointer: number, size: number, align: number): void;
  collect(): void;
}
