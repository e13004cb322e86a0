// The clock that two runs are compared by. No machine is as fast tomorrow as it was today, so a run
// does not compare nanoseconds with those of an older one but multiples of this: the simplest
// allocator there is, a stack of free places in a typed array, written in JavaScript and driven by
// uniform traffic. It takes its turns among the contenders, and is none.
import { Op, SLOT_MAX } from "../../abi.ts";
import type { ProgramImage } from "../../slub/program/image.ts";
import { type Contender, timed } from "./measure.ts";
import { ROUND, Stream } from "./stream.ts";

export const YARDSTICK = "yardstick";

const RECORD_WORDS = 4;

/** The same for all groups. */
const LIVE = 512;

export function yardstick(): Contender {
  const mix = { sizes: [64], weights: [1] };
  const stream = new Stream({ workload: "uniform", live: LIVE, mix, cpus: 1 });
  const places = new Places(2 * LIVE);
  stream.begin((image) => places.run(image));
  return {
    name: YARDSTICK,
    round: () => {
      const image = stream.next();
      return timed(ROUND, () => places.run(image));
    },
  };
}

class Places {
  readonly #free: Int32Array;
  #top: number;
  readonly #slots = new Int32Array(SLOT_MAX);

  constructor(count: number) {
    this.#free = Int32Array.from({ length: count }, (_, i) => i);
    this.#top = count;
  }

  run({ words, opCount }: ProgramImage): void {
    for (let i = 0; i < opCount; i++) {
      const slot = words[RECORD_WORDS * i + 1] & 0xffff;
      if ((words[RECORD_WORDS * i] & 0xff) === Op.ALLOC)
        this.#slots[slot] = this.#free[--this.#top];
      else this.#free[this.#top++] = this.#slots[slot];
    }
  }
}
