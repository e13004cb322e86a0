// The time of a core that counts edges beside the same core without: programs run on both by turns,
// and the best round of each counts.
import { processCpuMs } from "../src/base/clock.ts";
import { SlabHeap } from "../src/slub/core/heap.ts";
import { adoptModule, bytesOfCore } from "../src/slub/core/load.ts";
import { slubPrograms } from "../src/slub/guided.ts";
import { slubTarget } from "../src/slub/kind.ts";
import { machineOf } from "../src/slub/options.ts";
import { encode } from "../src/slub/program/encode.ts";
import type { ProgramOp } from "../src/slub/program/op.ts";
import { EdgeMap } from "../src/wasm/edges.ts";
import { withProbes } from "../src/wasm/probe.ts";
import { WasmFile } from "../src/wasm/wasm_file.ts";

const PROGRAMS = 40;
const REPEATS = 10;
const ROUNDS = 60;

/** Time with counters, divided by time without. */
export function countingRatio(slubDebug: string): number {
  const { options } = slubTarget({ seed: 7n, bugs: ["none"], machine: { slubDebug } });
  const machine = machineOf(options);
  const programs = slubPrograms(options);
  const images = Array.from({ length: PROGRAMS }, (_, number) =>
    encode({ header: {}, ops: programs.generate(number) as readonly ProgramOp[] }, machine),
  );
  const file = new WasmFile(bytesOfCore("release"));
  const counting = withProbes(file, [new EdgeMap(file).instrument]);
  adoptModule("other:counting", new WebAssembly.Module(counting));
  const heaps = [new SlabHeap(), new SlabHeap("other:counting")];
  const best = heaps.map((heap) => {
    heap.configure(machine);
    return Number.POSITIVE_INFINITY;
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, heap] of heaps.entries()) {
      const startMs = processCpuMs();
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        for (const image of images) {
          heap.load(image);
          heap.reset();
          heap.run(0, image.opCount);
        }
      }
      best[i] = Math.min(best[i], processCpuMs() - startMs);
    }
  }
  return best[1] / best[0];
}
