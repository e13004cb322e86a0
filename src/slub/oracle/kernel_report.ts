// What the kernel printed, read from the event records: which reports there were, about which
// bytes. A report is a BUG header with the lines that belong to it, a warning, or one of the plain
// lines that complain; FIX lines and dumps are parts of reports, not reports.
import {
  EventField,
  EventKind,
  FaultKind,
  Fix,
  Fn,
  Line,
  OP_MAX,
  PAGE_SHIFT,
  Report,
  Section,
  Warning,
} from "../../abi.ts";
import { readU16, readU32 } from "../../base/bytes.ts";
import type { OracleMachine, RunRecord } from "./machine.ts";
import { pageOfStructPage, Ram } from "./ram.ts";
import { NONE } from "./slabs.ts";

const TWO_32 = 0x100000000;

export interface KernelReport {
  readonly kind: EventKind;
  /** Report, Warning or Line. */
  readonly code: number;
  /** The operation that caused it. */
  readonly op: number;
  /** kmem_cache index, or NO_CACHE_INDEX. */
  readonly cache: number;
  /** Which part of an object or slab was overwritten. */
  section: Section;
  /** RAM offsets, NONE if the report does not say or the address lies elsewhere. */
  firstByte: number;
  lastByte: number;
  object: number;
  slab: number;
}

/** Where the shadow learns what a kernel said about a run: from the core's events, or elsewhere. */
export interface ReportSource {
  /** What the operations that were read said, in the order in which they said it. */
  readonly reports: readonly KernelReport[];
  /** The operation that was read last ran out of memory. */
  readonly memoryShort: boolean;
  /** The operation that was read last was a free, and the kernel did not do it. */
  readonly refused: boolean;
  /** How the machine died, and in which of its functions. */
  readonly faultKind: FaultKind;
  readonly faultFunction: Fn;
  /** No operation before this one said anything that was not read yet. */
  readonly nextOp: number;
  /** Whether it died of touching one of `length` bytes at an address. */
  hasDiedAt(high: number, low: number, length: number): boolean;
  begin(record: RunRecord): void;
  /** The run went on since. */
  extend(record: RunRecord): void;
  /** Reads what operation `op` said; earlier ones must have been read. */
  advance(op: number): void;
}

/** RAM offset of the memory that a struct page describes, or NONE. */
export function offsetOfPage(machine: OracleMachine, high: number, low: number): number {
  const page = pageOfStructPage(machine, high, low);
  return page === NONE ? NONE : page << PAGE_SHIFT;
}

/** The events of a run, one cursor over them, and the reports among them. */
export class EventLog implements ReportSource {
  readonly reports: KernelReport[] = [];
  readonly #machine: OracleMachine;
  readonly #ram: Ram;
  #bytes: Uint8Array = new Uint8Array(0);
  #next = 0;
  #end = 0;
  #memoryShort = false;
  #refused = false;
  #faultKind: FaultKind = FaultKind.NONE;
  #faultFunction: Fn = Fn.NONE;
  #faultHigh = 0;
  #faultLow = 0;
  #pendingBytes = NONE;

  constructor(machine: OracleMachine) {
    this.#machine = machine;
    this.#ram = new Ram(machine);
  }

  begin(record: RunRecord): void {
    if (this.reports.length > 0) this.reports.length = 0;
    this.#bytes = record.u8;
    this.#next = record.eventAt;
    this.#end = record.eventAt + record.eventBytes;
    this.#memoryShort = false;
    this.#refused = false;
    this.#faultKind = FaultKind.NONE;
    this.#faultFunction = Fn.NONE;
    this.#pendingBytes = NONE;
  }

  extend(record: RunRecord): void {
    this.#bytes = record.u8;
    this.#end = record.eventAt + record.eventBytes;
  }

  advance(op: number): void {
    this.#memoryShort = false;
    this.#refused = false;
    this.#pendingBytes = NONE;
    while (this.#next < this.#end && readU32(this.#bytes, this.#next + EventField.OP) <= op) {
      this.#take(this.#next, op);
      this.#next += readU32(this.#bytes, this.#next + EventField.SIZE);
    }
  }

  get nextOp(): number {
    if (this.#next >= this.#end) return OP_MAX;
    return readU32(this.#bytes, this.#next + EventField.OP);
  }

  get memoryShort(): boolean {
    return this.#memoryShort;
  }

  get refused(): boolean {
    return this.#refused;
  }

  get faultKind(): FaultKind {
    return this.#faultKind;
  }

  get faultFunction(): Fn {
    return this.#faultFunction;
  }

  hasDiedAt(high: number, low: number, length: number): boolean {
    if (this.#faultKind === FaultKind.NONE) return false;
    const distance = (this.#faultHigh - high) * TWO_32 + (this.#faultLow - low);
    return distance >= 0 && distance < length;
  }

  #take(at: number, op: number): void {
    const kind = this.#bytes[at + EventField.KIND] as EventKind;
    const code = readU16(this.#bytes, at + EventField.CODE);
    switch (kind) {
      case EventKind.BUG:
      case EventKind.WARN:
      case EventKind.LINE:
        this.#takeReport(at, op, kind, code);
        break;
      case EventKind.BYTES:
        this.#takeBytes(at, op);
        break;
      case EventKind.SLAB:
        this.#lastOf(op, (report) => {
          report.slab = this.#pageField(at, EventField.A);
        });
        break;
      case EventKind.OBJECT:
        this.#lastOf(op, (report) => {
          report.object = this.#addressField(at, EventField.A);
        });
        break;
      case EventKind.OOPS:
        this.#faultKind = code;
        this.#faultFunction = readU32(this.#bytes, at + EventField.X);
        this.#faultLow = readU32(this.#bytes, at + EventField.A);
        this.#faultHigh = readU32(this.#bytes, at + EventField.A + 4);
        break;
      case EventKind.FIX:
        if (code === Fix.OBJECT_NOT_FREED) this.#refused = true;
        break;
      default:
        break;
    }
  }

  #takeReport(at: number, op: number, kind: EventKind, code: number): void {
    if (kind === EventKind.LINE && code === Line.OUT_OF_MEMORY) this.#memoryShort = true;
    if (!isReport(kind, code)) return;
    if (kind === EventKind.WARN && endsFree(code)) this.#refused = true;
    const overwritten = kind === EventKind.BUG && code === Report.OVERWRITTEN;
    const padding = kind === EventKind.BUG && code === Report.PADDING_OVERWRITTEN;
    const report: KernelReport = {
      kind,
      code,
      op,
      cache: readU32(this.#bytes, at + EventField.CACHE),
      section: overwritten ? readU32(this.#bytes, at + EventField.X) : Section.NONE,
      firstByte: padding ? this.#addressField(at, EventField.A) : NONE,
      lastByte: padding ? this.#addressField(at, EventField.B) : NONE,
      object: NONE,
      slab: padding ? this.#addressField(at, EventField.C) : NONE,
    };
    this.reports.push(report);
    const isCorrupt = kind === EventKind.BUG && code === Report.OBJECT_CORRUPT;
    if (isCorrupt && this.#pendingBytes !== NONE) {
      this.#describeBytes(report, this.#pendingBytes);
    }
    this.#pendingBytes = NONE;
  }

  /**
   * Since 6.12 the line about the bytes comes before the header that it belongs to. An object has
   * one header; lines about more of its bytes follow without one.
   */
  #takeBytes(at: number, op: number): void {
    const last = this.reports.at(-1);
    if (last !== undefined && last.op === op && isOverwritten(last)) {
      if (last.firstByte === NONE) this.#describeBytes(last, at);
    } else {
      this.#pendingBytes = at;
    }
  }

  #describeBytes(report: KernelReport, at: number): void {
    report.section = readU16(this.#bytes, at + EventField.CODE);
    report.firstByte = this.#addressField(at, EventField.A);
    report.lastByte = this.#addressField(at, EventField.B);
    report.slab = this.#addressField(at, EventField.C);
  }

  #lastOf(op: number, change: (report: KernelReport) => void): void {
    const last = this.reports.at(-1);
    if (last !== undefined && last.op === op && last.kind === EventKind.BUG) change(last);
  }

  #addressField(at: number, field: EventField): number {
    const low = readU32(this.#bytes, at + field);
    return this.#ram.offsetOf(readU32(this.#bytes, at + field + 4), low);
  }

  #pageField(at: number, field: EventField): number {
    const low = readU32(this.#bytes, at + field);
    return offsetOfPage(this.#machine, readU32(this.#bytes, at + field + 4), low);
  }
}

function isOverwritten({ kind, code }: KernelReport): boolean {
  return kind === EventKind.BUG && code === Report.OVERWRITTEN;
}

/** Running out of memory is no fault, and some lines only accompany a report. */
export function isReport(kind: EventKind, code: number): boolean {
  if (kind === EventKind.WARN) return code !== Warning.STACK_DEPOT_HANDLE;
  if (kind !== EventKind.LINE) return true;
  switch (code) {
    case Line.OUT_OF_MEMORY:
    case Line.OBJECT_POINTER:
    case Line.STACK_TRACE_MISSING:
      return false;
    default:
      return true;
  }
}

/** Warnings after which a free gives up. */
export function endsFree(code: number): boolean {
  return code === Warning.NOT_A_SLAB_PAGE || code === Warning.FREE_LARGE_ORDER0;
}
