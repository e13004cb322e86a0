// How much an allocator can give at all: measured once, on an instance of its own, by asking for
// more and more. It decides which requests are modest, and what "close to the limit" means.
import { FUEL_FULL } from "../../wasm/fuel.ts";
import { isTrap } from "../../wasm/trap.ts";
import type { Argument, Binding, Bound } from "../load/binding.ts";
import type { ForeignPlan } from "../load/plan.ts";
import { GuestAbort } from "../load/stubs.ts";
import type { Guest } from "./guest.ts";

export interface Capacity {
  /** Bytes that it gave before it refused. */
  readonly bytes: number;
  /** How it refuses: with a null pointer, or by giving up. */
  readonly refuses: "null" | "trap";
  /** The size that a request near 2^32 wraps around to. */
  readonly refusesHuge: "null" | "trap" | "granted";
  /** The lowest address of a block, 0 if there was none. */
  readonly lowest: number;
  /** Once all blocks are freed, in whatever order, their memory can be had in one piece again. */
  readonly coalesces: boolean;
  /**
   * Which argument of its function for aligned blocks is the alignment; none if it keeps no
   * alignment. Undefined where the convention says it, or where there is no such function.
   */
  readonly alignedArgs?: readonly Argument[];
}

const PIECES = [1 << 16, 1 << 12, 1 << 8] as const;
const ALIGN = 8;
const HUGE_BYTES = 0xffffffff - 64;

export function measureCapacity(guest: Guest): Capacity {
  const { binding } = guest.plan;
  if (binding.aligned?.args.includes("size-or-align") !== true) return measured(guest);
  const alignedArgs = orderOf(guest, binding.aligned);
  const known = guest.calledBy(bindingMeasured(binding, alignedArgs));
  return { ...measured(known), alignedArgs };
}

function measured(guest: Guest): Capacity {
  guest.restart();
  guest.growAhead();
  let bytes = 0;
  let lowest = 0;
  let refuses: Capacity["refuses"] = "null";
  for (const piece of PIECES) {
    const most = guest.plan.memory.maximum * (65536 / piece);
    const { count, isTrap, first } = takePieces(guest, piece, most);
    if (first !== 0 && (lowest === 0 || first < lowest)) lowest = first;
    bytes += count * piece;
    if (isTrap) refuses = "trap";
    if (isTrap) break;
  }
  const refusesHuge = askForHuge(guest);
  return { bytes, refuses, refusesHuge, lowest, coalesces: seemsToCoalesce(guest, bytes) };
}

/** The plan of a module, with what was found out about its function for aligned blocks. */
export function planMeasured(plan: ForeignPlan, { alignedArgs }: Capacity): ForeignPlan {
  if (alignedArgs === undefined) return plan;
  return { ...plan, binding: bindingMeasured(plan.binding, alignedArgs) };
}

function bindingMeasured(binding: Binding, args: readonly Argument[]): Binding {
  const { aligned, ...others } = binding;
  const isUsed = aligned !== undefined && args.length > 0;
  return isUsed ? { ...others, aligned: { ...aligned, args } } : others;
}

const ALIGNED_ORDERS: readonly (readonly Argument[])[] = [
  ["align", "size"],
  ["size", "align"],
];
/** Alignments that blocks have by chance seldom, and never so many one after the other. */
const ALIGNS_ASKED = [4096, 256] as const;
const ALIGNED_BLOCKS = 6;
const ALIGNED_BYTES = 64;

/** The order in which all blocks are as aligned as was asked for; none if there is none. */
function orderOf(guest: Guest, aligned: Bound): readonly Argument[] {
  return ALIGNED_ORDERS.find((args) => keepsAlignment(guest, { ...aligned, args })) ?? [];
}

function keepsAlignment(guest: Guest, aligned: Bound): boolean {
  const tried = guest.calledBy({ ...guest.plan.binding, aligned });
  try {
    tried.restart();
    return ALIGNS_ASKED.every((align) => {
      const ask = () => tried.allocAligned(ALIGNED_BYTES, align);
      const pointers = Array.from({ length: ALIGNED_BLOCKS }, ask);
      return pointers.every((pointer) => pointer !== 0 && pointer % align === 0);
    });
  } catch (error) {
    if (isGuests(error)) return false;
    throw error;
  }
}

function takePieces(
  guest: Guest,
  piece: number,
  most: number,
): { readonly count: number; readonly isTrap: boolean; readonly first: number } {
  let first = 0;
  for (let count = 0; count < most; count++) {
    try {
      const pointer = guest.alloc(piece, ALIGN);
      if (pointer === 0) return { count, isTrap: false, first };
      if (count === 0) first = pointer;
    } catch (error) {
      if (isGuests(error)) return { count, isTrap: true, first };
      throw error;
    }
  }
  return { count: most, isTrap: false, first };
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

/** In which order so many blocks are freed. */
const ORDERS: readonly ((index: number, count: number) => number)[] = [
  (index) => index,
  (index, count) => count - 1 - index,
  (index, count) => (index * SHUFFLE) % count,
];
const SHUFFLE = 7919;
/** Large blocks that fill half of what there is, with small ones of all sizes between them. */
const LARGE_BYTES = 60_000;
const SMALL_BYTES_MAX = 4096;
const FILLED_PART = 1 / 2;
const WHOLE_PART = 0.9;
/** Turns of loops for all orders together; real modules make up to 2 million. */
const COALESCING_TURNS = FUEL_FULL / 4;
/** One that loses what lies before aligned blocks joins the others all the same. */
const PLAIN = 1;

function seemsToCoalesce(guest: Guest, bytes: number): boolean {
  const { binding } = guest.plan;
  if (binding.free === undefined || binding.isArena || !guest.canLimitGrowth) return false;
  const { fuelFull } = guest;
  guest.fuelFull = Math.min(fuelFull, COALESCING_TURNS);
  const turnsMax = guest.turns + guest.fuelFull;
  try {
    return ORDERS.every((order) => isWholeAfter(guest, bytes * FILLED_PART, { order, turnsMax }));
  } catch (error) {
    if (isGuests(error)) return false;
    throw error;
  } finally {
    guest.fuelFull = fuelFull;
  }
}

interface Filling {
  readonly order: (typeof ORDERS)[number];
  /** One that needs more turns is not asked any further. */
  readonly turnsMax: number;
}

/** Whether most of the memory that was filled can be had in one piece once it is freed. */
function isWholeAfter(guest: Guest, bytes: number, { order, turnsMax }: Filling): boolean {
  guest.restart();
  const blocks: { readonly pointer: number; readonly size: number }[] = [];
  for (let left = bytes; left > 0; ) {
    const { length } = blocks;
    const size = length % 2 === 0 ? LARGE_BYTES : 1 + ((length * SHUFFLE) % SMALL_BYTES_MAX);
    const pointer = guest.alloc(size, PLAIN);
    if (pointer === 0) return false;
    blocks.push({ pointer, size });
    left -= size;
  }
  for (const index of blocks.keys()) {
    const { pointer, size } = blocks[order(index, blocks.length)];
    guest.free(pointer, size, PLAIN);
    if ((index & REFUEL_MASK) === 0) guest.refuel();
    if (guest.turns > turnsMax) return false;
  }
  guest.collect();
  const bottom = Math.min(...blocks.map(({ pointer }) => pointer));
  const top = Math.max(...blocks.map(({ pointer, size }) => pointer + size));
  guest.limitGrowth(guest.pages);
  return guest.alloc(Math.floor((top - bottom) * WHOLE_PART), PLAIN) !== 0;
}

const REFUEL_MASK = 63;

/** Whether the module brought it about, not slabfuzz. */
export function isGuests(error: unknown): boolean {
  const { Exception } = WebAssembly as unknown as { Exception: new () => Error };
  return isTrap(error) || error instanceof GuestAbort || error instanceof Exception;
}
