// The core, driven by a stream.
import { Letter } from "../../src/abi.ts";
import { Layout } from "../../src/oracle/layout.ts";
import { resolveMachine } from "../../src/program/boot.ts";
import { ProgramImage } from "../../src/program/image.ts";
import { lettersOfFlags } from "../../src/program/letters.ts";
import { type Machine, profileNumber } from "../../src/program/machine.ts";
import { SlabHeap } from "../../src/wasm/heap.ts";
import { type Contender, timed } from "../measure.ts";
import { ROUND, ToggleStream } from "../stream.ts";

export interface SlubRequest {
  readonly objectSize: number;
  readonly live: number;
  /** Letters of the cache, `-` for none. */
  readonly flags: string;
}

export function slubContender({ objectSize, live, flags }: SlubRequest): Contender {
  const letters = lettersOfFlags(flags) | Letter.NOLEAKTRACE;
  const heap = new SlabHeap();
  heap.configure(machineFor(objectSize, letters, live));
  heap.reset();
  run(heap, cacheImage(objectSize, letters));
  const stream = new ToggleStream(live);
  stream.begin((image) => run(heap, image));
  return {
    name: `SLUB ${flags}`,
    round: () => {
      const image = stream.next();
      heap.load(image);
      return timed(ROUND, () => heap.run(0, image.opCount));
    },
  };
}

function run(heap: SlabHeap, image: ProgramImage): void {
  heap.load(image);
  if (heap.run(0, image.opCount) < image.opCount) throw new Error("the core died");
}

function cacheImage(objectSize: number, letters: number): ProgramImage {
  const image = new ProgramImage();
  image.cache(image.newName("bench"), objectSize, 0, letters, 0);
  return image;
}

/** As much memory as the objects need, and no less than every machine has. */
function machineFor(size: number, letters: number, live: number): Machine {
  const machine = resolveMachine({ comments: [] }, { profile: "v6.1", boot: "up" });
  const { nrCpuIds } = machine;
  const layout = new Layout();
  layout.compute({ profile: profileNumber(machine.profile), size, align: 0, letters, nrCpuIds });
  const slabs = Math.ceil((1.1 * live) / layout.objects);
  const pages = (slabs << layout.order) + 256;
  return { ...machine, physPages: Math.max(machine.physPages, pages) };
}
