// How a module says no to a request: with a null pointer, or by giving up.
import { GuestAbort } from "../load/stubs.ts";
import type { Heap } from "./heap.ts";

/** Whether it gave up by itself: it called abort, or came to code that is never to be reached. */
export function givesUp(guest: Heap, error: unknown): boolean {
  if (error instanceof GuestAbort) return true;
  const isTrap = error instanceof WebAssembly.RuntimeError && error.message === "unreachable";
  return isTrap && !guest.isOutOfFuel;
}
