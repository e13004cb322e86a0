// Calls of an allocator that somebody saw, as operations of a program. Blocks are told apart by
// their addresses, and get slots. What was seen may not be all: an allocator is also called by the
// code around it. So a free of an address that no seen call gave may be right, and a block whose
// bytes are given out again was freed by somebody else.
//
// It is certain that no call was missed as long as no other code ran: then such a free is a mistake
// of the program, and bytes that are given out twice are one of the allocator.
import { counted } from "../../base/count_text.ts";
import { Blocks, NO_BLOCK } from "../judge/blocks.ts";
import {
  Code,
  FOREIGN_OPS,
  FOREIGN_SLOTS_MAX,
  ForeignImage,
  type ForeignOp,
  opsOf,
  WORDS_PER_OP,
} from "../program/op.ts";

/** What becomes of a free whose address no seen call gave, where that may be right. */
export type UnknownFrees = "keep" | "leave out";

export interface TracedHeapOptions {
  /** Operations that are kept at most. */
  readonly opCountMax: number;
  /** When there are so many, the oldest ones are dropped; or else no more are kept. */
  readonly dropsOldest: boolean;
  readonly unknownFrees: UnknownFrees;
  /** Some calls are not seen, and nobody says when. */
  readonly missesCalls: boolean;
  /** Blocks may be freed that were there before the first call that is seen. */
  readonly beganLate: boolean;
}

const U32_MAX = 0xffffffff;
/** Stands in an operation's third number, which an allocation does not use. */
const REFUSED = 1;
const NEVER = 0;

export class TracedHeap {
  readonly #options: TracedHeapOptions;
  readonly #image: ForeignImage;
  readonly #blocks = new Blocks();
  /** When the block of a slot was given, moved or freed last. */
  readonly #touchedAt = new Float64Array(FOREIGN_SLOTS_MAX);
  /** The slot whose block was freed at an address, or moved away from it. */
  readonly #gone = new Map<number, number>();
  /** Slots without a block, those that have been so longest first. */
  #idle: number[] = [];
  #idleFrom = 0;
  #slotCount = 0;
  /** Blocks that lived before the operations that are kept: their slots and requests. */
  readonly #older = new Map<number, ForeignOp>();
  #clock = 1;
  #otherCodeAt = NEVER;
  /** Frees of addresses that no seen call gave, which are left out. */
  unknownFrees = 0;
  /** Blocks that must have been freed by a call that was not seen. */
  unseenFrees = 0;
  /** Blocks that were first seen when they were resized. */
  unseenBlocks = 0;
  /** Calls that no program can hold: of 4 GiB or more, or with too many blocks alive. */
  tooLarge = 0;
  /** Operations that were dropped, or came after the last that was kept. */
  lost = 0;

  constructor(options: TracedHeapOptions) {
    this.#options = options;
    this.#image = new ForeignImage(options.opCountMax);
    if (options.missesCalls) this.#otherCodeAt = Number.POSITIVE_INFINITY;
  }

  get dropsOldest(): boolean {
    return this.#options.dropsOldest;
  }

  get isFull(): boolean {
    return !this.dropsOldest && this.#image.count === this.#options.opCountMax;
  }

  /** The program: what lived before the first operation that is kept, and those operations. */
  get ops(): readonly ForeignOp[] {
    return [...this.#older.values(), ...opsOf(this.#image)].map((op) => ({ ...op, c: 0 }));
  }

  /** Code ran that may have called the allocator unseen. */
  otherCodeRan(): void {
    if (this.#otherCodeAt < this.#clock) this.#otherCodeAt = this.#clock++;
  }

  /** A block of so many bytes; address 0 where the request was refused. */
  allocated(pointer: number, size: number, align = 0): void {
    this.#take(Code.alloc, pointer, size, [size, align]);
  }

  /** A block of count times size bytes, all zero. */
  zeroed(pointer: number, count: number, size: number): void {
    this.#take(Code.zalloc, pointer, count * size, [count, size]);
  }

  /** A block got another size, and perhaps another address; 0 where that was refused. */
  resized(old: number, pointer: number, size: number): void {
    const slot = old === 0 ? NO_BLOCK : this.#slotAt(old);
    if (old === 0) this.#take(Code.resize, pointer, size, [size, 0]);
    else if (size > U32_MAX) this.tooLarge++;
    else if (slot === NO_BLOCK) this.#takeIn(pointer, size);
    else if (pointer !== 0) this.#move(slot, pointer, size);
    else if (size === 0) this.#free(slot);
    else this.#add(Code.resize, slot, size, 0, REFUSED);
  }

  /** An address was given back, with the size that the caller said, where it has to say one. */
  freed(pointer: number, size?: number): void {
    if (pointer === 0) return;
    const slot = this.#slotAt(pointer);
    if (slot === NO_BLOCK) this.#freeUnknown(pointer);
    else if (size !== undefined && size !== this.#blocks.size[slot] && this.#isCertain(slot)) {
      this.#release(slot);
      this.#add(Code.freesize, slot, size);
    } else this.#free(slot);
  }

  /** Objects that are not kept were freed. */
  collected(): void {
    this.#add(Code.collect, 0);
  }

  /** A block that came unseen is known from its first resizing on. */
  #takeIn(pointer: number, size: number): void {
    if (pointer !== 0) this.unseenBlocks++;
    this.allocated(pointer, size);
  }

  #take(code: number, pointer: number, bytes: number, [a, b]: readonly [number, number]): void {
    const slot = Math.max(a, b) > U32_MAX ? NO_BLOCK : this.#newSlot();
    if (slot === NO_BLOCK) {
      this.tooLarge++;
      return;
    }
    if (pointer === 0) {
      this.#add(code, slot, a, b, REFUSED);
      this.#idle.push(slot);
      return;
    }
    // No memory holds more: whoever granted it meant something else.
    const size = bytes > U32_MAX ? 0 : bytes;
    this.#makeRoom(pointer, size);
    this.#add(code, slot, a, b);
    this.#place(slot, pointer, size);
  }

  #move(slot: number, pointer: number, size: number): void {
    const blocks = this.#blocks;
    const old = blocks.pointer[slot];
    blocks.remove(slot);
    this.#makeRoom(pointer, size);
    this.#add(Code.resize, slot, size);
    this.#forget(blocks.pointerBefore[slot], slot);
    this.#place(slot, pointer, size);
    blocks.pointerBefore[slot] = old;
    if (old !== pointer) this.#gone.set(old, slot);
  }

  #place(slot: number, pointer: number, size: number): void {
    this.#gone.delete(pointer);
    this.#blocks.add(slot, pointer, size);
    this.#touchedAt[slot] = this.#clock;
  }

  /** Blocks that lie where a new one does: unless the allocator is wrong, they were freed. */
  #makeRoom(pointer: number, size: number): void {
    for (;;) {
      const other = this.#blocks.overlapping(pointer, size);
      if (other === NO_BLOCK || this.#isCertain(other)) return;
      this.unseenFrees++;
      this.#free(other);
    }
  }

  /** Whether nobody else can have freed a block, or made another one where it was. */
  #isCertain(slot: number): boolean {
    return this.#touchedAt[slot] > this.#otherCodeAt;
  }

  #free(slot: number): void {
    this.#release(slot);
    this.#add(Code.free, slot);
  }

  #release(slot: number): void {
    this.#blocks.remove(slot);
    this.#gone.set(this.#blocks.pointer[slot], slot);
    this.#touchedAt[slot] = this.#clock;
    this.#idle.push(slot);
  }

  /** The live block that begins at an address. */
  #slotAt(pointer: number): number {
    const slot = this.#blocks.overlapping(pointer, 1);
    return slot !== NO_BLOCK && this.#blocks.pointer[slot] === pointer ? slot : NO_BLOCK;
  }

  #freeUnknown(pointer: number): void {
    const blocks = this.#blocks;
    const keeps = this.#options.unknownFrees === "keep";
    const gone = this.#gone.get(pointer) ?? NO_BLOCK;
    if (gone !== NO_BLOCK && (keeps || this.#isCertain(gone))) {
      this.#add(blocks.isLive[gone] === 0 ? Code.refree : Code.restale, gone);
      return;
    }
    const around = blocks.overlapping(pointer, 1);
    if (around !== NO_BLOCK && (keeps || this.#isCertain(around))) {
      this.#add(Code.freeoff, around, pointer - blocks.pointer[around]);
      return;
    }
    const isWild = this.#otherCodeAt === NEVER && !this.#options.beganLate;
    const isKept = pointer <= U32_MAX && (keeps || isWild);
    if (isKept) this.#add(Code.freeat, 0, pointer);
    else this.unknownFrees++;
  }

  /** A slot that no operation names yet; of those that one does, the one idle for longest. */
  #newSlot(): number {
    if (this.#slotCount < FOREIGN_SLOTS_MAX) return this.#slotCount++;
    if (this.#idleFrom === this.#idle.length) return NO_BLOCK;
    const slot = this.#idle[this.#idleFrom++];
    if (2 * this.#idleFrom > FOREIGN_SLOTS_MAX) {
      this.#idle = this.#idle.slice(this.#idleFrom);
      this.#idleFrom = 0;
    }
    this.#forget(this.#blocks.pointer[slot], slot);
    this.#forget(this.#blocks.pointerBefore[slot], slot);
    return slot;
  }

  #forget(pointer: number, slot: number): void {
    if (this.#gone.get(pointer) === slot) this.#gone.delete(pointer);
  }

  #add(code: number, slot: number, a = 0, b = 0, c = 0): void {
    this.#clock++;
    if (this.isFull) {
      this.lost++;
      return;
    }
    if (this.#image.count === this.#options.opCountMax) this.#dropOldest();
    this.#image.add(code, slot, a, b, c);
  }

  /** Half of the operations go; what still lives then is kept as requests. */
  #dropOldest(): void {
    const { words, count } = this.#image;
    const dropped = Math.ceil(count / 2);
    for (let at = 0; at < dropped * WORDS_PER_OP; at += WORDS_PER_OP) this.#remember(at);
    words.copyWithin(0, dropped * WORDS_PER_OP, count * WORDS_PER_OP);
    this.#image.count = count - dropped;
    this.lost += dropped;
  }

  #remember(at: number): void {
    const { words } = this.#image;
    const [head, a, b, c] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
    const code = head & 0xff;
    const slot = head >>> 8;
    const isNew = code === Code.alloc || code === Code.zalloc;
    if (code === Code.free || code === Code.freesize) this.#older.delete(slot);
    else if (c === REFUSED) return;
    else if (isNew) this.#older.set(slot, { op: FOREIGN_OPS[code], slot, a, b, c: 0 });
    else if (code === Code.resize) this.#older.set(slot, { op: "alloc", slot, a, b: 0, c: 0 });
  }
}

/** What differs between the calls and the operations, a sentence each. */
export function traceNotes(heap: TracedHeap): readonly string[] {
  const { unknownFrees, unseenFrees, unseenBlocks, tooLarge, lost, dropsOldest } = heap;
  const notes: readonly (readonly [count: number, note: string])[] = [
    [unknownFrees, `left out: ${counted(unknownFrees, "free")} of addresses that no call gave`],
    [unseenFrees, `put in: ${counted(unseenFrees, "free")} of blocks whose bytes were given again`],
    [unseenBlocks, `put in: ${counted(unseenBlocks, "block")} first seen when resized`],
    [tooLarge, `left out: ${counted(tooLarge, "call")} that no program can hold`],
    [dropsOldest ? lost : 0, `dropped: ${counted(lost, "operation")}, the oldest`],
    [dropsOldest ? 0 : lost, "left out: what came when the trace was full"],
  ];
  return notes.filter(([count]) => count > 0).map(([, note]) => note);
}
