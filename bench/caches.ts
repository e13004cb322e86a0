// The same stream over more and more caches: what an operation costs must not depend on it.
import { Letter } from "../src/abi.ts";
import { Prng } from "../src/base/prng.ts";
import { type Contender, timed } from "../src/compare/bench/measure.ts";
import { ROUND } from "../src/compare/bench/stream.ts";
import { SlabHeap } from "../src/slub/core/heap.ts";
import { resolveMachine } from "../src/slub/program/boot.ts";
import { ProgramImage } from "../src/slub/program/image.ts";
import { lettersOfFlags } from "../src/slub/program/letters.ts";
import type { Group } from "./table.ts";

const COUNTS = [1, 2, 4, 8, 16, 32, 64];
const SLOTS = 4096;
const OBJECT_SIZE = 320;

export function cacheGroups(): Group[] {
  return ["-", "FZPU"].map((flags) => ({
    name: `1 to ${COUNTS.at(-1)} caches, ${OBJECT_SIZE} B ${flags}`,
    baseline: "1 cache",
    contenders: () => COUNTS.map((count) => cachesContender(count, flags)),
  }));
}

/** Each slot belongs to one cache. */
function cachesContender(count: number, flags: string): Contender {
  const heap = new SlabHeap();
  heap.configure(resolveMachine({ comments: [] }, { profile: "v6.1", boot: "up" }));
  heap.reset();
  const prng = new Prng({ high: 0, low: 2 });
  const isFull = new Uint8Array(SLOTS);
  const image = new ProgramImage();
  const letters = lettersOfFlags(flags) | Letter.NOLEAKTRACE;
  for (let i = 0; i < count; i++) image.cache(image.newName(`c${i}`), OBJECT_SIZE, 0, letters, 0);
  for (let i = 0; i < SLOTS; i += 2) toggle(image, isFull, i, count);
  heap.load(image);
  heap.run(0, image.opCount);
  return {
    name: count === 1 ? "1 cache" : `${count} caches`,
    round: () => {
      image.clear();
      for (let i = 0; i < ROUND; i++) toggle(image, isFull, prng.below(SLOTS), count);
      heap.load(image);
      return timed(ROUND, () => heap.run(0, image.opCount));
    },
  };
}

function toggle(image: ProgramImage, isFull: Uint8Array, index: number, caches: number): void {
  const slot = 4 + index;
  if (isFull[index] === 1) image.free(index % caches, slot);
  else image.alloc(index % caches, slot);
  isFull[index] ^= 1;
}
