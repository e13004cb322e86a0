// The allocator alone: a batch of operations in one call, under each debug option.
import type { Bench } from "tinybench";
import { resolveMachine, SlabHeap } from "../src/index.ts";
import { lettersOfFlags } from "../src/program/letters.ts";
import { toggle } from "./workload.ts";

/** Operations in one round. */
export const ROUND = 8192;
const SLOTS = 1024;
const SIZES = [64, 320];
const OPTIONS = ["-", "F", "Z", "P", "FZ", "FZP", "FZPU"];

/** Adds one row for each object size and set of options, and names the baseline. */
export function addAllocFree(bench: Bench): void {
  for (const objectSize of SIZES) {
    for (const flags of OPTIONS) addRow(bench, objectSize, flags);
  }
}

function addRow(bench: Bench, objectSize: number, flags: string): void {
  const letters = lettersOfFlags(flags);
  const { image } = toggle({ objectSize, letters, slots: SLOTS, operations: ROUND });
  const heap = new SlabHeap("release");
  bench.add(`alloc/free ${objectSize} B ${flags}`, () => heap.run(0, image.opCount), {
    beforeAll: () => heap.configure(resolveMachine({}, { profile: "v6.1", boot: "up" })),
    beforeEach: () => {
      heap.load(image);
      heap.reset();
    },
  });
}
