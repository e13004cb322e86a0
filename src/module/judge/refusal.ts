// How a module says no to a request: with a null pointer, or by giving up.
import { AssertionFailure } from "../../base/assert.ts";
import { GuestAbort } from "../load/stubs.ts";
import { isGuests } from "./capacity.ts";
import type { Heap } from "./heap.ts";

/** Whether it gave up by itself: it called abort, or came to code that is never to be reached. */
export function givesUp(guest: Heap, error: unknown): boolean {
  if (error instanceof GuestAbort) return true;
  const isTrap = error instanceof WebAssembly.RuntimeError && error.message === "unreachable";
  return isTrap && !guest.isOutOfFuel;
}

/** A block, or 0 where the module says no in whatever way. */
export function allocOrNothing(guest: Heap, size: number): number {
  try {
    return guest.alloc(size, 1);
  } catch (error) {
    if (givesUp(guest, error)) return 0;
    throw error;
  }
}

/** A trap in words; what is no trap is our own mistake. */
export function trapWords(error: unknown): string {
  if (error instanceof AssertionFailure) throw error;
  if (error instanceof GuestAbort) return error.message;
  if (error instanceof WebAssembly.RuntimeError) return error.message;
  if (!isGuests(error)) throw error;
  return error instanceof RangeError ? "stack overflow" : "exception";
}
