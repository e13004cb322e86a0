// Another allocator compiled to wasm, behind a driver that reads the same records as the core.
import { type Contender, timed } from "../../src/compare/bench/measure.ts";
import { ROUND } from "../../src/compare/bench/stream.ts";
import type { ProgramImage } from "../../src/slub/program/image.ts";
import { toggles } from "../toggles.ts";

/** What a driver exports: where its records begin, and how to run some of them. */
interface GuestExports {
  readonly memory: WebAssembly.Memory;
  records(): number;
  /** Returns how many allocations failed. */
  run(count: number, size: number): number;
  _initialize?(): void;
}

export interface Guest {
  readonly name: string;
  readonly module: WebAssembly.Module;
}

export function guestContender({ name, module }: Guest, size: number, live: number): Contender {
  const guest = new WebAssembly.Instance(module).exports as unknown as GuestExports;
  guest._initialize?.();
  const stream = toggles(live, size);
  stream.begin((image) => runGuest(guest, image, size));
  return {
    name,
    round: () => {
      const image = stream.next();
      loadGuest(guest, image);
      return timed(ROUND, () => guest.run(image.opCount, size));
    },
  };
}

function loadGuest(guest: GuestExports, image: ProgramImage): void {
  const words = image.words.subarray(0, 4 * image.opCount);
  new Uint32Array(guest.memory.buffer).set(words, guest.records() >>> 2);
}

function runGuest(guest: GuestExports, image: ProgramImage, size: number): void {
  loadGuest(guest, image);
  if (guest.run(image.opCount, size) > 0) throw new Error("the allocator ran out of memory");
}
