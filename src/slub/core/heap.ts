// The SLUB core as an object: configure it, load a program, run, read results and events.
//
//   const heap = new SlabHeap("release");
//   heap.configure(machine);             once for each machine
//   heap.load(image);                    the program, into linear memory
//   heap.reset(); heap.run(0, n);        as often as needed
//
// Hot loops read `results` (4 words an operation: status, aux, value low, value high) and `views`
// directly; everything that returns a bigint or an object is for the cold ones.
import {
  ConfigLayout,
  EVENT_HEADER_SIZE,
  KMALLOC_CLASSES,
  ListChecks,
  NAME_MAX,
  OP_MAX,
  OP_SIZE,
  Planted,
  REGION_MAX,
  RESULT_SIZE,
  ResultField,
  SlotLayout,
  type Status,
  type Unguarded,
  Window,
  WindowLayout,
} from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { joinU64 } from "../../base/bytes.ts";
import { UserError } from "../../base/user_error.ts";
import { globalLettersOf, kmallocLettersOf, secondKmallocLettersOf } from "../program/boot.ts";
import type { AddressSlot, ProgramImage } from "../program/image.ts";
import { kernelTextOf } from "../program/kernel_text.ts";
import { GLOB_SIZE, hasSheaves, type Machine, profileNumber } from "../program/machine.ts";
import { decodeEvents, type KernelEvent } from "./event.ts";
import { type CoreExports, type CoreKind, instantiateCore } from "./load.ts";
import { MEMORY_BYTES_GREEDY } from "./other_core.ts";

const NO_SLOTS: readonly AddressSlot[] = [];

/** How one operation ended. */
export interface OpResult {
  readonly status: Status;
  readonly aux: number;
  readonly valueHigh: number;
  readonly valueLow: number;
}

/**
 * A core in a memory of its own, which takes far longer to make than a program takes to run: use
 * one for many programs. `kind` is `release` (the default), `canary` (with deliberate bugs that
 * `configure` can switch on), `mutable`, or `other:PATH` for a module with the exports of ours;
 * that one throws a UserError if the file is missing or lacks an export.
 */
export class SlabHeap {
  readonly kind: CoreKind;
  readonly core: CoreExports;
  readonly views: MemoryViews;
  readonly areas: Areas;
  /** The result records, 4 words each. */
  results: Uint32Array;
  #machine: Machine | undefined;
  /** Slots of the loaded program that hold an address from the start. */
  #addressSlots: readonly AddressSlot[] = [];
  #hasRegions = false;
  #hasStaleWindows = false;
  #isThorough = false;

  constructor(kind: CoreKind = "release") {
    this.kind = kind;
    this.core = instantiateCore(kind);
    this.views = new MemoryViews(this.core.memory);
    this.areas = areasOf(this.core);
    this.results = this.#viewResults();
  }

  /** The machine that was configured last. */
  get machine(): Machine {
    assert(this.#machine !== undefined, "configure() comes first");
    return this.#machine;
  }

  /**
   * Boots a machine. `planted` chooses a deliberate bug of the canary build. Throws a UserError for
   * a machine that the core refuses.
   */
  configure(machine: Machine, planted: Planted | Unguarded = Planted.NONE): void {
    assert(planted === Planted.NONE || this.kind !== "release", "only canaries have bugs");
    this.#writeConfig(machine, planted);
    if (this.core.boot() !== 0) throw new UserError("the core refuses this machine");
    this.#refreshViews();
    this.#machine = machine;
    this.#addressSlots = [];
    this.#hasRegions = false;
    this.#hasStaleWindows = true;
  }

  /**
   * Whether every check is made, and none skipped whose answer is known
   * (assembly/slab/pristine.ts). Answers are the same both ways. Counts from the next reset on.
   */
  get isThorough(): boolean {
    return this.#isThorough;
  }

  set isThorough(isThorough: boolean) {
    this.#isThorough = isThorough;
    this.views.writeU32(this.areas.config + ConfigLayout.THOROUGH, Number(isThorough));
  }

  /** The core has taken nearly all the memory that a core can have. */
  get isFull(): boolean {
    return this.core.memory.buffer.byteLength >= MEMORY_BYTES_GREEDY;
  }

  /** Copies a program into linear memory. Call reset() before running it. */
  load(image: ProgramImage): void {
    this.#clearAddressSlots();
    assert(image.cacheCount <= NAME_MAX, `a program has at most ${NAME_MAX} cache names`);
    assert(image.opCount <= OP_MAX, `a program has at most ${OP_MAX} operations`);
    const records = image.words.subarray(0, (image.opCount * OP_SIZE) / 4);
    this.views.u32.set(records, this.areas.program >>> 2);
    const payload = image.payload.subarray(0, image.payloadSize);
    this.views.u8.set(payload, this.areas.payload);
    this.#addressSlots = image.addressSlots.length === 0 ? NO_SLOTS : [...image.addressSlots];
    this.#hasStaleWindows ||= this.#hasRegions;
    this.#hasRegions = image.regionCount > 0;
  }

  /** Back to the state after configure(); the loaded program stays. */
  reset(): void {
    this.core.reset();
    this.#refreshViews();
    if (this.#hasRegions || this.#hasStaleWindows) this.#forgetRegions();
    for (const { slot, high, low } of this.#addressSlots) this.#writeSlot(slot, high, low);
  }

  /**
   * Runs operations [first, first + count); returns how many ran. A crash is counted, and ends it.
   */
  run(first: number, count: number): number {
    const ran = this.core.run_program(first, count);
    this.#refreshViews();
    return ran;
  }

  /** How operation `index` ended. */
  result(index: number): OpResult {
    const at = index * (RESULT_SIZE / 4);
    return {
      status: this.results[at + ResultField.STATUS / 4] as Status,
      aux: this.results[at + ResultField.AUX / 4],
      valueLow: this.results[at + ResultField.VALUE / 4],
      valueHigh: this.results[at + ResultField.VALUE / 4 + 1],
    };
  }

  /** The value of operation `index`. */
  value(index: number): bigint {
    const at = index * (RESULT_SIZE / 4) + ResultField.VALUE / 4;
    return joinU64(this.results[at + 1], this.results[at]);
  }

  /** The extra bytes that a result points at; a view, valid until the next run. */
  extra(position: number, length: number): Uint8Array {
    const first = this.areas.extra + position;
    return this.views.u8.subarray(first, first + length);
  }

  /** Bytes of events recorded since they were cleared. */
  get eventBytes(): number {
    return this.core.event_bytes();
  }

  /** Events that found no room. */
  get eventsLost(): number {
    return this.core.events_lost();
  }

  /**
   * The events recorded since they were cleared, or those behind the first `skip` bytes of them.
   */
  events(skip = 0): KernelEvent[] {
    const end = this.areas.event + this.eventBytes;
    assert(skip === 0 || skip >= EVENT_HEADER_SIZE, "skip counts whole records");
    return decodeEvents(this.views.u8, this.areas.event + skip, end);
  }

  clearEvents(): void {
    this.core.clear_events();
  }

  /** The pointer that a slot holds. */
  slot(slot: number): bigint {
    return this.views.readU64(this.#slotAddress(slot) + SlotLayout.POINTER);
  }

  /** The core forgets the slots that a program fills; these the host filled. */
  #clearAddressSlots(): void {
    for (const { slot } of this.#addressSlots) this.#writeSlot(slot, 0, 0);
  }

  /** A reset leaves the windows of regions in the table, behind its end. */
  #forgetRegions(): void {
    const first = this.areas.window + Window.FIRST_REGION * WindowLayout.SIZE;
    this.views.u8.fill(0, first, first + 2 * REGION_MAX * WindowLayout.SIZE);
    this.#hasStaleWindows = false;
  }

  #slotAddress(slot: number): number {
    return this.areas.slot + slot * SlotLayout.SIZE;
  }

  #writeSlot(slot: number, high: number, low: number): void {
    const at = this.#slotAddress(slot);
    this.views.writeU32(at + SlotLayout.POINTER, low);
    this.views.writeU32(at + SlotLayout.POINTER + 4, high);
    this.views.writeU32(at + SlotLayout.CACHE, 0);
  }

  #refreshViews(): void {
    if (this.views.refresh()) this.results = this.#viewResults();
  }

  #viewResults(): Uint32Array {
    const first = this.areas.result >>> 2;
    return this.views.u32.subarray(first, first + (OP_MAX * RESULT_SIZE) / 4);
  }

  #writeConfig(machine: Machine, planted: Planted | Unguarded): void {
    const at = this.areas.config;
    const put = (field: ConfigLayout, value: number | boolean) =>
      this.views.writeU32(at + field, Number(value));
    put(ConfigLayout.PROFILE, profileNumber(machine.profile));
    put(ConfigLayout.CPUS, machine.cpus);
    put(ConfigLayout.NR_CPU_IDS, machine.nrCpuIds);
    put(ConfigLayout.LIST_CHECKS, listChecksOf(machine));
    put(ConfigLayout.BUG_ON_CORRUPTION, machine.bugOnCorruption);
    put(ConfigLayout.CPU_PARTIAL, machine.cpuPartial && !hasSheaves(machine));
    put(ConfigLayout.HARDENED, machine.hardened);
    put(ConfigLayout.RANDOMISED, machine.randomised);
    put(ConfigLayout.NOMERGE, machine.nomerge);
    put(ConfigLayout.MEMCG_KMEM, machine.memcgKmem);
    put(ConfigLayout.PHYS_BASE_PFN, machine.physBasePfn);
    put(ConfigLayout.PHYS_PAGES, machine.physPages);
    put(ConfigLayout.GLOB_SIZE, GLOB_SIZE);
    put(ConfigLayout.GAPS, machine.gaps);
    put(ConfigLayout.TICKS, machine.ticks);
    put(ConfigLayout.STACKS, machine.stacks);
    put(ConfigLayout.PLANTED, planted);
    put(ConfigLayout.INIT_ON_ALLOC, machine.initOnAlloc);
    put(ConfigLayout.THOROUGH, this.#isThorough);
    put(ConfigLayout.GLOBAL_LETTERS, globalLettersOf(machine));
    this.views.writeU64(at + ConfigLayout.SEED, joinU64(machine.seedHigh, machine.seedLow));
    this.views.writeU64(at + ConfigLayout.GLOB, machine.glob);
    this.views.writeU64(at + ConfigLayout.VGLOB, machine.vglob);
    for (const [caller, address] of kernelTextOf(machine).callers.entries()) {
      this.views.writeU64(at + ConfigLayout.CALLERS + 8 * caller, address);
    }
    this.#writeLetters(at + ConfigLayout.KMALLOC_LETTERS, kmallocLettersOf(machine));
    this.#writeLetters(at + ConfigLayout.SECOND_KMALLOC_LETTERS, secondKmallocLettersOf(machine));
  }

  #writeLetters(at: number, letters: readonly number[]): void {
    for (let i = 0; i < KMALLOC_CLASSES; i++) this.views.writeU32(at + 4 * i, letters[i] ?? 0);
  }
}

export class MemoryViews {
  readonly #memory: WebAssembly.Memory;
  /** All of linear memory as bytes. */
  u8: Uint8Array;
  /** All of linear memory as 32-bit words. */
  u32: Uint32Array;
  /** The same, signed. */
  i32: Int32Array;
  /** All of linear memory as 64-bit words; for cold code only. */
  u64: BigUint64Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    const buffer = memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u64 = new BigUint64Array(buffer);
  }

  /** Makes the views anew if the memory grew; true if it did. */
  refresh(): boolean {
    const buffer = this.#memory.buffer;
    if (this.u8.buffer === buffer) return false;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    return true;
  }

  /** The 32-bit number at a linear address. */
  readU32(linear: number): number {
    return this.u32[linear >>> 2];
  }

  /** The 64-bit number at a linear address that is a multiple of 8. */
  readU64(linear: number): bigint {
    return this.u64[linear >>> 3];
  }

  /** Stores a 32-bit number. */
  writeU32(linear: number, value: number): void {
    this.u32[linear >>> 2] = value;
  }

  /** Stores a 64-bit number at a linear address that is a multiple of 8. */
  writeU64(linear: number, value: bigint): void {
    this.u64[linear >>> 3] = value;
  }
}

/** The areas that core and host share, by linear address. */
export interface Areas {
  readonly config: number;
  readonly program: number;
  readonly payload: number;
  readonly result: number;
  readonly extra: number;
  readonly event: number;
  readonly slot: number;
  readonly cache: number;
  readonly window: number;
}

function areasOf(core: CoreExports): Areas {
  return {
    config: core.config_address(),
    program: core.program_address(),
    payload: core.payload_address(),
    result: core.result_address(),
    extra: core.extra_address(),
    event: core.event_address(),
    slot: core.slot_address(),
    cache: core.cache_address(),
    window: core.window_address(),
  };
}

/** LIST_HARDENED has checks of its own only where DEBUG_LIST does not make them all. */
function listChecksOf({ debugList, listHardened }: Machine): ListChecks {
  if (debugList) return ListChecks.ALL;
  return listHardened ? ListChecks.NEIGHBOURS : ListChecks.NONE;
}
