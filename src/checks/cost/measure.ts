// Measures the cost of a core: the counters of a metered one, for each kind of operation under each
// way to debug it. The same module gives the same numbers on every machine, always.
import { Letter } from "../../abi.ts";
import { nowMs } from "../../base/clock.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { adoptModule } from "../../slub/core/load.ts";
import { bootLettersFor, resolveMachine } from "../../slub/program/boot.ts";
import { ProgramImage } from "../../slub/program/image.ts";
import type { Machine } from "../../slub/program/machine.ts";
import { executedInAll, Meter, metered } from "../../wasm/meter.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { type CostRow, type CostSetting, type CostTable, KindSums, settingText } from "./row.ts";

/** A row of a core also has its setting in parts. */
interface CoreRow extends CostRow, CostSetting {
  readonly kind: Kind;
}

/** What only a kernel with sheaves has: its program and its rows are of their own. */
const SHEAVES = "v7.3 sheaves";

const KERNELS: Readonly<Record<string, { readonly profile: string; readonly boot: string }>> = {
  "v6.1 up": { profile: "v6.1", boot: "up" },
  "v6.12 smp": { profile: "v6.12", boot: "smp" },
  "v3.10": { profile: "v3.10", boot: "v310" },
  "v7.3 smp": { profile: "v7.3", boot: "smp" },
  [SHEAVES]: { profile: "v7.3", boot: "smp" },
};
const LETTERS = ["-", "F", "FZP", "FZPU"];
const SIZES = [64, 320, 4096];

export const COST_SETTINGS: readonly CostSetting[] = Object.keys(KERNELS).flatMap((kernel) =>
  lettersOf(kernel).flatMap((letters) => SIZES.map((size) => ({ kernel, letters, size }))),
);

/** Of debug caches nothing goes into a sheaf: with one letter or four, it is the same way. */
function lettersOf(kernel: string): readonly string[] {
  return kernel === SHEAVES ? ["-", "FZPU"] : LETTERS;
}

/** The cost of a core, given its file. */
export function measureCost(core: Uint8Array): CostTable {
  return readCost(heapOfModule(metered(new WasmFile(core))));
}

/** The cost of a core that has counters; `sizes`: only for objects of these. */
export function readCost(heap: SlabHeap, sizes: readonly number[] = SIZES): CostTable {
  const meter = new Meter(heap.core as unknown as WebAssembly.Exports);
  heap.isThorough = true;
  const settings = COST_SETTINGS.filter(({ size }) => sizes.includes(size));
  return settings.flatMap((setting) => rowsOf(setting, heap, meter));
}

/** Counts what operations execute on any machine. */
export class CostCounter {
  readonly #heap: SlabHeap;
  readonly #meter: Meter;

  /** `core`: the file of a core. */
  constructor(core: Uint8Array) {
    this.#heap = heapOfModule(metered(new WasmFile(core)));
    this.#heap.isThorough = true;
    this.#meter = new Meter(this.#heap.core as unknown as WebAssembly.Exports);
  }

  /**
   * What one kmem_cache_alloc() and one kmem_cache_free() execute together, on the average, in a
   * cache with these letter bits.
   */
  ofPair(machine: Machine, size: number, letters: number): number {
    const workload = workloadOf(machine, size, letters);
    this.#heap.configure(machine);
    this.#heap.load(workload.image);
    this.#heap.reset();
    const sums = sumsOf(workload, this.#heap, this.#meter);
    return PAIR.reduce((sum, kind) => {
      const { count, figures } = sums.of(kind);
      return sum + executedInAll(figures) / count;
    }, 0);
  }
}

const PAIR = ["kmem_cache_alloc", "kmem_cache_free"] as const;

function heapOfModule(bytes: Uint8Array<ArrayBuffer>): SlabHeap {
  adoptModule("other:cost", new WebAssembly.Module(bytes));
  return new SlabHeap("other:cost");
}

function rowsOf(setting: CostSetting, heap: SlabHeap, meter: Meter): readonly CoreRow[] {
  const workload = workloadOn(setting, heap);
  const sums = sumsOf(workload, heap, meter);
  const { kernel, letters, size } = setting;
  const place = `${letters}, ${size} B (${kernel})`;
  return kindsOf(setting).map((kind) => ({
    ...{ ...setting, kind, name: nameOf(setting, kind), setting: settingText(setting), place },
    ...sums.of(kind),
  }));
}

/** What the operations of a workload executed, kind by kind. */
function sumsOf(workload: CostWorkload, heap: SlabHeap, meter: Meter): KindSums {
  const sums = new KindSums();
  const measure = (kind: Kind, count: number, work: () => void): void => {
    const before = meter.read();
    work();
    sums.add(kind, count, before, meter.read());
  };
  for (const { kind, first, count } of workload.phases) {
    measure(kind, count, () => heap.run(first, count));
  }
  measure("reset", 1, () => heap.reset());
  return sums;
}

function nameOf({ kernel, letters, size }: CostSetting, kind: Kind): string {
  return `${kernel} ${letters} ${size} ${kind}`;
}

/** The rows of a whole table. */
export function costRowNames(): readonly string[] {
  return COST_SETTINGS.flatMap((setting) => kindsOf(setting).map((kind) => nameOf(setting, kind)));
}

/** The workload of a setting, loaded into a heap that has just booted. */
function workloadOn(setting: CostSetting, heap: SlabHeap): CostWorkload {
  const machine = machineOfSetting(setting);
  const workload = workloadOfSetting(setting);
  heap.configure(machine);
  heap.load(workload.image);
  heap.reset();
  return workload;
}

/** The machine of a setting. */
export function machineOfSetting({ kernel, letters }: CostSetting): Machine {
  return resolveMachine({ comments: [] }, { ...KERNELS[kernel], slubDebug: letters });
}

const ROUNDS = 30;

/**
 * Nanoseconds of one operation for each row, the best of many rounds: for the eye alone, since no
 * two runs agree in them.
 */
export function measureTime(core: Uint8Array<ArrayBuffer>): ReadonlyMap<string, number> {
  const heap = heapOfModule(core);
  return new Map(COST_SETTINGS.flatMap((setting) => [...timesOf(setting, heap)]));
}

function timesOf(setting: CostSetting, heap: SlabHeap): ReadonlyMap<string, number> {
  const workload = workloadOn(setting, heap);
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Map<Kind, { ms: number; count: number }>();
    const measure = (kind: Kind, count: number, work: () => void): void => {
      const start = nowMs();
      work();
      const sum = sums.get(kind) ?? { ms: 0, count: 0 };
      sums.set(kind, { ms: sum.ms + nowMs() - start, count: sum.count + count });
    };
    for (const { kind, first, count } of workload.phases) {
      measure(kind, count, () => heap.run(first, count));
    }
    measure("reset", 1, () => heap.reset());
    for (const [kind, { ms, count }] of sums) {
      const name = nameOf(setting, kind);
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, (1e6 * ms) / count));
    }
  }
  return best;
}

/** Kinds of operations, by the kernel's names; at last the harness makes all memory new. */
export const KINDS = [
  "kmem_cache_create",
  "kmem_cache_alloc",
  "kmem_cache_free",
  "kmem_cache_alloc_bulk",
  "kmem_cache_free_bulk",
  "kmalloc",
  "krealloc",
  "kfree",
  "validate",
  "shrink",
  "kmem_cache_destroy",
  "reset",
] as const;

/** The same of what only 7.3 has. */
const SHEAF_KINDS = [
  "kfree_rcu",
  "kvfree_rcu_barrier",
  "kmem_cache_prefill_sheaf",
  "kmem_cache_alloc_from_sheaf",
  "kmem_cache_refill_sheaf",
  "kmem_cache_return_sheaf",
] as const;

export type Kind = (typeof KINDS)[number] | (typeof SHEAF_KINDS)[number];

/** The kinds that a setting has rows of. */
export function kindsOf({ kernel }: CostSetting): readonly Kind[] {
  return kernel === SHEAVES ? SHEAF_KINDS : KINDS;
}

/** Operations of one kind in a row: `first` to `first + count - 1`. */
interface Phase {
  readonly kind: Kind;
  readonly first: number;
  readonly count: number;
}

export interface CostWorkload {
  readonly image: ProgramImage;
  readonly phases: readonly Phase[];
}

const OBJECTS = 96;
const BULK = 16;
const CACHE = 0;

/**
 * The program for objects of that size. It is written down here, not drawn, so that it never
 * changes by accident.
 */
function workloadOf(machine: Machine, size: number, bootLetters?: number): CostWorkload {
  const draft = new Draft();
  const { image } = draft;
  image.newName();
  const slots = Array.from({ length: OBJECTS }, () => image.newSlot());
  const own = bootLetters ?? bootLettersFor(machine, image.cacheName(CACHE), 0);
  const letters = own & ~Letter.KMALLOC;
  draft.add("kmem_cache_create", 1, () => image.cache(CACHE, size, 0, 0, letters));
  draft.add("kmem_cache_alloc", OBJECTS, (i) => image.alloc(CACHE, slots[i]));
  // Every other object, then the rest: slabs go from full to partial to empty.
  draft.add("kmem_cache_free", OBJECTS / 2, (i) => image.free(CACHE, slots[2 * i]));
  draft.add("kmem_cache_alloc", OBJECTS / 2, (i) => image.alloc(CACHE, slots[2 * i], i % 2 === 0));
  draft.add("validate", 1, () => image.validate(CACHE));
  draft.add("kmem_cache_free", OBJECTS, (i) => image.free(CACHE, slots[(5 * i) % OBJECTS]));
  const bulks = OBJECTS / BULK;
  const bulk = (i: number) => Uint16Array.from(slots.slice(BULK * i, BULK * (i + 1)));
  draft.add("kmem_cache_alloc_bulk", bulks, (i) => image.bulkAllocSlots(CACHE, bulk(i)));
  draft.add("kmem_cache_free_bulk", bulks, (i) => image.bulkFree(CACHE, bulk(i)));
  draft.add("kmalloc", OBJECTS / 2, (i) => image.kmalloc(size, slots[i], i % 2 === 0));
  draft.add("krealloc", OBJECTS / 2, (i) => image.krealloc(slots[i], 0, size + 8 * i, slots[i]));
  draft.add("kfree", OBJECTS / 2, (i) => image.kfree(slots[i]));
  draft.add("shrink", 1, () => image.shrink(CACHE));
  draft.add("kmem_cache_destroy", 1, () => image.destroy(CACHE));
  return draft;
}

const SHEAF_COUNT = 8;
/** Objects that each is to hold, and those that are taken out of it. */
const PREFILLED = 10;
const TAKEN = 8;

/** As many as a sheaf for objects of that size has room for, so that a refill has work to do. */
function refilledTo(size: number): number {
  if (size < 256) return 60;
  return size < 1024 ? 28 : PREFILLED;
}

/** Objects that wait for a grace period, and sheaves in the hands of their user. */
function sheafWorkloadOf(machine: Machine, size: number): CostWorkload {
  const draft = new Draft();
  const { image } = draft;
  image.newName();
  const slots = Array.from({ length: OBJECTS }, () => image.newSlot());
  const sheaves = Array.from({ length: SHEAF_COUNT }, () => image.newSlot());
  const letters = bootLettersFor(machine, image.cacheName(CACHE), 0) & ~Letter.KMALLOC;
  const taken = SHEAF_COUNT * TAKEN;
  const sheafOf = (i: number): number => sheaves[i % SHEAF_COUNT];
  draft.add("kmem_cache_create", 1, () => image.cache(CACHE, size, 0, 0, letters));
  draft.add("kmem_cache_alloc", OBJECTS, (i) => image.alloc(CACHE, slots[i]));
  draft.add("kfree_rcu", OBJECTS, (i) => image.freeRcu(slots[(5 * i) % OBJECTS]));
  draft.add("kvfree_rcu_barrier", 1, () => image.rcuBarrier(true));
  draft.add("kmem_cache_prefill_sheaf", SHEAF_COUNT, (i) =>
    image.sheafGet(CACHE, PREFILLED, sheafOf(i)),
  );
  draft.add("kmem_cache_alloc_from_sheaf", taken, (i) =>
    image.sheafAlloc(CACHE, sheafOf(i), slots[i]),
  );
  draft.add("kmem_cache_refill_sheaf", SHEAF_COUNT, (i) =>
    image.sheafRefill(CACHE, sheafOf(i), refilledTo(size)),
  );
  draft.add("kmem_cache_return_sheaf", SHEAF_COUNT, (i) => image.sheafPut(CACHE, sheafOf(i)));
  draft.add("kmem_cache_free", taken, (i) => image.free(CACHE, slots[i]));
  draft.add("kmem_cache_destroy", 1, () => image.destroy(CACHE));
  return draft;
}

/** The program of a setting. */
export function workloadOfSetting(setting: CostSetting): CostWorkload {
  const machine = machineOfSetting(setting);
  const isOfSheaves = setting.kernel === SHEAVES;
  return isOfSheaves ? sheafWorkloadOf(machine, setting.size) : workloadOf(machine, setting.size);
}

class Draft implements CostWorkload {
  readonly image = new ProgramImage();
  readonly phases: Phase[] = [];

  add(kind: Kind, count: number, write: (i: number) => void): void {
    this.phases.push({ kind, first: this.image.opCount, count });
    for (let i = 0; i < count; i++) write(i);
  }
}
