// Reads what a kernel printed during one operation: the reports among its lines, as the shadow
// knows them. A header begins a report; the lines that say where (bytes, slab, object) add to it.
//
// Addresses come as names ({c/s0+0x40}) or raw. Names stand for places that both sides know; what
// is raw means nothing to the core, and is left out.
import {
  EventKind,
  FaultKind,
  Fn,
  Line,
  NO_CACHE_INDEX,
  Report,
  Section,
  type Warning,
} from "../../src/abi.ts";
import { highWord, lowWord } from "../../src/base/bytes.ts";
import {
  endsFree,
  isReport,
  type KernelReport,
  offsetOfPage,
} from "../../src/slub/oracle/kernel_report.ts";
import type { OracleMachine } from "../../src/slub/oracle/machine.ts";
import { Ram } from "../../src/slub/oracle/ram.ts";
import { NONE } from "../../src/slub/oracle/slabs.ts";
import { functionName, type LogMachine } from "../../src/slub/words/dmesg.ts";
import { deathOf, fixOf, plainLineOf, reportOf, sectionOf, warningOf } from "./report_words.ts";

/** What the names in an operation's text stand for. */
export interface TextNames {
  addressOf(name: string): bigint | undefined;
  /** kmem_cache index, NO_CACHE_INDEX for none. */
  cacheOf(name: string): number;
}

/** What a kernel said during one operation. */
export interface SpokenOp {
  readonly reports: KernelReport[];
  memoryShort: boolean;
  refused: boolean;
  faultKind: FaultKind;
  faultFunction: Fn;
  /** What it touched, as far as it says so. */
  faultAddress: bigint | undefined;
  /** Lines that look like a report and are none that is known. */
  readonly unread: string[];
}

const BUG = /^BUG (\S+) \((?:Not tainted|Tainted: [^)]*)\): (.*)$/;
const PLACE = String.raw`(\{[^}]+\}|0x[0-9a-f]{16})`;
const BYTES = new RegExp(
  String.raw`^(?:\[(.*) overwritten\] )?${PLACE}-${PLACE} @offset=(\d+)\. First byte `,
);
const PADDING = new RegExp(String.raw`${PLACE}-${PLACE} @offset=(\d+)$`);
const SLAB = new RegExp(`^Slab ${PLACE} objects=`);
const OBJECT = new RegExp(String.raw`^Object ${PLACE} @offset=\d+ fp=`);
const WARNING = /^WARNING: (?:CPU: \d+ PID: \S+ at )?(\S+):(\d+) /;
const WRONG_CACHE =
  /^(?:cache_from_obj: Wrong slab cache\. |kmem_cache_free\()([^ ,]+)(?:, .* belongs to| but )/;
const STILL_HAS_OBJECTS = /^kmem_cache_destroy (\S+): Slab cache still has objects /;
const KERNEL_BUG = /^kernel BUG at (\S+)!$/;
const WRITE_FAULT = /^#PF: supervisor write access/;
const FAULT_ADDRESS = / address:? (?:0x)?(\{[^}]+\}|[0-9a-f]+)(?:$|: )/;
const FAULTING = /^RIP: 0010:(\S+)/;
/** What begins like a complaint. */
const COMPLAINT = /^(BUG|WARNING|SLUB|kernel BUG|Oops|general protection)\b/;
const ALL_FUNCTIONS = Object.values(Fn).filter((fn) => typeof fn === "number");

/** A function by the name that a kernel has for it: of several the first. */
export function functionNamed(name: string, machine: LogMachine): Fn {
  const named = ALL_FUNCTIONS.filter((fn) => functionName(fn, machine) === name);
  return named.find((fn) => fn !== Fn.NONE) ?? Fn.NONE;
}

export class ReportReader {
  readonly #machine: OracleMachine;
  readonly #log: LogMachine;

  constructor(machine: OracleMachine, log: LogMachine) {
    this.#machine = machine;
    this.#log = log;
  }

  /** What the lines of operation `op` say. */
  read(op: number, lines: readonly string[], names: TextNames): SpokenOp {
    const reading = new Reading({ op, names, machine: this.#machine, log: this.#log });
    for (const line of lines) reading.take(line);
    return reading.spoken;
  }
}

interface Context {
  readonly op: number;
  readonly names: TextNames;
  readonly machine: OracleMachine;
  readonly log: LogMachine;
}

/** Bytes that a line names. */
interface NamedBytes {
  readonly section: Section;
  readonly firstByte: number;
  readonly lastByte: number;
  readonly slab: number;
}

class Reading {
  readonly spoken: SpokenOp = {
    reports: [],
    memoryShort: false,
    refused: false,
    faultKind: FaultKind.NONE,
    faultFunction: Fn.NONE,
    faultAddress: undefined,
    unread: [],
  };
  readonly #context: Context;
  #previous = "";
  /** Since 6.12 the line about the bytes comes right before the header that it belongs to. */
  #pending: NamedBytes | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  take(line: string): void {
    const isKnown =
      this.#takeHeader(line) ||
      this.#takeBytes(line) ||
      this.#takePlace(line) ||
      this.#takeWarning(line) ||
      this.#takeDeath(line) ||
      this.#takePlain(line);
    if (!isKnown && COMPLAINT.test(line)) this.spoken.unread.push(line);
    this.#previous = line;
  }

  #takeHeader(line: string): boolean {
    const [, cache, text] = BUG.exec(line) ?? [];
    const code = text === undefined ? undefined : reportOf(text);
    if (cache === undefined || code === undefined) return false;
    this.#add(EventKind.BUG, code, this.#context.names.cacheOf(cache), this.#bytesOf(code, text));
    return true;
  }

  #bytesOf(code: Report, text: string): Partial<NamedBytes> {
    const pending = this.#pending;
    if (code === Report.OVERWRITTEN) return { section: sectionOf(text) };
    if (code === Report.OBJECT_CORRUPT) return pending ?? {};
    const [, first, last, offset] = PADDING.exec(text) ?? [];
    if (code !== Report.PADDING_OVERWRITTEN || offset === undefined) return {};
    return this.#namedBytes(Section.NONE, { first, last, offset });
  }

  #add(kind: EventKind, code: number, cache: number, bytes: Partial<NamedBytes> = {}): void {
    this.#pending = undefined;
    if (!isReport(kind, code)) return;
    const where = { section: Section.NONE, firstByte: NONE, lastByte: NONE, slab: NONE };
    const { op } = this.#context;
    this.spoken.reports.push({ kind, code, op, cache, object: NONE, ...where, ...bytes });
  }

  #takeBytes(line: string): boolean {
    const [, section, first, last, offset] = BYTES.exec(line) ?? [];
    if (offset === undefined) return false;
    const report = this.spoken.reports.at(-1);
    const isOverwritten = report?.kind === EventKind.BUG && report.code === Report.OVERWRITTEN;
    const named = section === undefined ? (report?.section ?? Section.NONE) : sectionOf(section);
    const bytes = this.#namedBytes(named, { first, last, offset });
    if (!isOverwritten) this.#pending = bytes;
    else if (report.firstByte === NONE) Object.assign(report, bytes);
    return true;
  }

  #namedBytes(section: Section, text: { first: string; last: string; offset: string }): NamedBytes {
    const firstByte = this.#ramOffset(text.first);
    const slab = firstByte === NONE ? NONE : firstByte - Number(text.offset);
    return { section, firstByte, lastByte: this.#ramOffset(text.last), slab };
  }

  #takePlace(line: string): boolean {
    const [, page] = SLAB.exec(line) ?? [];
    const [, object] = OBJECT.exec(line) ?? [];
    const report = this.spoken.reports.at(-1);
    if (report?.kind === EventKind.BUG) {
      if (page !== undefined) report.slab = this.#pageOffset(page);
      if (object !== undefined) report.object = this.#ramOffset(object);
    }
    return page !== undefined || object !== undefined;
  }

  #takeWarning(line: string): boolean {
    const [, file, number] = WARNING.exec(line) ?? [];
    if (number === undefined) return false;
    const text = this.#previous;
    const code = warningOf(text) ?? this.#warningAt(file, Number(number));
    if (code === undefined) return this.#isAside(file, Number(number));
    const cache = (WRONG_CACHE.exec(text) ?? STILL_HAS_OBJECTS.exec(text))?.[1];
    const { names } = this.#context;
    this.#add(EventKind.WARN, code, cache === undefined ? NO_CACHE_INDEX : names.cacheOf(cache));
    if (endsFree(code)) this.spoken.refused = true;
    return true;
  }

  /** A warning without words is known by the place in the source where it stands. */
  #warningAt(file: string, line: number): Warning | undefined {
    const sites = Object.entries(this.#context.log.words.warnSites);
    const found = sites.find(([, site]) => site?.file === file && site.line === line);
    return found && (Number(found[0]) as Warning);
  }

  /** Warnings that only accompany something else. */
  #isAside(file: string, line: number): boolean {
    const { splats, stackDepot, oops } = this.#context.log.words;
    const asides = [...splats, ...(stackDepot?.sites ?? []), oops.interruptsOff];
    return asides.some((site) => site?.file === file && site.line === line);
  }

  #takeDeath(line: string): boolean {
    const { spoken } = this;
    const kind = deathOf(line) ?? this.#kernelBug(line);
    if (kind !== undefined) {
      if (spoken.faultKind !== FaultKind.NONE) return true;
      spoken.faultKind = kind;
      const [, place] = FAULT_ADDRESS.exec(line) ?? [];
      if (place !== undefined) spoken.faultAddress = this.#anyAddress(place);
      return true;
    }
    if (WRITE_FAULT.test(line)) spoken.faultKind = FaultKind.PAGE_WRITE;
    const [, name] = FAULTING.exec(line) ?? [];
    if (name !== undefined && spoken.faultKind !== FaultKind.NONE) {
      if (spoken.faultFunction === Fn.NONE) {
        spoken.faultFunction = functionNamed(name, this.#context.log);
      }
    }
    return spoken.faultKind !== FaultKind.NONE;
  }

  #kernelBug(line: string): FaultKind | undefined {
    const [, place] = KERNEL_BUG.exec(line) ?? [];
    const bugs = Object.entries(this.#context.log.words.oops.bugs);
    const found = bugs.find(([, site]) => site === place);
    return found && (Number(found[0]) as FaultKind);
  }

  #takePlain(line: string): boolean {
    if (fixOf(line) !== undefined) this.spoken.refused = true;
    const plain = plainLineOf(line);
    if (plain === undefined) return false;
    const { code, cache } = plain;
    if (code === Line.OUT_OF_MEMORY) this.spoken.memoryShort = true;
    const { names } = this.#context;
    this.#add(EventKind.LINE, code, cache === undefined ? NO_CACHE_INDEX : names.cacheOf(cache));
    return true;
  }

  /** RAM offset of a place, NONE for one that has no name, or lies elsewhere. */
  #ramOffset(place: string): number {
    const address = this.#addressOf(place);
    if (address === undefined) return NONE;
    const ram = new Ram(this.#context.machine);
    return ram.offsetOf(highWord(address), lowWord(address));
  }

  #pageOffset(place: string): number {
    const address = this.#addressOf(place);
    if (address === undefined) return NONE;
    return offsetOfPage(this.#context.machine, highWord(address), lowWord(address));
  }

  #anyAddress(place: string): bigint | undefined {
    return place.startsWith("{") ? this.#addressOf(place) : BigInt(`0x${place}`);
  }

  #addressOf(place: string): bigint | undefined {
    return place.startsWith("{") ? this.#context.names.addressOf(place.slice(1, -1)) : undefined;
  }
}
