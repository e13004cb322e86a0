// Runs a program on a foreign allocator and judges it, operation by operation. The truth about
// every block lies here, where the module cannot write.
//
// Sees: blocks that overlap, lie outside memory, below the heap or crooked; contents that change at
// all (small blocks) or near an edge (large ones); memory that is not used again; traps. Does not
// see: what the module does between two calls, and loops without an end, which the watchdog sees.
// A module that traps or says no to a large request only refuses it (capacity.ts).
import { Digest } from "../../base/hash.ts";
import { type Impact, impactRank } from "../../target/verdict.ts";
import { PAGE_BYTES } from "../../wasm/cap.ts";
import { GuestAbort } from "../load/stubs.ts";
import { Code, type ForeignImage, WORDS_PER_OP } from "../program/op.ts";
import { Blocks, NO_BLOCK, playMisuse } from "./blocks.ts";
import type { Capacity } from "./capacity.ts";
import {
  comparedByte,
  fillBlock,
  firstChange,
  firstNonZero,
  paintBlock,
  tagOf,
} from "./contents.ts";
import { CYCLE_MODES, canPlay, playCycle } from "./cycle.ts";
import type { Heap } from "./heap.ts";
import type { ForeignOutcome } from "./outcome.ts";
import { needsFuel, ProgramTurns } from "./program_turns.ts";
import { allocOrNothing, givesUp, isModest, isRoomy, trapWords } from "./refusal.ts";
import { type BrokenRule, NOWHERE, RULE_IMPACT, type Rule } from "./rule.ts";

/** Ends a program: a rule was broken, or it worked for too long. */
class Broken extends Error {}

/** Of the memory from the first block to the last, the part that one block gets in the end. */
const SETTLED_PART = 3 / 4;
const SETTLED_BYTES_MIN = 1 << 20;

/** A request for more alignment may be refused. */
const ALIGN_ORDINARY = 4096;

/** Blocks from this size on are painted all over, as long as there is paint. */
const PAINTED_BYTES = 1 << 20;
export const PAINT_BYTES_MAX = 24 << 20;

/** Callbacks around each operation. */
export interface Observer {
  /** Before an operation, so that one that hangs is known. */
  readonly before?: (index: number) => void;
  readonly after?: (index: number, judge: ForeignJudge) => void;
}

export class ForeignJudge {
  readonly guest: Heap;
  readonly blocks = new Blocks();
  readonly capacity: Capacity;
  readonly #digest = new Digest();
  #violation: BrokenRule | undefined;
  #impact: Impact = "none";
  #isNoticed = false;
  /** The current operation: its index, its function and its request. */
  #at = 0;
  #call = "";
  #request = 0;
  #liveBytes = 0;
  /** All bytes ever asked for, as an allocator that never reuses any would need them. */
  #askedBytes = 0;
  /** Operations of cycles, beside those of the program. */
  #cycled = 0;
  /** The host refuses growth, so that any request may be refused. */
  #isStarved = false;
  /** From the lowest block so far to the end of the highest one. */
  #bottom = 0;
  #top = 0;
  /** The slot whose block is being resized, or NO_BLOCK: its bytes may move. */
  #resizing = NO_BLOCK;
  /** Bytes of large blocks that may still be painted: painting takes its time. */
  #paint = 0;
  #handledBytes = 0;
  readonly turns: ProgramTurns;
  /** Bytes of large blocks that are painted in a program. */
  paintMax = PAINT_BYTES_MAX;
  misusedAt = -1;
  /** The result of the last call. */
  result = 0;
  /** The last operation was left out: its block was not there. */
  wasSkipped = false;

  constructor(guest: Heap, capacity: Capacity) {
    this.guest = guest;
    this.capacity = capacity;
    this.turns = new ProgramTurns(guest);
    guest.onStore = (address, bytes) => this.#checkStore(address, bytes);
  }

  run(image: ForeignImage, observer: Observer = {}): ForeignOutcome {
    this.#begin();
    let ran = image.count;
    try {
      this.guest.restart();
      this.turns.begin();
      this.#play(image, observer);
      this.#at = -1;
      this.#call = "end";
      this.checkAll();
    } catch (error) {
      ran = this.#at < 0 ? image.count : this.#at + 1;
      this.#caught(error);
    }
    this.#digest.word(ran).word(this.guest.pages);
    return {
      violation: this.#violation,
      impact: this.#impact,
      misusedAt: this.misusedAt,
      isNoticed: this.#isNoticed,
      ran,
      judged: ran + this.#cycled,
      handledBytes: this.#handledBytes,
      digestHigh: this.#digest.high,
      digestLow: this.#digest.low,
    };
  }

  #begin(): void {
    this.blocks.clear();
    this.#digest.clear();
    this.#violation = undefined;
    this.#impact = "none";
    this.#isNoticed = false;
    this.#at = 0;
    this.#liveBytes = 0;
    this.#askedBytes = 0;
    this.#cycled = 0;
    this.#isStarved = false;
    this.#bottom = Number.POSITIVE_INFINITY;
    this.#top = 0;
    this.#resizing = NO_BLOCK;
    this.#paint = this.paintMax;
    this.#handledBytes = 0;
    this.misusedAt = -1;
  }

  #play(image: ForeignImage, { before, after }: Observer): void {
    const { words, count } = image;
    for (let index = 0; index < count; index++) {
      this.#at = index;
      const at = index * WORDS_PER_OP;
      if (needsFuel(index, words[at + 1])) this.refuel();
      before?.(index);
      const head = words[at];
      this.result = 0;
      this.wasSkipped = true;
      this.#step(head & 0xff, head >>> 8, words[at + 1], words[at + 2], words[at + 3]);
      this.#digest.word(this.result);
      after?.(index, this);
    }
  }

  #step(code: number, slot: number, a: number, b: number, c: number): void {
    switch (code) {
      case Code.alloc:
        this.#alloc(slot, a, b);
        return;
      case Code.zalloc:
        this.#zalloc(slot, a, b);
        return;
      case Code.resize:
        this.#resize(slot, a);
        return;
      case Code.free:
        this.#free(slot);
        return;
      case Code.cycle:
        this.#cycle(a, b, c);
        return;
      case Code.limit:
        this.#ask("limit", 0);
        this.#isStarved = a < this.guest.plan.memory.maximum;
        this.guest.limitGrowth(this.#isStarved ? this.guest.pages + a : undefined);
        return;
      case Code.settle:
        this.#settle();
        return;
      case Code.collect:
        this.#ask("collect", 0);
        this.guest.collect();
        return;
      default:
        this.#ask("misuse", 0);
        if (playMisuse(this, code, slot, a, b, c)) this.beginMisuse();
        else this.wasSkipped = true;
    }
  }

  /** Ends a program whose loops made too many turns in all, and blames nobody: slow is no fault. */
  refuel(): void {
    if (!this.turns.refuel()) throw new Broken();
  }

  #ask(call: string, request: number): void {
    this.wasSkipped = false;
    this.#call = call;
    this.#request = request;
  }

  /** Not while growth is limited: a cycle sets a limit of its own. */
  #cycle(size: number, rounds: number, mode: number): void {
    const { binding } = this.guest.plan;
    if (this.#isStarved || binding.isArena || !canPlay(CYCLE_MODES[mode], binding)) return;
    this.#ask("cycle", size);
    this.refuel();
    this.#cycled += playCycle(this, size, rounds, mode);
  }

  /** One that joins free neighbours then has nearly all in one piece that it ever gave. */
  #settle(): void {
    const { blocks, guest } = this;
    this.#ask("settle", 0);
    for (const slot of blocks.slots()) this.#freeBlock(slot);
    guest.collect();
    const size = Math.floor((this.#top - this.#bottom) * SETTLED_PART);
    if (!this.capacity.coalesces || this.misusedAt >= 0 || size < SETTLED_BYTES_MIN) return;
    this.#request = size;
    guest.limitGrowth(guest.pages);
    const pointer = allocOrNothing(guest, size);
    guest.limitGrowth();
    this.result = pointer;
    if (pointer === 0) this.#break("retained", { size });
    this.checkBlock(pointer, size, 1);
    guest.free(pointer, size, 1);
    guest.collect();
  }

  #alloc(slot: number, size: number, align: number): void {
    if (this.blocks.isLive[slot] !== 0) return;
    this.#ask("alloc", size);
    if (align > ALIGN_ORDINARY) this.#request = this.capacity.bytes;
    this.result = this.guest.alloc(size, align);
    this.#take(slot, this.result, size, align);
  }

  #zalloc(slot: number, count: number, size: number): void {
    if (this.blocks.isLive[slot] !== 0 || !this.guest.plan.binding.calloc) return;
    const bytes = count * size;
    this.#ask("zalloc", bytes);
    const pointer = this.guest.zalloc(count, size);
    this.result = pointer;
    if (!this.#isGranted(pointer, bytes)) return;
    this.checkBlock(pointer, bytes, 0);
    this.#handledBytes += bytes;
    const dirty = firstNonZero(this.guest, pointer, bytes);
    if (dirty >= 0) this.#break("not-zeroed", { pointer, size: bytes, offset: dirty });
    this.#keep(slot, pointer, bytes, 0);
  }

  /** Without a block there, a realloc of nothing: malloc by another name. */
  #resize(slot: number, size: number): void {
    const { blocks } = this;
    if (!this.guest.plan.binding.realloc) return;
    if (blocks.isLive[slot] === 0) {
      this.#resizeNothing(slot, size);
      return;
    }
    // Rust forbids it: a block without bytes was never allocated.
    if (blocks.isPlaceless(slot)) return;
    this.#ask("resize", size);
    const [old, oldSize, align] = [blocks.pointer[slot], blocks.size[slot], blocks.align[slot]];
    this.#checkContents(slot);
    this.#resizing = slot;
    const pointer = this.guest.realloc(old, oldSize, size, align);
    this.#resizing = NO_BLOCK;
    this.result = pointer;
    this.guest.look();
    if (!this.#isGranted(pointer, size)) return;
    blocks.remove(slot);
    this.#liveBytes -= oldSize;
    blocks.pointerBefore[slot] = old;
    blocks.sizeBefore[slot] = oldSize;
    // C's realloc promises no more than malloc does.
    const kept = this.guest.plan.binding.aligned === undefined ? align : 0;
    this.checkBlock(pointer, size, kept);
    this.#checkKept(pointer, size, oldSize, blocks.tag[slot]);
    this.#keep(slot, pointer, size, kept);
  }

  #resizeNothing(slot: number, size: number): void {
    if (!this.guest.plan.binding.hasUniqueEmptyBlocks) return;
    this.#ask("resize", size);
    this.result = this.guest.realloc(0, 0, size, 0);
    this.#take(slot, this.result, size, 0);
  }

  #free(slot: number): void {
    const { blocks } = this;
    if (blocks.isLive[slot] === 0 || this.guest.plan.binding.free === undefined) return;
    this.#ask("free", 0);
    this.#freeBlock(slot);
  }

  #freeBlock(slot: number): void {
    const { blocks, guest } = this;
    this.#checkContents(slot);
    this.release(slot);
    guest.free(blocks.pointer[slot], blocks.size[slot], blocks.align[slot]);
    guest.look();
  }

  /** From here on the program is to blame. */
  beginMisuse(): void {
    if (this.misusedAt < 0) this.misusedAt = this.#at;
  }

  /** The block counts as given back. */
  release(slot: number): void {
    this.blocks.remove(slot);
    this.#liveBytes -= this.blocks.size[slot];
  }

  #take(slot: number, pointer: number, size: number, align: number): void {
    if (!this.#isGranted(pointer, size, align)) return;
    this.checkBlock(pointer, size, align);
    this.#keep(slot, pointer, size, align);
  }

  /** An allocator may know no alignments beyond that of a page. */
  #isGranted(pointer: number, size: number, align = 0): boolean {
    this.guest.look();
    this.#askedBytes += 4 * size + 256 + 2 * align;
    if (pointer !== 0) return true;
    const isOrdinary = align <= ALIGN_ORDINARY;
    const hasRoom = isOrdinary && isRoomy(this.#askedBytes, this.capacity);
    if (size > 0 && hasRoom && !this.#isStarved) this.#break("refused", { size });
    return false;
  }

  /** A new block: where it lies, and whose bytes it has. */
  checkBlock(pointer: number, size: number, align: number): void {
    const { plan, bytes } = this.guest;
    if (size === 0 && !plan.binding.hasUniqueEmptyBlocks) return;
    if (size > plan.memory.maximum * PAGE_BYTES) this.#break("granted-too-much", { pointer, size });
    if (pointer + size > bytes.length) this.#break("outside-memory", { pointer, size });
    if (plan.heapBase !== undefined && pointer < plan.heapBase) {
      this.#break("below-heap", { pointer, size });
    }
    if (pointer < this.#bottom) this.#bottom = pointer;
    if (pointer + size > this.#top) this.#top = pointer + size;
    const { alignment } = plan.binding;
    const natural = size < alignment ? 2 ** (31 - Math.clz32(size | 1)) : alignment;
    if (pointer % Math.max(align, natural) !== 0) this.#break("misaligned", { pointer, size });
    const otherSlot = this.blocks.overlapping(pointer, size);
    if (otherSlot === NO_BLOCK) return;
    const isSame = this.blocks.pointer[otherSlot] === pointer;
    this.#break(isSame ? "handed-out-twice" : "overlap", { pointer, size, otherSlot });
  }

  #keep(slot: number, pointer: number, size: number, align: number): void {
    const { blocks, guest } = this;
    const tag = tagOf(this.#at);
    if (size > 0 || guest.plan.binding.hasUniqueEmptyBlocks) blocks.add(slot, pointer, size);
    else blocks.addPlaceless(slot, pointer);
    blocks.align[slot] = align;
    blocks.tag[slot] = tag;
    blocks.madeAt[slot] = this.#at;
    this.#liveBytes += size;
    if (size >= PAINTED_BYTES && size <= this.#paint) {
      this.#paint -= size;
      this.#handledBytes += size;
      paintBlock(guest, pointer, size, tag);
    }
    fillBlock(guest, pointer, size, tag);
  }

  /** The smaller one of two sizes is what realloc has to keep. */
  #checkKept(pointer: number, size: number, oldSize: number, tag: number): void {
    const kept = Math.min(size, oldSize);
    this.#handledBytes += kept;
    const offset = firstChange(this.guest, pointer, oldSize, tag, kept);
    if (offset >= 0) this.#break("contents-lost", { pointer, size, offset });
  }

  #checkContents(slot: number): void {
    const { blocks, guest } = this;
    const [pointer, size, tag] = [blocks.pointer[slot], blocks.size[slot], blocks.tag[slot]];
    const offset = firstChange(guest, pointer, size, tag);
    if (offset < 0) return;
    const bytes = comparedByte(guest, pointer, offset, tag);
    this.#break("contents-changed", { pointer, size, otherSlot: slot, offset, ...bytes });
    fillBlock(guest, pointer, size, tag);
  }

  /** The contents of all blocks that live. */
  checkAll(): void {
    this.guest.look();
    for (let place = 0; place < this.blocks.count; place++) {
      this.#checkContents(this.blocks.at(place));
    }
  }

  /** A store of the module's own: no byte of a live block is its business. */
  #checkStore(address: number, bytes: number): void {
    const { blocks } = this;
    const slot = blocks.overlapping(address, bytes);
    if (slot === NO_BLOCK || slot === this.#resizing || blocks.size[slot] === 0) return;
    const pointer = blocks.pointer[slot];
    const offset = Math.max(0, address - pointer);
    this.#break("stored-into-block", { pointer, size: blocks.size[slot], otherSlot: slot, offset });
  }

  /** A rule was broken. On a correct program that is all; after a mistake it may get worse. */
  #break(rule: Rule, detail: Partial<BrokenRule>): void {
    const before = this.#violation;
    const isWorse = before === undefined || RULE_IMPACT[rule] !== RULE_IMPACT[before.rule];
    if (isWorse) this.#violation = { ...NOWHERE, ...detail, rule, at: this.#at, call: this.#call };
    if (this.misusedAt < 0) throw new Broken();
    const impact = RULE_IMPACT[rule];
    if (impactRank(impact) > impactRank(this.#impact)) this.#impact = impact;
    // Of harmed contents and refusals there may be more to come; two owners are the worst there is.
    if (rule === "stored-into-block") return;
    if (rule !== "contents-changed" && rule !== "contents-lost" && rule !== "refused") {
      throw new Broken();
    }
  }

  end(): never {
    throw new Broken();
  }
  breakRule(rule: Rule, detail: Partial<BrokenRule>): void {
    this.#break(rule, detail);
  }

  #caught(error: unknown): void {
    if (error instanceof Broken) return;
    const words = trapWords(error);
    const isAbort = error instanceof GuestAbort;
    const isEndless = this.guest.isOutOfFuel;
    const hasGivenUp = givesUp(this.guest, error);
    const isRefusal = hasGivenUp && !this.#isModest() && this.#request > 0;
    if (isRefusal && this.misusedAt < 0) return;
    try {
      this.#isNoticed = this.misusedAt >= 0 && hasGivenUp;
      const rule = isEndless ? "endless" : this.#isNoticed || isAbort ? "abort" : "trap";
      this.#break(rule, { words });
    } catch (broken) {
      if (!(broken instanceof Broken)) throw broken;
    }
  }

  #isModest(): boolean {
    const demand = { asked: this.#askedBytes, live: this.#liveBytes, request: this.#request };
    return !this.#isStarved && isModest(demand, this.capacity);
  }
}
