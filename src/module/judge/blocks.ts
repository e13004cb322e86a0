// The live blocks, in the order of their addresses: whether a new one overlaps another is a
// question to its two neighbours. All arrays are typed; nothing is made while a program runs.
import { Code, FOREIGN_SLOTS_MAX } from "../program/op.ts";
import type { Heap } from "./heap.ts";

export const NO_BLOCK = -1;
/** Moves of more entries than these are left to the engine. */
const COPY_FROM = 64;
const PLACELESS = 2;

export class Blocks {
  /** By slot. Sizes may be beyond 32 bits of sense: an allocator may grant anything. */
  readonly pointer = new Float64Array(FOREIGN_SLOTS_MAX);
  readonly size = new Float64Array(FOREIGN_SLOTS_MAX);
  readonly align = new Uint32Array(FOREIGN_SLOTS_MAX);
  readonly tag = new Int32Array(FOREIGN_SLOTS_MAX);
  readonly isLive = new Uint8Array(FOREIGN_SLOTS_MAX);
  /** Operation that made the block. */
  readonly madeAt = new Int32Array(FOREIGN_SLOTS_MAX);
  /** The block as it was before realloc, for stale pointers. */
  readonly pointerBefore = new Float64Array(FOREIGN_SLOTS_MAX);
  readonly sizeBefore = new Float64Array(FOREIGN_SLOTS_MAX);
  /** Slots by address. */
  readonly #order = new Int32Array(FOREIGN_SLOTS_MAX);
  #count = 0;
  #slotEnd = 0;

  clear(): void {
    this.isLive.fill(0, 0, this.#slotEnd);
    this.pointer.fill(0, 0, this.#slotEnd);
    this.pointerBefore.fill(0, 0, this.#slotEnd);
    this.#count = 0;
    this.#slotEnd = 0;
  }

  get count(): number {
    return this.#count;
  }

  /** The slot of a live block, by its place among the addresses. */
  at(place: number): number {
    return this.#order[place];
  }

  /** The first place whose block begins behind an address. */
  #placeAfter(address: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.pointer[this.#order[middle]] <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A live block that shares bytes with [pointer, pointer + size), NO_BLOCK if none does. */
  overlapping(pointer: number, size: number): number {
    const place = this.#placeAfter(pointer);
    if (place > 0) {
      const before = this.#order[place - 1];
      if (this.pointer[before] + this.size[before] > pointer) return before;
      if (this.pointer[before] === pointer) return before;
    }
    if (place < this.#count) {
      const after = this.#order[place];
      if (this.pointer[after] < pointer + size) return after;
    }
    return NO_BLOCK;
  }

  /** A block becomes live. */
  add(slot: number, pointer: number, size: number): void {
    const place = this.#placeAfter(pointer);
    this.#shift(place, this.#count, 1);
    this.#order[place] = slot;
    this.#count++;
    this.pointer[slot] = pointer;
    this.size[slot] = size;
    this.isLive[slot] = 1;
    if (slot >= this.#slotEnd) this.#slotEnd = slot + 1;
  }

  /** A block without bytes, in a convention that does not promise it a place of its own. */
  addPlaceless(slot: number, pointer: number): void {
    this.pointer[slot] = pointer;
    this.size[slot] = 0;
    this.isLive[slot] = PLACELESS;
    if (slot >= this.#slotEnd) this.#slotEnd = slot + 1;
  }

  isPlaceless(slot: number): boolean {
    return this.isLive[slot] === PLACELESS;
  }

  /** The slots of all blocks that live, those without bytes among them. */
  *slots(): Generator<number> {
    for (let slot = 0; slot < this.#slotEnd; slot++) if (this.isLive[slot] !== 0) yield slot;
  }

  /** A block is no longer live; where it was stays known. */
  remove(slot: number): void {
    if (this.isLive[slot] === PLACELESS) {
      this.isLive[slot] = 0;
      return;
    }
    let place = this.#placeAfter(this.pointer[slot]) - 1;
    while (this.#order[place] !== slot) place--;
    this.#shift(place + 1, this.#count, -1);
    this.#count--;
    this.isLive[slot] = 0;
  }

  #shift(from: number, to: number, by: number): void {
    const order = this.#order;
    if (to - from > COPY_FROM) order.copyWithin(from + by, from, to);
    else if (by > 0) for (let i = to; i > from; i--) order[i] = order[i - 1];
    else for (let i = from; i < to; i++) order[i - 1] = order[i];
  }
}

/** Plays operations; the judge keeps account of the blocks. */
interface MisusePlayer {
  readonly blocks: Blocks;
  readonly guest: Heap;
  /** The block counts as given back. */
  release(slot: number): void;
  /** From here on the program is to blame. */
  beginMisuse(): void;
}

/** Commits one; false if there is nothing to commit it on. */
export function playMisuse(
  player: MisusePlayer,
  code: number,
  slot: number,
  a: number,
  b: number,
  c: number,
): boolean {
  const { blocks, guest } = player;
  const isLive = blocks.isLive[slot] === 1;
  const pointer = blocks.pointer[slot];
  switch (code) {
    case Code.write:
      return isLive && writeBytes(player, pointer + (a | 0), b, c);
    case Code.stale:
      return !isLive && pointer !== 0 && writeBytes(player, pointer + (a | 0), b, c);
    case Code.freeoff:
      return isLive && misfree(player, pointer + (a | 0), blocks.size[slot], blocks.align[slot]);
    case Code.freesize:
      if (!isLive) return false;
      player.release(slot);
      return misfree(player, pointer, a, blocks.align[slot]);
    case Code.refree:
      if (isLive || pointer === 0) return false;
      return misfree(player, pointer, blocks.size[slot], blocks.align[slot]);
    case Code.restale: {
      const before = blocks.pointerBefore[slot];
      if (!isLive || before === 0 || before === pointer) return false;
      return misfree(player, before, blocks.sizeBefore[slot], blocks.align[slot]);
    }
    case Code.freeat:
      return misfree(player, a % guest.bytes.length, 16, 1);
    default:
      return false;
  }
}

function writeBytes({ guest }: MisusePlayer, from: number, length: number, byte: number): boolean {
  guest.bytes.fill(byte, Math.max(from, 0), Math.max(from + length, 0));
  return true;
}

/** The mistake counts from the moment that it is made: it may not come back from the call. */
function misfree(player: MisusePlayer, pointer: number, size: number, align: number): boolean {
  player.beginMisuse();
  player.guest.free(pointer, size, align);
  player.guest.look();
  return true;
}
