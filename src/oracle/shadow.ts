// The host's truth about simulated memory. It follows a program operation by operation, from what
// the program asked and what it was answered, and knows of every byte what it is, whose, and who
// wrote it last. It never looks into the heap under test, and the heap cannot reach it.
//
// Sees: every mistake of the program (damage), every broken promise of the allocator that shows in
// an answer (violations). Does not see: what the allocator does to memory by itself, until a
// program reads the bytes or a check reports them.
import { CTOR_BYTE, Letter, Op, PAGE_SHIFT, SLOT_MAX, Slot, type Status } from "../abi.ts";
import type { ProgramImage } from "../program/image.ts";
import { CacheTable } from "./caches.ts";
import { noteIfUnconstructed } from "./constructed.ts";
import type { Damage } from "./damage.ts";
import { type Expectation, expectAtAlloc, expectAtFree } from "./expect.ts";
import { EventLog, ramOffset, type ReportSource } from "./kernel_report.ts";
import { Keeping } from "./keeping.ts";
import { ListTable } from "./lists.ts";
import type { OracleMachine } from "./machine.ts";
import { ObjectTable, Source } from "./objects.ts";
import type { Evidence, RunRecord } from "./record.ts";
import { Misplaced, NONE, SlabTable } from "./slabs.ts";
import type { Invariant, InvariantCadence, Violation } from "./violation.ts";

export class Shadow {
  readonly machine: OracleMachine;
  readonly slabs: SlabTable;
  readonly objects = new ObjectTable();
  readonly caches: CacheTable;
  readonly lists = new ListTable();
  readonly events: ReportSource;
  /** Which rules are kept in this case. */
  readonly keeping: Keeping;
  readonly damages: Damage[] = [];
  readonly violations: Violation[] = [];
  readonly evidence: Evidence[] = [];
  /** Checks that were bound to speak, in the order in which they had to. */
  readonly expectations: Expectation[] = [];
  /** The object that a slot points into, NONE for any other address. */
  readonly slotObject = new Int32Array(SLOT_MAX).fill(NONE);
  /** Distance from the object. */
  readonly slotOffset = new Int32Array(SLOT_MAX);
  readonly slotHigh = new Uint32Array(SLOT_MAX);
  readonly slotLow = new Uint32Array(SLOT_MAX);
  record: RunRecord;
  /** The operation at hand. */
  op = 0;
  /** Pages that large kmalloc requests hold. */
  largePages = 0;
  /** The machine died, or would run for ever. */
  hasEnded = false;
  #slotCount: number = Slot.FIRST;

  /** Without `events` it listens to what the core recorded. */
  constructor(
    machine: OracleMachine,
    record: RunRecord,
    cadence?: InvariantCadence,
    events: ReportSource = new EventLog(machine),
  ) {
    this.keeping = new Keeping(cadence);
    this.machine = machine;
    this.record = record;
    this.slabs = new SlabTable(machine.ramPages, machine.basePfn);
    this.caches = new CacheTable(machine);
    this.events = events;
  }

  get image(): ProgramImage {
    return this.record.image;
  }

  /** Forgets the last case; costs what it used. */
  begin(record: RunRecord): void {
    this.record = record;
    this.keeping.begin(record.image);
    this.slabs.clear();
    this.objects.clear();
    this.lists.clear();
    this.caches.clear(record.image.cacheCount);
    this.events.begin(record);
    this.damages.length = 0;
    this.violations.length = 0;
    this.evidence.length = 0;
    this.expectations.length = 0;
    this.op = 0;
    this.largePages = 0;
    this.hasEnded = false;
    this.#clearSlots(record.image);
  }

  get ramBytes(): number {
    return this.machine.ramPages << PAGE_SHIFT;
  }

  /** RAM offset of a kernel address, or NONE. */
  ramOffset(high: number, low: number): number {
    return ramOffset(this.machine, high, low);
  }

  evidenceFor(op: number): Evidence | undefined {
    return this.evidence.find((one) => one.op === op);
  }

  /** Index in the record's `u32` of the pointer that an operation answered with. */
  valueAt(op: number): number {
    return this.record.resultAt + 4 * op + 2;
  }

  status(op: number): Status {
    return this.record.u32[this.record.resultAt + 4 * op] as Status;
  }

  aux(op: number): number {
    return this.record.u32[this.record.resultAt + 4 * op + 1];
  }

  valueLow(op: number): number {
    return this.record.u32[this.record.resultAt + 4 * op + 2];
  }

  valueHigh(op: number): number {
    return this.record.u32[this.record.resultAt + 4 * op + 3];
  }

  violate(invariant: Invariant, cache: number, object = NONE, found = 0, expected = 0): void {
    if (!this.keeping.keeps(invariant)) return;
    this.violations.push({ invariant, op: this.op, cache, object, found, expected });
  }

  setSlot(slot: number, object: number, offset: number, high: number, low: number): void {
    this.slotObject[slot] = object;
    this.slotOffset[slot] = offset;
    this.slotHigh[slot] = high;
    this.slotLow[slot] = low;
  }

  /** Distance of a TARGET from the object that its slot points into. */
  offsetOf(slot: number, displacement: number): number {
    return this.slotOffset[slot] + displacement;
  }

  /** Kernel address of a TARGET. */
  addressOf(slot: number, displacement: number): Address {
    const sum = this.slotLow[slot] + displacement;
    const carry = Math.floor(sum / 0x100000000);
    return { high: (this.slotHigh[slot] + carry) >>> 0, low: sum >>> 0 };
  }

  /** RAM offset of a TARGET, or NONE. */
  targetAt(slot: number, displacement: number): number {
    const { high, low } = this.addressOf(slot, displacement);
    return this.ramOffset(high, low);
  }

  /**
   * An allocation answered with a pointer: a new object of `asked` bytes, found fit or unfit.
   * `cache`: kmem_cache index, NONE for whole pages; `pointerAt`: index in the record's `u32` of
   * the pointer. Halves of pointers are handed on as a place, because numbers beyond 2^31 are put
   * on the heap whenever they go through a call.
   */
  obtain(cache: number, asked: number, align: number, slot: number, pointerAt: number): number {
    const { u32 } = this.record;
    const low = u32[pointerAt];
    const high = u32[pointerAt + 1];
    const at = ramOffset(this.machine, high, low);
    const id = this.objects.add(u32, pointerAt, at, cache, asked, this.op);
    this.slotObject[slot] = id;
    this.slotOffset[slot] = 0;
    this.slotHigh[slot] = high;
    this.slotLow[slot] = low;
    if (at === NONE) {
      this.violate("foreign-pointer", cache, id);
      return id;
    }
    if (isMisaligned(align, low)) this.violate("misaligned", cache, id, low);
    if (cache !== NONE) this.#settle(id, cache, at);
    if (this.damages.length > 0) expectAtAlloc(this, id);
    return id;
  }

  /** An object is given back, as the program may. */
  release(id: number): void {
    const cell = this.objects.cell[id];
    const cache = this.objects.cache[id];
    if (this.damages.length > 0) expectAtFree(this, id);
    if (cell !== NONE && this.slabs.cellTouched[cell] !== 0) noteIfUnconstructed(this, id);
    if (this.lists.count > 0) this.lists.release(id);
    this.objects.diedAt[id] = this.op;
    if (cell !== NONE && this.slabs.cellObject[cell] === id) {
      this.slabs.cellObject[cell] = NONE;
      this.slabs.live[this.objects.slab[id]]--;
    }
    if (cache === NONE) return;
    this.caches.live[cache]--;
    this.caches.lastFreed[cache] = id;
  }

  /** What the program wrote, within its rights, into its own object. */
  wrote(id: number, first: number, end: number): void {
    this.objects.wrote(id, this.op, sourceOf(this.image, this.op), first, end, first);
    if (first <= 0) this.touched(id);
  }

  /** The first byte of an object changed, which is the one that a constructor sets. */
  touched(id: number): void {
    const cell = this.objects.cell[id];
    if (cell === NONE || !this.#isConstructed(id)) return;
    const isRestored = this.objects.byteAt(this.image, id, 0) === CTOR_BYTE;
    this.slabs.cellTouched[cell] = isRestored ? 0 : 1;
  }

  #isConstructed(id: number): boolean {
    return (this.caches.layouts[this.objects.cache[id]].letters & Letter.CTOR) !== 0;
  }

  /** Finds the cell of a new object. */
  #settle(id: number, cache: number, at: number): void {
    this.caches.live[cache]++;
    const cell = this.slabs.claim(cache, this.caches.layouts[cache], at);
    if (cell < 0) {
      const isShared = cell === Misplaced.OTHER_SLAB;
      this.violate(isShared ? "shared-slab" : "misplaced-object", cache, id, at);
      return;
    }
    const slab = this.slabs.slabAt(at);
    const before = this.slabs.cellObject[cell];
    if (before === NONE) this.slabs.live[slab]++;
    else this.violate("overlap", cache, id, before);
    this.slabs.cellObject[cell] = id;
    this.objects.cell[id] = cell;
    this.objects.slab[id] = slab;
  }

  #clearSlots(image: ProgramImage): void {
    this.slotObject.fill(NONE, 0, this.#slotCount);
    this.slotOffset.fill(0, 0, this.#slotCount);
    this.slotHigh.fill(0, 0, this.#slotCount);
    this.slotLow.fill(0, 0, this.#slotCount);
    this.#slotCount = image.slotCount;
    this.setSlot(Slot.GLOB, NONE, 0, this.machine.globHigh, this.machine.globLow);
    this.setSlot(Slot.VGLOB, NONE, 0, this.machine.vglobHigh, this.machine.vglobLow);
    for (const { slot, high, low } of image.addressSlots) this.setSlot(slot, NONE, 0, high, low);
  }
}

/** A kernel address as two words. */
export interface Address {
  readonly high: number;
  readonly low: number;
}

/** Only powers of two are promised, and no more than a page. */
function isMisaligned(align: number, low: number): boolean {
  if (align <= 1 || align > 4096 || (align & (align - 1)) !== 0) return false;
  return (low & (align - 1)) !== 0;
}

/** Bytes of `write` and `fill` are known; those of other operations are not followed. */
function sourceOf(image: ProgramImage, op: number): number {
  const kind = image.words[4 * op] & 0xff;
  return kind === Op.WRITE || kind === Op.FILL ? Source.OPERATION : Source.UNKNOWN;
}
