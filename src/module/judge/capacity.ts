// How much an allocator can give at all: measured once, on an instance of its own, by asking for
// more and more. It decides which requests are modest, and what "close to the limit" means.
import { isTrap } from "../../wasm/trap.ts";
import { GuestAbort } from "../load/stubs.ts";
import type { Guest } from "./guest.ts";

export interface Capacity {
  /** Bytes that it gave before it refused. */
  readonly bytes: number;
  /** How it refuses: with a null pointer, or by giving up. */
  readonly refuses: "null" | "trap";
  /** The size that a request near 2^32 wraps around to. */
  readonly refusesHuge: "null" | "trap" | "granted";
}

const PIECES = [1 << 16, 1 << 12, 1 << 8] as const;
const ALIGN = 8;
const HUGE_BYTES = 0xffffffff - 64;

export function measureCapacity(guest: Guest): Capacity {
  guest.restart();
  let bytes = 0;
  let refuses: Capacity["refuses"] = "null";
  for (const piece of PIECES) {
    const most = guest.plan.memory.maximum * (65536 / piece);
    const { count, isTrap } = takePieces(guest, piece, most);
    bytes += count * piece;
    if (isTrap) refuses = "trap";
    if (isTrap) break;
  }
  return { bytes, refuses, refusesHuge: askForHuge(guest) };
}

function takePieces(
  guest: Guest,
  piece: number,
  most: number,
): { readonly count: number; readonly isTrap: boolean } {
  for (let count = 0; count < most; count++) {
    try {
      if (guest.alloc(piece, ALIGN) === 0) return { count, isTrap: false };
    } catch (error) {
      if (isGuests(error)) return { count, isTrap: true };
      throw error;
    }
  }
  return { count: most, isTrap: false };
}

function askForHuge(guest: Guest): Capacity["refusesHuge"] {
  guest.restart();
  try {
    return guest.alloc(HUGE_BYTES, ALIGN) === 0 ? "null" : "granted";
  } catch (error) {
    if (isGuests(error)) return "trap";
    throw error;
  }
}

/** Whether the module brought it about, not slabfuzz. */
export function isGuests(error: unknown): boolean {
  const { Exception } = WebAssembly as unknown as { Exception: new () => Error };
  return isTrap(error) || error instanceof GuestAbort || error instanceof Exception;
}
