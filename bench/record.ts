// What recording costs: the same stream on the same allocator, called directly and through the
// exports of a recording, until the recording is full; then it is begun anew, which is not timed.
// A recording that drops its oldest operations has to look at them. One of the allocators does next
// to nothing itself: its ratios are the worst there are.
import { Op, SLOT_MAX } from "../src/abi.ts";
import { type Contender, timed } from "../src/compare/bench/measure.ts";
import { ROUND, Stream } from "../src/compare/bench/stream.ts";
import { loadForeign } from "../src/module/load/load.ts";
import { type RecordOptions, record } from "../src/module/record/record.ts";
import type { ProgramImage } from "../src/slub/program/image.ts";
import { freeLists } from "./foreign.ts";
import type { Group } from "./table.ts";

const RECORD_GROUP = "recording of malloc and free, 64 B, 512 live";
const LIVE = 512;
const SIZE = 64;
const WORDS = 4;

export function recordGroups(): Group[] {
  return [
    {
      name: RECORD_GROUP,
      baseline: "TLSF, alone",
      contenders: () => {
        const lists = loadForeign(freeLists()).module;
        const tlsf = loadForeign({ target: "tlsf" }).module;
        return [
          played("TLSF, alone", tlsf),
          played("TLSF, recorded", tlsf, "stop"),
          played("TLSF, oldest dropped", tlsf, "drop oldest"),
          played("free lists, alone", lists),
          played("free lists, recorded", lists, "stop"),
        ];
      },
    },
  ];
}

/** Rounds before a recording would be full. */
const ROUNDS = 20;

type WhenFull = RecordOptions["whenFull"];
type Allocator = Readonly<Record<"malloc" | "free", (value: number) => number>>;

/** TLSF's module has other names for the two. */
function allocatorOf(exports: WebAssembly.Exports, whenFull?: WhenFull): Allocator {
  const operations = (ROUNDS + 1) * ROUND;
  const used = whenFull === undefined ? exports : record(exports, { whenFull, operations }).exports;
  return {
    malloc: (used["malloc"] ?? used["alloc"]) as Allocator["malloc"],
    free: used["free"] as Allocator["free"],
  };
}

function played(name: string, module: WebAssembly.Module, whenFull?: WhenFull): Contender {
  const { exports } = new WebAssembly.Instance(module, { env: { abort: () => {} } });
  let { malloc, free } = allocatorOf(exports, whenFull);
  const pointers = new Uint32Array(SLOT_MAX);
  const play = ({ words, opCount }: ProgramImage): void => {
    for (let at = 0; at < opCount * WORDS; at += WORDS) {
      const slot = words[at + 1] & 0xffff;
      if ((words[at] & 0xff) === Op.FREE) free(pointers[slot]);
      else pointers[slot] = malloc(SIZE);
    }
  };
  const mix = { sizes: [SIZE], weights: [1] };
  const stream = new Stream({ workload: "uniform", live: LIVE, mix, cpus: 1 });
  stream.begin(play);
  let rounds = 0;
  return {
    name,
    round: () => {
      const isFull = whenFull === "stop" && ++rounds % ROUNDS === 0;
      if (isFull) ({ malloc, free } = allocatorOf(exports, whenFull));
      const image = stream.next();
      return timed(ROUND, () => play(image));
    },
  };
}
