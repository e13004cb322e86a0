// The same traffic again and again: all that it frees has to be used again, so that more and more
// rounds need no more memory. A few rounds show how much it takes; from then on memory may grow by
// little, whatever the module could have otherwise (a leak of some bytes a round fills that soon),
// and a round that is refused something has lost what earlier ones gave back.
//
// Where an allocator does not join free neighbours, one refusal is no proof: free memory falls to
// pieces at first until there are pieces for everything. Then all mixed rounds are of the same
// kind, and the highest address must have risen to the end.
// A leak of L bytes a round takes about SLACK_BYTES / L rounds to show.
import { mix32 } from "../../base/prng.ts";
import { PAGE_BYTES } from "../../wasm/cap.ts";
import { type Binding, takesAlignment } from "../load/binding.ts";
import type { Capacity } from "./capacity.ts";
import type { Heap } from "./heap.ts";
import { givesUp } from "./refusal.ts";
import type { BrokenRule, Rule } from "./rule.ts";

/** What is done in a round. The mixed ones have many blocks of many sizes, and many orders. */
export const CYCLE_MODES = [
  "one",
  "first-first",
  "last-first",
  "resized",
  "zeroed",
  "mixed",
  "mixed-resized",
  "mixed-aligned",
  "mixed-refused",
  "many",
] as const;
export type CycleMode = (typeof CYCLE_MODES)[number];

function isMixed(mode: CycleMode): boolean {
  return mode.startsWith("mixed");
}

/** Whether a binding has the functions that a mode calls; not so for a number that is no mode's. */
export function canPlay(mode: CycleMode | undefined, binding: Binding): boolean {
  if (mode === "zeroed") return binding.calloc !== undefined;
  if (mode === "resized" || mode === "mixed-resized") return binding.realloc !== undefined;
  if (mode === "mixed-aligned") return takesAlignment(binding);
  return mode !== undefined;
}

/** Calls of the allocator in a round, about. */
export function callsOf(mode: CycleMode): number {
  if (mode === "many") return 2 * MANY;
  return isMixed(mode) ? 3 * BLOCKS : 4;
}

/** Bytes that a round has at most at a time, as multiples of its size. */
function partsOf(mode: CycleMode): number {
  if (mode === "many") return MANY;
  return isMixed(mode) ? BLOCKS : 3;
}

/** Larger ones fill all of memory before it is known how much a round takes. */
export function cycleSizeMax(mode: CycleMode, bytes: number): number {
  return Math.max(1, Math.floor(bytes / partsOf(mode) / (isMixed(mode) ? 2 * KINDS : WARM_ROUNDS)));
}

/** Plays operations; the judge checks the rules. */
interface CyclePlayer {
  readonly guest: Heap;
  readonly capacity: Capacity;
  /** The result of a cycle: by how many bytes memory grew. */
  result: number;
  checkBlock(pointer: number, size: number, align: number): void;
  /** Loops get new fuel, unless the program has worked for long enough. */
  refuel(): void;
  breakRule(rule: Rule, detail: Partial<BrokenRule>): void;
  /** Ends the program: its instance cannot go on. */
  end(): never;
}

/** What memory may grow by once it is known how much a round takes, beside a few rounds' bytes. */
const SLACK_BYTES = 128 << 10;
const SLACK_ROUNDS = 2;
/** So many times as much where free memory stays in pieces. */
const SLACK_IN_PIECES = 2;
/** Rounds that show how much it takes: so many, or this part of all. */
const WARM_ROUNDS = 6;
const WARM_PART = 8;
/** Mixed rounds come in so many kinds, one after the other. */
const KINDS = 32;
/** Blocks of a mixed round, and of one of many. */
const BLOCKS = 16;
const MANY = 64;
/** Of what the highest address rose by, the last third of all rounds has at least this part. */
const STEADY_PART = 5;
/** Where growth cannot be limited: growth by half of all that was asked for, if that is a lot. */
const TELLING_BYTES = 4 << 20;
const TELLING_ROUNDS = 16;

/** Plays so many rounds; returns how many calls they were. */
export function playCycle(player: CyclePlayer, size: number, rounds: number, mode: number): number {
  return new Cycle(player, size, rounds, CYCLE_MODES[mode]).play();
}

class Cycle {
  readonly #player: CyclePlayer;
  readonly #size: number;
  readonly #rounds: number;
  readonly #mode: CycleMode;
  readonly #warm: number;
  /** Ends of the highest block so far, after each round. */
  readonly #tops: number[] = [];
  #top = 0;
  #round = 0;
  #isLimited = false;

  constructor(player: CyclePlayer, size: number, rounds: number, mode: CycleMode) {
    this.#player = player;
    this.#size = size;
    this.#rounds = rounds;
    this.#mode = mode;
    const kinds = isMixed(mode) ? KINDS : 1;
    const times = Math.floor(rounds / WARM_PART / kinds);
    this.#warm = kinds * Math.max(times, isMixed(mode) ? 1 : WARM_ROUNDS);
  }

  play(): number {
    const { guest } = this.#player;
    const before = guest.look().length;
    letGo();
    for (; this.#round < this.#rounds; this.#round++) {
      if (this.#round === this.#warm) this.#limit();
      const isWhole = this.#playRound();
      this.#tops.push(this.#top);
      if (isWhole) continue;
      guest.limitGrowth();
      if (this.#isLost) this.#break();
      return this.#calls;
    }
    guest.limitGrowth();
    this.#player.result = guest.look().length - before;
    if (!guest.canLimitGrowth) this.#judgeGrowth(this.#player.result);
    return this.#calls;
  }

  get #kind(): number {
    const { coalesces } = this.#player.capacity;
    return coalesces ? this.#round : this.#size % KINDS;
  }

  get #calls(): number {
    return (this.#round + 1) * callsOf(this.#mode);
  }

  #break(): void {
    this.#player.breakRule("not-reused", { size: this.#size, offset: this.#round });
  }

  /** Not where memory could not grow that far in any case. */
  #limit(): void {
    const { guest } = this.#player;
    const slack = SLACK_BYTES + SLACK_ROUNDS * partsOf(this.#mode) * this.#size;
    const times = this.#player.capacity.coalesces ? 1 : SLACK_IN_PIECES;
    const pages = Math.ceil((guest.look().length + times * slack) / PAGE_BYTES);
    this.#isLimited = guest.canLimitGrowth && pages < guest.plan.memory.maximum;
    if (this.#isLimited) guest.limitGrowth(pages);
  }

  /**
   * Refused for what earlier rounds lost. Where an early round was refused, or a mixed one at the
   * end of all memory, there may have been too little to begin with.
   */
  get #isLost(): boolean {
    if (!this.#isLimited) return this.#round > 0 && !isMixed(this.#mode);
    return this.#player.capacity.coalesces || this.#isSteady;
  }

  /** The highest address rose to the very end: what was lost had no end. */
  get #isSteady(): boolean {
    const tops = this.#tops;
    if (tops.length < TELLING_ROUNDS) return true;
    const third = tops[Math.floor((2 * tops.length) / 3)];
    const last = tops[tops.length - 1];
    return (last - third) * STEADY_PART >= last - tops[0] && last > tops[0];
  }

  #judgeGrowth(grown: number): void {
    const cycled = this.#size * this.#rounds;
    const isTelling = this.#rounds >= TELLING_ROUNDS && cycled >= TELLING_BYTES;
    const usual = SLACK_ROUNDS * partsOf(this.#mode) * this.#size;
    if (isTelling && grown > usual + cycled / 2) this.#break();
  }

  /** False if it was refused something. A module that gives up cannot go on. */
  #playRound(): boolean {
    const { guest } = this.#player;
    if ((this.#round & REFUEL_MASK) === 0) this.#player.refuel();
    try {
      const isWhole = ROUNDS[this.#mode](this, this.#size, this.#kind);
      guest.collect();
      return isWhole;
    } catch (error) {
      if (!givesUp(guest, error) || !this.#isNearLimit) throw error;
      this.#tops.push(this.#top);
      if (this.#isLost) this.#break();
      return this.#player.end();
    }
  }

  get #isNearLimit(): boolean {
    const { guest } = this.#player;
    const room = guest.pagesLimit * PAGE_BYTES - guest.look().length;
    return room <= 2 * this.#size + 2 * PAGE_BYTES;
  }

  get guest(): Heap {
    return this.#player.guest;
  }

  get(size: number, align = 1): number {
    const block = this.guest.alloc(size, align);
    if (block !== 0) this.see(block, size, align);
    return block;
  }

  /** A block as it came. */
  see(block: number, size: number, align: number): void {
    this.guest.look();
    this.#player.checkBlock(block, size, align);
    this.#checkBeside(block, size);
    if (block + size > this.#top) this.#top = block + size;
  }

  /** Beside the other blocks of the round at hand. */
  #checkBeside(pointer: number, size: number): void {
    for (let i = 0; i < held; i++) {
      const other = blocks[i];
      if (other === 0 || pointer >= other + sizes[i] || other >= pointer + size) continue;
      const rule = other === pointer ? "handed-out-twice" : "overlap";
      this.#player.breakRule(rule, { pointer, size });
    }
  }

  giveBack(block: number, size: number, align = 1): void {
    if (block !== 0) this.guest.free(block, size, align);
  }
}

/** Loops get new fuel before every so many rounds. */
const REFUEL_MASK = 7;

/** A round; false if it was refused something. */
type Round = (cycle: Cycle, size: number, kind: number) => boolean;

const ROUNDS: Readonly<Record<CycleMode, Round>> = {
  one: (cycle, size) => {
    const block = cycle.get(size);
    cycle.giveBack(block, size);
    return block !== 0;
  },
  "first-first": (cycle, size) => {
    const [one, other] = getTwo(cycle, size);
    cycle.giveBack(one, size);
    cycle.giveBack(other, size);
    return one !== 0 && other !== 0;
  },
  "last-first": (cycle, size) => {
    const [one, other] = getTwo(cycle, size);
    cycle.giveBack(other, size);
    cycle.giveBack(one, size);
    return one !== 0 && other !== 0;
  },
  resized: (cycle, size) => {
    const block = cycle.get(size);
    if (block === 0) return false;
    const larger = cycle.guest.realloc(block, size, 2 * size, 1);
    if (larger !== 0) cycle.see(larger, 2 * size, 1);
    cycle.giveBack(larger === 0 ? block : larger, larger === 0 ? size : 2 * size);
    return larger !== 0;
  },
  zeroed: (cycle, size) => {
    const block = cycle.guest.zalloc(1, size);
    if (block !== 0) cycle.see(block, size, 1);
    cycle.giveBack(block, size);
    return block !== 0;
  },
  mixed: (cycle, size, kind) => playMixed(cycle, size, kind),
  "mixed-resized": (cycle, size, kind) => playMixed(cycle, size, kind, resizeAll),
  "mixed-aligned": (cycle, size, kind) => playMixed(cycle, size, kind, undefined, ALIGN_POWERS),
  "mixed-refused": (cycle, size, kind) =>
    playMixed(cycle, size, kind, () => {
      const tooMuch = cycle.guest.pagesLimit * PAGE_BYTES;
      const block = cycle.guest.alloc(tooMuch, 1);
      if (block !== 0) cycle.see(block, tooMuch, 1);
      return block === 0;
    }),
  many: (cycle, size, kind) => {
    let isWhole = true;
    for (let i = 0; i < MANY && isWhole; i++) {
      sizes[i] = size;
      blocks[i] = cycle.get(size);
      held = i + 1;
      isWhole = blocks[i] !== 0;
    }
    for (let i = 0; i < MANY; i++) cycle.giveBack(blocks[(5 * i + kind) % MANY], size);
    letGo();
    return isWhole;
  },
};

function getTwo(cycle: Cycle, size: number): readonly [number, number] {
  blocks[0] = cycle.get(size);
  sizes[0] = size;
  held = 1;
  const other = cycle.get(size);
  const one = blocks[0];
  letGo();
  return [one, other];
}

function letGo(): void {
  blocks.fill(0);
  held = 0;
}

const ALIGN_POWERS = 9;

/** The blocks of the round at hand; so many of them at most are live. */
const blocks = new Float64Array(MANY);
const sizes = new Float64Array(MANY);
const aligns = new Float64Array(BLOCKS);
let held = 0;

/** Half of the blocks make room for others before all of them go, in an order of the kind. */
function playMixed(
  cycle: Cycle,
  size: number,
  kind: number,
  between?: (cycle: Cycle, size: number, kind: number) => boolean,
  alignPowers = 1,
): boolean {
  blocks.fill(0);
  held = BLOCKS;
  const place = (index: number): number => (index * (2 * kind + 1) + kind) % BLOCKS;
  const take = (index: number, turn: number): boolean => {
    const bits = mix32((kind * 4 + turn) * BLOCKS + index + 1);
    sizes[index] = sizeFrom(bits, size);
    aligns[index] = 1 << ((bits >>> 28) % alignPowers);
    blocks[index] = cycle.get(sizes[index], aligns[index]);
    return blocks[index] !== 0;
  };
  const drop = (index: number): void => {
    cycle.giveBack(blocks[index], sizes[index], aligns[index]);
    blocks[index] = 0;
  };
  let isWhole = true;
  for (let i = 0; i < BLOCKS && isWhole; i++) isWhole = take(i, 0);
  for (let i = 0; i < BLOCKS / 2 && isWhole; i++) drop(place(i));
  for (let i = 0; i < BLOCKS / 2 && isWhole; i++) isWhole = take(place(i), 1);
  if (isWhole && between !== undefined) isWhole = between(cycle, size, kind);
  for (let i = 0; i < BLOCKS; i++) drop(place(i));
  held = 0;
  return isWhole;
}

/** Of every order of magnitude, or as large as any. */
function sizeFrom(bits: number, size: number): number {
  const most = Math.max(1, size >>> ((bits & 1) * ((bits >>> 1) & 7)));
  return 1 + ((bits >>> 4) % most);
}

function resizeAll(cycle: Cycle, size: number, kind: number): boolean {
  for (let i = 0; i < BLOCKS; i++) {
    const wanted = sizeFrom(mix32((kind * 4 + 2) * BLOCKS + i + 1), size);
    const block = cycle.guest.realloc(blocks[i], sizes[i], wanted, aligns[i]);
    if (block === 0) return false;
    blocks[i] = 0;
    cycle.see(block, wanted, aligns[i]);
    blocks[i] = block;
    sizes[i] = wanted;
  }
  return true;
}
