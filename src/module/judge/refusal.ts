// How a module says no to a request: with a null pointer, or by giving up.
import { AssertionFailure } from "../../base/assert.ts";
import { GuestAbort } from "../load/stubs.ts";
import { type Capacity, isGuests } from "./capacity.ts";
import type { Heap } from "./heap.ts";

/** Whether it gave up by itself: it called abort, or came to code that is never to be reached. */
export function givesUp(guest: Heap, error: unknown): boolean {
  if (error instanceof GuestAbort) return true;
  const isTrap = error instanceof WebAssembly.RuntimeError && error.message === "unreachable";
  return isTrap && !guest.isOutOfFuel;
}

/** A request may be refused in any way if it, and all that lives, comes to more of all there is. */
const MODEST_PART = 8;
/** Bytes that a program may ask for before memory must be used again. */
const SLACK_BYTES = 16 << 20;

/** In bytes: what a program has asked for so far, what of it lives, and what it asks for now. */
interface Demand {
  readonly asked: number;
  readonly live: number;
  readonly request: number;
}

/**
 * Whether a request is sure to fit: beside all that lives, and even if nothing that was freed can
 * be had again yet (sanitizers keep it for a while, collectors until they come by).
 */
export function isModest({ asked, live, request }: Demand, { bytes }: Capacity): boolean {
  const most = asked + 4 * request + Math.min(SLACK_BYTES, bytes / 2);
  return (request + live) * MODEST_PART < bytes && most < bytes;
}

/** Whether there is room for all that was asked for so far, even if nothing is used again. */
export function isRoomy(asked: number, { bytes }: Capacity): boolean {
  return asked + SLACK_BYTES < bytes;
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
