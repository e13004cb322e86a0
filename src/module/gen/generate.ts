// Programs for foreign allocators, from a seed. Each has a temper of its own (how many blocks,
// which sizes, in which order they are given back), drawn first; then come operations, in phases of
// growing and shrinking; a program with a mistake makes it half way, and goes on as if nothing was.
import { Prng, type SeedWords } from "../../base/prng.ts";
import type { BugName } from "../../target/bug_names.ts";
import type { Capacity } from "../judge/capacity.ts";
import { CYCLE_MODES, callsOf, canPlay, cycleSizeMax } from "../judge/cycle.ts";
import { type Binding, takesAlignment } from "../load/binding.ts";
import { Code, FOREIGN_SLOTS_MAX, ForeignImage } from "../program/op.ts";
import { commit, type Order, SlotQueue } from "./mistake.ts";
import { hugeSize, SizePalette } from "./sizes.ts";

export interface ForeignShape {
  readonly seed: SeedWords;
  readonly bugs: readonly BugName[];
  /** The mistake is left out, everything else stays. */
  readonly twins: boolean;
  /** Sizes in bytes that are all there is; undefined for all kinds. */
  readonly sizes: readonly number[] | undefined;
  readonly opCountMax: number;
}

const SLOT_COUNTS = [4, 12, 32, 96, 256] as const;
/** Operations of a phase: two to the power of this. */
const PHASE_SHIFT = 6;
const ORDERS: readonly Order[] = ["any", "any", "any", "newest", "oldest"];
/**
 * Sizes of cycles: two to the power of this. The calls of all rounds: mostly few, now and then as
 * many as a slow leak needs.
 */
const CYCLE_SHIFT_MIN = 3;
const CYCLE_SHIFT_MAX = 20;
const CYCLE_CALLS_SHIFTS = [10, 16] as const;
const LONG_CYCLE = 24;
const LONG_CYCLE_CALLS = 1 << 20;
/** Functions that copy or clear take their time: bytes of one block in all rounds. */
const CYCLED_BYTES = 24 << 20;
const CYCLE_ROUNDS_MIN = 16;
/** Pages that memory may still grow by while the host refuses more, and what lifts the limit. */
const LIMIT_PAGES_MAX = 4;
export const NO_LIMIT_PAGES = 65536;
/** One program in so many ends with all blocks freed. */
const SETTLED = 6;
const ZALLOC_BYTES_MAX = 1 << 18;
const ALIGNS = [1, 1, 2, 4, 4, 8, 8, 8, 16, 16, 32, 64, 256, 4096, 65536, 1 << 18] as const;
const TABLE_SIZE = 64;
const SHORT_OPS = 64;
/** Operations that a mistake adds at most. */
const MISTAKE_OPS = 16;

/** It goes on after a request that is sure to be too large. */
function refusesSoftly({ refusesHuge, bytes }: Capacity): boolean {
  return refusesHuge === "null" && bytes < 1 << 30;
}

export class ForeignGenerator {
  readonly image: ForeignImage;
  readonly prng: Prng;
  readonly live = new SlotQueue();
  /** What was last asked for in a slot. */
  readonly sizes = new Uint32Array(FOREIGN_SLOTS_MAX);
  bug: BugName = "none";
  readonly #shape: ForeignShape;
  readonly #binding: Binding;
  readonly #capacity: Capacity;
  readonly #takesAlignment: boolean;
  readonly #palette = new SizePalette();
  /** What comes next, while blocks are to become more and while they are to become fewer. */
  readonly #growing = new Uint8Array(TABLE_SIZE);
  readonly #shrinking = new Uint8Array(TABLE_SIZE);
  /** Slots that held a block and are empty, and those that never did. */
  readonly #empty: number[] = [];
  #slotsUsed = 0;
  #slotCount = 0;
  #order: Order = "any";
  #cycleOdds = 0;
  #hugeOdds = 0;
  #limitOdds = 0;
  #isLimited = false;
  readonly #cycleModes: readonly number[];

  constructor(shape: ForeignShape, binding: Binding, capacity: Capacity) {
    this.#shape = shape;
    this.#binding = binding;
    this.#capacity = capacity;
    this.#takesAlignment = takesAlignment(binding);
    this.#cycleModes = CYCLE_MODES.map((_, mode) => mode).filter((mode) => {
      const isRefused = CYCLE_MODES[mode] === "mixed-refused";
      return canPlay(CYCLE_MODES[mode], binding) && (!isRefused || refusesSoftly(capacity));
    });
    this.prng = new Prng(shape.seed);
    this.image = new ForeignImage(shape.opCountMax + MISTAKE_OPS);
  }

  /** The program of a case; it stays until the next one is made. */
  generate(caseNumber: number): ForeignImage {
    const { prng, image } = this;
    prng.start(this.#shape.seed, caseNumber);
    this.#begin();
    this.#drawTemper();
    const length = this.#drawLength();
    let mistakeAt = this.bug === "none" ? length : prng.between(length >> 2, length >> 1);
    while (image.count < length) {
      if (image.count >= mistakeAt && this.live.length > 0) {
        mistakeAt = length;
        commit(this, this.bug, this.#shape.twins);
      }
      this.#addOperation();
    }
    if (this.#isLimited) image.add(Code.limit, 0, NO_LIMIT_PAGES);
    if (this.bug === "none" && prng.oneIn(SETTLED)) image.add(Code.settle, 0);
    return image;
  }

  #begin(): void {
    this.image.clear();
    this.live.clear();
    this.#empty.length = 0;
    this.#slotsUsed = 0;
    this.#isLimited = false;
  }

  #drawTemper(): void {
    const { prng } = this;
    this.bug = prng.pick(this.#shape.bugs);
    this.#slotCount = prng.pick(SLOT_COUNTS);
    this.#order = prng.pick(ORDERS);
    this.#palette.mix(prng, this.#capacity.bytes, this.#shape.sizes);
    this.#mixOperations();
    this.#cycleOdds = this.#binding.isArena || !prng.oneIn(3) ? 0 : this.#shape.opCountMax;
    this.#hugeOdds = prng.oneIn(8) ? 100 : 0;
    this.#limitOdds = prng.oneIn(6) ? 100 : 0;
  }

  #mixOperations(): void {
    const { prng } = this;
    const { calloc, realloc, collect } = this.#binding;
    const often = (bound: unknown, most: number): number =>
      bound === undefined ? 0 : prng.below(most);
    const rest = [often(calloc, 8), often(realloc, 16), often(collect, 2)];
    const codes = [Code.alloc, Code.free, Code.zalloc, Code.resize, Code.collect];
    for (const [table, allocs, frees] of [
      [this.#growing, 24, 12],
      [this.#shrinking, 12, 24],
    ] as const) {
      const weights = [allocs, this.#binding.free === undefined ? 0 : frees, ...rest];
      for (let i = 0; i < TABLE_SIZE; i++) table[i] = codes[prng.weighted(weights)];
    }
  }

  /** Half of them as long as may be. Short ones stay close to an empty heap, and cost little. */
  #drawLength(): number {
    const { prng } = this;
    const { opCountMax } = this.#shape;
    if (prng.oneIn(2)) return opCountMax;
    return prng.between(1, Math.min(opCountMax, prng.oneIn(2) ? SHORT_OPS : opCountMax));
  }

  #addOperation(): void {
    const { prng } = this;
    if (this.#cycleOdds > 0 && prng.oneIn(this.#cycleOdds)) this.#addCycle();
    else if (this.#limitOdds > 0 && prng.oneIn(this.#limitOdds)) this.#addLimit();
    else if (this.#hugeOdds > 0 && prng.oneIn(this.#hugeOdds)) this.#addHuge();
    else this.#addOf(this.#nextCode());
  }

  #nextCode(): number {
    const isGrowing = ((this.image.count >>> PHASE_SHIFT) & 1) === 0;
    const code = (isGrowing ? this.#growing : this.#shrinking)[this.prng.next() >>> 26];
    const isMaking = code === Code.alloc || code === Code.zalloc;
    const isFull = this.live.length >= this.#slotCount && this.#binding.free !== undefined;
    if (isMaking) return isFull ? Code.free : code;
    return this.live.length === 0 && code !== Code.collect ? Code.alloc : code;
  }

  #addOf(code: number): void {
    const { prng, live } = this;
    if (code === Code.alloc) this.allocate(this.#palette.draw(prng));
    else if (code === Code.free) this.free(live.choose(prng, this.#order));
    else if (code === Code.zalloc) this.#addZalloc();
    else if (code === Code.resize) this.#addResize();
    else this.image.add(code, 0);
  }

  /** A new block in a slot that is empty. */
  allocate(size: number): void {
    this.image.add(Code.alloc, this.#takeSlot(size), size, this.#drawAlign());
  }

  #addZalloc(): void {
    const { prng } = this;
    const size = Math.min(this.#palette.draw(prng), ZALLOC_BYTES_MAX);
    const count = prng.oneIn(2) ? 1 : prng.between(1, 16);
    const each = Math.floor(size / count);
    this.image.add(Code.zalloc, this.#takeSlot(count * each), count, each);
  }

  #addResize(): void {
    const { prng, live, sizes } = this;
    const slot = live.at(live.choose(prng, this.#order));
    const isNear = this.#shape.sizes === undefined && prng.oneIn(3);
    const drawn = isNear ? sizes[slot] + prng.between(-16, 16) : this.#palette.draw(prng);
    sizes[slot] = Math.max(1, drawn);
    this.image.add(Code.resize, slot, sizes[slot]);
  }

  #addCycle(): void {
    const { prng } = this;
    const { bytes } = this.#capacity;
    const mode = prng.pick(this.#cycleModes);
    const drawn = 1 << prng.between(CYCLE_SHIFT_MIN, CYCLE_SHIFT_MAX);
    const size = Math.min(drawn + prng.below(drawn), cycleSizeMax(CYCLE_MODES[mode], bytes));
    const isLong = prng.oneIn(LONG_CYCLE);
    const calls = isLong ? LONG_CYCLE_CALLS : 1 << prng.between(...CYCLE_CALLS_SHIFTS);
    const rounds = Math.min(calls / callsOf(CYCLE_MODES[mode]), CYCLED_BYTES / size);
    this.image.add(Code.cycle, 0, size, Math.max(Math.ceil(rounds), CYCLE_ROUNDS_MIN), mode);
  }

  /** The host refuses growth for a while. */
  #addLimit(): void {
    const pages = this.#isLimited ? NO_LIMIT_PAGES : this.prng.between(0, LIMIT_PAGES_MAX);
    this.#isLimited = !this.#isLimited;
    this.image.add(Code.limit, 0, pages);
  }

  /** Requests that no allocator can meet, plain or as a product that wraps around. */
  #addHuge(): void {
    const { prng, live } = this;
    const size = hugeSize(prng);
    const { calloc, realloc } = this.#binding;
    if (calloc !== undefined && prng.oneIn(3)) {
      const count = 1 << prng.between(1, 16);
      const each = Math.ceil(0x100000000 / count) + prng.below(16);
      this.image.add(Code.zalloc, this.#spareSlot(), count, each);
    } else if (realloc !== undefined && live.length > 0 && prng.oneIn(2)) {
      this.image.add(Code.resize, live.at(prng.below(live.length)), size);
    } else {
      this.image.add(Code.alloc, this.#spareSlot(), size, this.#drawAlign());
    }
  }

  /** The next slot that was never used: what goes into it is refused, or wrong. */
  #spareSlot(): number {
    return this.#slotsUsed;
  }

  #drawAlign(): number {
    return this.#takesAlignment ? this.prng.pick(ALIGNS) : 0;
  }

  #takeSlot(size: number): number {
    const slot = this.#empty.pop() ?? this.#slotsUsed++;
    this.live.add(slot);
    this.sizes[slot] = size;
    return slot;
  }

  /** Frees a live block, by its place among them. Returns its slot. */
  free(index: number): number {
    const slot = this.live.take(index);
    this.#empty.push(slot);
    this.image.add(Code.free, slot);
    return slot;
  }

  /** Another slot gets a block of the size of one that was just freed. */
  reuse(size: number): void {
    const freed = this.#empty.pop();
    this.allocate(size);
    if (freed !== undefined) this.#empty.unshift(freed);
  }
}
