// How often programs of a bug class print such a report: the product's own generator draws them,
// for a cache as large as that of the log, on the kernel and with the options of the log.
import type { SeedWords } from "../../base/prng.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { readCache } from "../../slub/core/kmem_cache.ts";
import { Generator } from "../../slub/gen/generate.ts";
import { generateOptionsFor } from "../../slub/gen/options.ts";
import { resolveMachine } from "../../slub/program/boot.ts";
import { bootCacheNames } from "../../slub/program/kmalloc.ts";
import type { Machine } from "../../slub/program/machine.ts";
import { KernelLog } from "../../slub/words/dmesg.ts";
import { logMachineOf } from "../../slub/words/log.ts";
import type { BugName } from "../../target/bug_names.ts";
import { bootOf, type Setting } from "../program/setting.ts";
import { readingOfLines } from "../reading.ts";
import type { SlabCheck } from "../report.ts";
import { type Traits, traitsOf } from "./traits.ts";

/** Programs of each class. More tell little more: their habits are not those of a kernel. */
export const DRAWS = 64;
/** Short ones: what else a program does hardly matters to its first report. */
const OPS_MAX = 24;
const SEED: SeedWords = { high: 0, low: 1 };

/** The first report of a program. */
export interface DrawnReport {
  readonly check: SlabCheck;
  readonly traits: Traits;
}

/** Draws programs, each once. */
export class Draws {
  readonly #known = new Map<string, readonly DrawnReport[]>();
  #heap: SlabHeap | undefined;

  /** The first reports of the programs of a class; where the kernel is silent there is none. */
  reportsOf(bug: BugName, setting: Setting, size: number): readonly DrawnReport[] {
    const key = JSON.stringify([bug, setting, size]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#heap ??= new SlabHeap();
    const drawn = drawnReports(this.#heap, bug, setting, size);
    this.#known.set(key, drawn);
    return drawn;
  }
}

function drawnReports(heap: SlabHeap, bug: BugName, setting: Setting, size: number): DrawnReport[] {
  const { profile, cpus, config } = setting;
  const machine = resolveMachine({ boot: bootOf(setting), profile, cpus, config, comments: [] });
  const shape = { seed: SEED, bugs: [bug], sizes: [size], opCountMax: OPS_MAX };
  const generator = new Generator(generateOptionsFor(machine, shape));
  heap.configure(machine);
  const drawn: DrawnReport[] = [];
  for (let number = 0; number < DRAWS; number++) {
    const image = generator.generate(number);
    heap.load(image);
    heap.reset();
    heap.clearEvents();
    heap.run(0, image.opCount);
    const report = readingOfLines(firstLines(heap, machine)).reports.at(0);
    if (report !== undefined) drawn.push({ check: report.check, traits: traitsOf(report) });
  }
  return drawn;
}

/** What the kernel printed during the first operation at which it printed anything. */
function firstLines(heap: SlabHeap, machine: Machine): readonly string[] {
  const events = heap.events();
  const first = events.filter(({ op }) => op === events[0].op);
  const names = bootCacheNames(machine.profile);
  return new KernelLog(logMachineOf(machine)).printAll(first, {
    nameOf: (index) => names[index] ?? "box",
    fieldsOf: (index) => readCache(heap, index),
  });
}
