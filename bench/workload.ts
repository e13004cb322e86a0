// Named streams of operations. Each fills a program image that any heap can run.
import { Letter } from "../src/abi.ts";
import { Prng } from "../src/base/prng.ts";
import { ProgramImage } from "../src/program/image.ts";

export interface Workload {
  readonly image: ProgramImage;
  /** Allocations and frees, without the cache's creation. */
  readonly operations: number;
}

export interface WorkloadOptions {
  readonly objectSize: number;
  /** Letter bits of the cache. */
  readonly letters: number;
  /** Slots that the stream toggles; about half of them are live at a time. */
  readonly slots: number;
  readonly operations: number;
}

/** A slot drawn at random is allocated if it is empty and freed if it is live. */
export function toggle({ objectSize, letters, slots, operations }: WorkloadOptions): Workload {
  const image = new ProgramImage();
  const prng = new Prng({ high: 0, low: 1 });
  const name = image.newName("c");
  const first = image.newSlots(slots);
  const live = new Uint8Array(slots);
  image.cache(name, objectSize, 0, letters | Letter.NOLEAKTRACE, 0);
  for (let i = 0; i < operations; i++) {
    const slot = prng.below(slots);
    if (live[slot] === 1) image.free(name, first + slot);
    else image.alloc(name, first + slot);
    live[slot] ^= 1;
  }
  return { image, operations };
}
