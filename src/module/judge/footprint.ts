// How much memory an allocator takes: what a block of each size comes to, and what traffic with a
// name takes at its peak, beside the bytes that live at a time and beside what a first fit takes
// that wastes nothing. These are figures. A rule comes of them only where somebody names a bound.
import { Prng } from "../../base/prng.ts";
import { type Capacity, isGuests } from "./capacity.ts";
import type { Heap } from "./heap.ts";
import { ReferenceHeap } from "./reference.ts";

/** Bytes of memory that a block of a size takes, about. */
interface SizeFigure {
  readonly size: number;
  readonly taken: number;
}

/** What a workload took, in bytes. */
export interface WorkloadFigure {
  readonly name: FootprintWorkload;
  /** The most that lived at a time. */
  readonly live: number;
  /** From the lowest block to the end of the highest one. */
  readonly taken: number;
  /** The same of a first fit, whose blocks are multiples of 16 bytes. */
  readonly firstFit: number;
}

/** What is left out could not be had: the allocator refused, or gave up. */
export interface Footprint {
  readonly waste: readonly SizeFigure[];
  /** None of an allocator that never uses a block again, by design. */
  readonly workloads: readonly WorkloadFigure[];
}

/** On instances of its own, each as it is at the very beginning. */
export function footprintOf(guest: Heap, capacity: Capacity): Footprint {
  const { isArena = false } = guest.plan.binding;
  const names = isArena ? [] : (Object.keys(WORKLOADS) as FootprintWorkload[]);
  return {
    waste: SIZES.flatMap((size) => sizeFigure(guest, size, capacity) ?? []),
    workloads: names.flatMap((name) => workloadFigure(guest, name, capacity) ?? []),
  };
}

const SIZES = [1, 8, 16, 24, 32, 48, 64, 100, 128, 256, 500, 1024, 2000, 4096, 10_000, 65_536];
/** Blocks of a size, and the part of all memory that they may come to. */
const BLOCKS_MAX = 256;
const BLOCKS_MIN = 4;
const SIZED_PART = 1 / 4;
/** A larger gap between two blocks has another owner. */
const GAP_MAX = 1 << 16;
const ALIGN = 8;

function sizeFigure(guest: Heap, size: number, { bytes }: Capacity): SizeFigure | undefined {
  const count = Math.min(BLOCKS_MAX, Math.floor((bytes * SIZED_PART) / size));
  if (count < BLOCKS_MIN) return undefined;
  return unlessRefusing(() => {
    guest.restart();
    const pointers = Float64Array.from({ length: count }, () => taken(guest, size));
    return { size, taken: distanceOf(pointers.sort(), size) };
  });
}

/** The mean distance from one block to the next one, where nothing else lies between. */
function distanceOf(pointers: Float64Array, size: number): number {
  let sum = 0;
  let gaps = 0;
  for (let i = 1; i < pointers.length; i++) {
    const gap = pointers[i] - pointers[i - 1];
    if (gap > size + GAP_MAX) continue;
    sum += gap;
    gaps++;
  }
  return gaps === 0 ? GAP_MAX : Math.round(sum / gaps);
}

class Refused extends Error {}

function taken(heap: Heap, size: number): number {
  heap.refuel();
  const pointer = heap.alloc(size, ALIGN);
  if (pointer === 0) throw new Refused();
  return pointer;
}

/** Work that a module may refuse in any way. */
function unlessRefusing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused || isGuests(error)) return undefined;
    throw error;
  }
}

/** Bytes that live at a time, about. */
const LIVE_BYTES = 1 << 17;
const LIVE_PART = 1 / 16;

function workloadFigure(
  guest: Heap,
  name: FootprintWorkload,
  { bytes }: Capacity,
): WorkloadFigure | undefined {
  const most = Math.min(LIVE_BYTES, Math.floor(bytes * LIVE_PART));
  return unlessRefusing(() => {
    const { live, taken } = played(guest, name, most);
    const reference = played(new ReferenceHeap(guest.plan), name, most);
    return { name, live, taken, firstFit: reference.taken };
  });
}

function played(heap: Heap, name: FootprintWorkload, most: number): Traffic {
  heap.restart();
  const traffic = new Traffic(heap);
  WORKLOADS[name](traffic, most);
  return traffic;
}

interface Block {
  readonly pointer: number;
  readonly size: number;
}

/** A collector comes by after so many blocks were given back. */
const COLLECT_EVERY = 64;

/** Blocks that come and go, and the account of them. */
class Traffic {
  /** The same draws for each allocator. */
  readonly prng = new Prng({ high: 0, low: 0xf00d }, 0);
  readonly blocks: Block[] = [];
  readonly #heap: Heap;
  #now = 0;
  #given = 0;
  #bottom = Number.POSITIVE_INFINITY;
  #top = 0;
  /** The most bytes that lived at a time. */
  live = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /** From the lowest block so far to the end of the highest one. */
  get taken(): number {
    return this.#top - this.#bottom;
  }

  get liveNow(): number {
    return this.#now;
  }

  take(size: number): Block {
    const pointer = taken(this.#heap, size);
    this.#now += size;
    if (this.#now > this.live) this.live = this.#now;
    if (pointer < this.#bottom) this.#bottom = pointer;
    if (pointer + size > this.#top) this.#top = pointer + size;
    return { pointer, size };
  }

  give({ pointer, size }: Block): void {
    this.#heap.free(pointer, size, ALIGN);
    this.#now -= size;
    if (++this.#given % COLLECT_EVERY === 0) this.#heap.collect();
  }

  /** One more block that stays for now. */
  keep(size: number): void {
    this.blocks.push(this.take(size));
  }

  /** Gives a kept block back, by its place. */
  drop(place: number): void {
    const { blocks } = this;
    const last = blocks.length - 1;
    this.give(blocks[place]);
    blocks[place] = blocks[last];
    blocks.length = last;
  }
}

/** Each with the bytes that may live at a time. */
type Workload = (traffic: Traffic, most: number) => void;

const TURNS = 6;
const SHORT_BYTES = 4096;
const LONG_BYTES = 48;
const BUFFERS = 8;

function shuffled<T>(items: readonly T[], prng: Prng): readonly T[] {
  const mixed = [...items];
  for (let left = mixed.length; left > 1; left--) {
    const place = prng.below(left);
    [mixed[place], mixed[left - 1]] = [mixed[left - 1], mixed[place]];
  }
  return mixed;
}

const WORKLOADS = {
  /** Blocks of 16 to 527 bytes, each replaced some times by one of another size. */
  steady: (traffic, most) => {
    const size = () => 16 + traffic.prng.below(512);
    while (traffic.liveNow < most) traffic.keep(size());
    for (let left = TURNS * traffic.blocks.length; left > 0; left--) {
      traffic.drop(traffic.prng.below(traffic.blocks.length));
      if (traffic.liveNow < most) traffic.keep(size());
    }
  },
  /** The same number of bytes, in blocks that become larger and larger. */
  drifting: (traffic, most) => {
    for (let mean = 32; mean <= 1024; mean *= 2) {
      const fill = () => {
        while (traffic.liveNow + 2 * mean < most) traffic.keep(mean + traffic.prng.below(mean));
      };
      for (const block of shuffled(traffic.blocks.splice(0), traffic.prng)) {
        traffic.give(block);
        fill();
      }
      fill();
    }
  },
  /** Every second one of small blocks gives way to blocks of twice its size. */
  checkerboard: (traffic, most) => {
    for (let size = 64; size <= 1024; size *= 2) {
      while (traffic.liveNow < most) traffic.keep(size);
      const { blocks } = traffic;
      for (const block of blocks.filter((_, place) => place % 2 === 0)) traffic.give(block);
      blocks.splice(0, blocks.length, ...blocks.filter((_, place) => place % 2 === 1));
    }
  },
  /** Large blocks that go soon, and a small one that stays beside each of them. */
  "long-lived": (traffic, most) => {
    while (traffic.liveNow < most / 4) {
      const short = traffic.take(SHORT_BYTES);
      traffic.keep(LONG_BYTES);
      traffic.give(short);
    }
  },
  /** Buffers that double in turn. */
  growing: (traffic, most) => {
    const buffers = Array.from({ length: BUFFERS }, () => traffic.take(64));
    for (let size = 128; size <= most / BUFFERS / 2; size *= 2) {
      for (const [place, buffer] of buffers.entries()) {
        buffers[place] = traffic.take(size);
        traffic.give(buffer);
      }
    }
  },
} satisfies Readonly<Record<string, Workload>>;

export type FootprintWorkload = keyof typeof WORKLOADS;
