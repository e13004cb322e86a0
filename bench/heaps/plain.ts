// The algorithm in plain JavaScript, driven by the same records.
import { Op, Profile, SLOT_MAX } from "../../src/abi.ts";
import { type Contender, timed } from "../../src/compare/bench/measure.ts";
import { ROUND } from "../../src/compare/bench/stream.ts";
import { Layout } from "../../src/slub/oracle/layout.ts";
import type { ProgramImage } from "../../src/slub/program/image.ts";
import { lettersOfFlags } from "../../src/slub/program/letters.ts";
import { toggles } from "../toggles.ts";
import { PlainSlub } from "./plain_slub.ts";

export function plainContender(size: number, live: number): Contender {
  const layout = new Layout();
  const letters = lettersOfFlags("FZP");
  layout.compute({ profile: Profile.V61, size, align: 0, letters, nrCpuIds: 1 });
  const driver = new PlainDriver(new PlainSlub(layout, Math.ceil((2 * live) / layout.objects) + 8));
  const stream = toggles(live, size);
  stream.begin((image) => driver.run(image));
  return {
    name: "plain JavaScript FZP",
    round: () => {
      const image = stream.next();
      return timed(ROUND, () => driver.run(image));
    },
  };
}

class PlainDriver {
  readonly #heap: PlainSlub;
  readonly #slots = new Int32Array(SLOT_MAX);
  readonly #results = new Int32Array(4 * 65536);

  constructor(heap: PlainSlub) {
    this.#heap = heap;
  }

  run(image: ProgramImage): void {
    const { words, opCount } = image;
    for (let i = 0; i < opCount; i++) {
      const slot = words[4 * i + 1] & 0xffff;
      let object = 0;
      if ((words[4 * i] & 0xff) === Op.ALLOC) {
        object = this.#heap.alloc();
        this.#slots[slot] = object;
      } else {
        this.#heap.free(this.#slots[slot]);
      }
      this.#results[4 * i] = 0;
      this.#results[4 * i + 2] = object;
    }
  }
}
