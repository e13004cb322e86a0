// The host's truth about simulated memory. It follows a program operation by operation, from what
// the program asked and what it was answered, and knows of every byte what it is, whose, and who
// wrote it last. It never looks into the heap under test, and the heap cannot reach it.
//
// Sees: every mistake of the program (damage), every broken promise of the allocator that shows in
// an answer (violations). Does not see: what the allocator does to memory by itself, until a
// program reads the bytes or a check reports them.
import { CTOR_BYTE, Letter, Op, Slot, type Status } from "../../abi.ts";
import type { ProgramImage } from "../program/image.ts";
import { GLOB_SIZE } from "../program/machine.ts";
import { opOf } from "../program/record.ts";
import { CacheTable } from "./caches.ts";
import type { Damage, Expectation, Misuse } from "./damage.ts";
import { EventLog, type ReportSource } from "./kernel_report.ts";
import { ListTable } from "./lists.ts";
import type { Evidence, OracleMachine, RunRecord, Sighting } from "./machine.ts";
import { ObjectTable } from "./objects.ts";
import { addressBeyond, type KernelAddress, Ram } from "./ram.ts";
import { PrefilledSheaves } from "./sheaf_table.ts";
import { grown, NONE, SlabTable } from "./slabs.ts";
import {
  CheckedInvariants,
  type Invariant,
  type InvariantCadence,
  type Violation,
} from "./violation.ts";
import { GracePeriod } from "./waiting.ts";
import { Source } from "./writes.ts";

interface MemoryWindow extends KernelAddress {
  readonly size: number;
}

/** Every program has glob and vglob. */
const OWN_WINDOWS = 2;

export class Shadow {
  readonly machine: OracleMachine;
  readonly ram: Ram;
  readonly slabs: SlabTable;
  readonly objects = new ObjectTable();
  readonly caches: CacheTable;
  readonly lists = new ListTable();
  readonly events: ReportSource;
  /** Which rules are kept in this case. */
  readonly checked: CheckedInvariants;
  readonly damages: Damage[] = [];
  readonly violations: Violation[] = [];
  readonly evidence: Evidence[] = [];
  /** Operations that are at fault by themselves. */
  readonly misuses: Misuse[] = [];
  /** Memory beside RAM that is the program's own: glob, vglob, and the regions so far. */
  readonly windows: MemoryWindow[];
  /** Checks that were bound to speak, in the order in which they had to. */
  readonly expectations: Expectation[] = [];
  readonly slots = new SlotTable();
  /** Objects that kfree_rcu() was given, and sheaves in the hands of the program (7.3). */
  readonly grace = new GracePeriod();
  readonly prefilled = new PrefilledSheaves();
  /** What was seen of sheaves before the last operation that was looked at. */
  sighting: Sighting | undefined;
  /** The CPU that operations run on. */
  cpu = 0;
  record: RunRecord;
  /** The operation at hand. */
  op = 0;
  /** Pages that large kmalloc requests hold. */
  largePages = 0;
  /** The machine died, or would run for ever. */
  hasEnded = false;
  /** Every operation is followed the long way, which must lead to the same (plain.ts). */
  isThorough = false;

  /** Without `events` it listens to what the core recorded. */
  constructor(
    machine: OracleMachine,
    record: RunRecord,
    cadence?: InvariantCadence,
    events: ReportSource = new EventLog(machine),
  ) {
    this.checked = new CheckedInvariants(cadence);
    this.machine = machine;
    this.ram = new Ram(machine);
    this.record = record;
    this.slabs = new SlabTable(machine.ramPages, machine.basePfn);
    this.caches = new CacheTable(machine);
    this.events = events;
    const { globHigh, globLow, vglobHigh, vglobLow } = machine;
    this.windows = [
      { high: globHigh, low: globLow, size: GLOB_SIZE },
      { high: vglobHigh, low: vglobLow, size: GLOB_SIZE },
    ];
  }

  get image(): ProgramImage {
    return this.record.image;
  }

  /** Forgets the last case; costs what it used. */
  begin(record: RunRecord): void {
    this.record = record;
    this.checked.begin(record.image);
    this.slabs.clear();
    this.objects.clear();
    this.lists.clear();
    this.grace.clear();
    this.prefilled.clear();
    this.sighting = undefined;
    this.cpu = 0;
    this.caches.clear(record.image.cacheCount);
    this.events.begin(record);
    forgetAll(this.damages);
    forgetAll(this.violations);
    forgetAll(this.misuses);
    if (this.windows.length > OWN_WINDOWS) this.windows.length = OWN_WINDOWS;
    forgetAll(this.evidence);
    forgetAll(this.expectations);
    this.op = 0;
    this.largePages = 0;
    this.hasEnded = false;
    this.slots.begin(record.image, this.machine);
  }

  sightingFor(op: number): Sighting | undefined {
    return this.sighting?.op === op ? this.sighting : undefined;
  }

  evidenceFor(op: number): Evidence | undefined {
    return this.evidence.find((one) => one.op === op);
  }

  /** Index in the record's `i32` of the pointer that an operation answered with. */
  valueAt(op: number): number {
    return this.record.resultAt + 4 * op + 2;
  }

  /** No check is expected to report, and the program keeps no lists. */
  get isUndisturbed(): boolean {
    if (this.lists.count > 0 || this.isThorough) return false;
    return this.damages.length === 0 || !this.damages.some(isOpen);
  }

  status(op: number): Status {
    return this.record.i32[this.record.resultAt + 4 * op] as Status;
  }

  aux(op: number): number {
    return this.record.i32[this.record.resultAt + 4 * op + 1] >>> 0;
  }

  valueLow(op: number): number {
    return this.record.i32[this.record.resultAt + 4 * op + 2] >>> 0;
  }

  valueHigh(op: number): number {
    return this.record.i32[this.record.resultAt + 4 * op + 3] >>> 0;
  }

  violate(invariant: Invariant, cache: number, object = NONE, found = 0, expected = 0): void {
    if (!this.checked.includes(invariant)) return;
    this.violations.push({ invariant, op: this.op, cache, object, found, expected });
  }

  /** Distance of a TARGET from the object that its slot points into. */
  offsetOf(slot: number, displacement: number): number {
    return this.slots.offset(slot) + displacement;
  }

  /** Kernel address of a TARGET. */
  addressOf(slot: number, displacement: number): KernelAddress {
    const { slots } = this;
    const object = slots.object(slot);
    if (object === NONE) return addressBeyond(slots.high(slot), slots.low(slot), displacement);
    const offset = this.offsetOf(slot, displacement);
    const at = this.objects.at(object);
    if (at !== NONE) return this.ram.addressAt(at + offset);
    return addressBeyond(this.objects.high(object), this.objects.low(object), offset);
  }

  /** RAM offset of a TARGET, or NONE. */
  targetAt(slot: number, displacement: number): number {
    const { high, low } = this.addressOf(slot, displacement);
    return this.ram.offsetOf(high, low);
  }

  /** What the program wrote, within its rights, into its own object. */
  wrote(id: number, first: number, end: number): void {
    this.objects.writes.add(id, this.op, sourceOf(this.image, this.op), first, end, first);
    if (first <= 0) this.touched(id);
  }

  /** The first byte of an object changed, which is the one that a constructor sets. */
  touched(id: number): void {
    const cell = this.objects.cell(id);
    if (cell === NONE || !this.isConstructed(id)) return;
    const isRestored = this.objects.writes.byteAt(this.image, id, 0) === CTOR_BYTE;
    this.slabs.cellTouched[cell] = isRestored ? 0 : 1;
  }

  /** The object's cache has a constructor. */
  isConstructed(id: number): boolean {
    const cache = this.objects.cache(id);
    return cache !== NONE && (this.caches.layouts[cache].letters & Letter.CTOR) !== 0;
  }
}

/** V8 takes as long to shorten an array that is empty as any other. */
function forgetAll(list: unknown[]): void {
  if (list.length > 0) list.length = 0;
}

/** Some of its bytes still are as the program left them. */
function isOpen({ segments }: Damage): boolean {
  return segments.some((segment) => segment.isOpen);
}

/** Bytes of `write` and `fill` are known; those of other operations are not followed. */
function sourceOf(image: ProgramImage, op: number): number {
  const kind = opOf(image.words, op);
  return kind === Op.WRITE || kind === Op.FILL ? Source.OPERATION : Source.UNKNOWN;
}

const START_SLOTS = 1024;

/** Words of a row, one row a slot. */
const OBJECT = 0;
const OFFSET = 1;
const ROW = 2;

class SlotTable {
  #rows = new Int32Array(START_SLOTS * ROW);
  /** An address in no object, as two words. */
  #high = new Int32Array(START_SLOTS);
  #low = new Int32Array(START_SLOTS);

  /** What slots hold before a program has run. */
  begin(image: ProgramImage, machine: OracleMachine): void {
    if (image.slotCount > this.#high.length) this.#grow(image.slotCount);
    for (let slot = 0; slot < image.slotCount; slot++) this.hold(slot, 0, 0);
    this.hold(Slot.GLOB, machine.globHigh, machine.globLow);
    this.hold(Slot.VGLOB, machine.vglobHigh, machine.vglobLow);
    for (const { slot, high, low } of image.addressSlots) this.hold(slot, high, low);
  }

  /** The slot points into an object, so many bytes from its beginning. */
  point(slot: number, object: number, offset: number): void {
    this.#rows[slot * ROW + OBJECT] = object;
    this.#rows[slot * ROW + OFFSET] = offset;
  }

  /** The slot holds an address that lies in no object. */
  hold(slot: number, high: number, low: number): void {
    this.point(slot, NONE, 0);
    this.#high[slot] = high;
    this.#low[slot] = low;
  }

  /** The object that a slot points into, NONE for any other address. */
  object(slot: number): number {
    return this.#rows[slot * ROW + OBJECT];
  }

  /** Distance from the object. */
  offset(slot: number): number {
    return this.#rows[slot * ROW + OFFSET];
  }

  /** The address that it holds, if that lies in no object. */
  high(slot: number): number {
    return this.#high[slot];
  }

  low(slot: number): number {
    return this.#low[slot];
  }

  #grow(count: number): void {
    const size = Math.max(count, 2 * this.#high.length);
    this.#rows = grown(this.#rows, size * ROW);
    this.#high = grown(this.#high, size);
    this.#low = grown(this.#low, size);
  }
}
