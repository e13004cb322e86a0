// The kernel's log: events of the core as the lines that the kernel of a profile prints for them,
// with raw addresses. It remembers what a kernel remembers from one report to the next: its taint,
// and which of the warnings that come only once have come.
//
// Left out, because nothing simulated stands behind them: registers, call traces, offsets inside
// functions, module lists and time stamps.
import { Dump, EventKind, type FaultKind, Fix, Fn, Line, TrackCode, Warning } from "../../abi.ts";
import { hex8, hex64 } from "../../base/hex.ts";
import type { KernelEvent } from "../core/event.ts";
import type { KernelText } from "../program/kernel_text.ts";
import type { CacheLookup } from "../run/recorder.ts";
import {
  bugText,
  damageLine,
  fixLines,
  leftLine,
  memoryLines,
  objectLines,
  prefixedPointer,
  signed,
  slabLine,
  traceLine,
  trackLine,
} from "./bug_text.ts";
import { isOfList, STACK_MISSING } from "./kernels/common.ts";
import type { Words } from "./kernels/index.ts";
import type { WarnSite } from "./kernels/types.ts";
import {
  interruptsOffWarning,
  type OopsContext,
  oopsLines,
  splatLines,
  warningText,
  wrongCacheText,
} from "./splat.ts";

const RULER = "=".repeat(77);
const DASHES = "-".repeat(77);
const LOCK_DEBUGGING = "Disabling lock debugging due to kernel taint";

/** Warnings that more than one function gives. */
const ASKED_BY: ReadonlySet<number> = new Set([Warning.WRONG_SLAB_CACHE, Warning.NOT_A_SLAB_PAGE]);

/** What the log needs to know about the machine. */
export interface LogMachine {
  readonly words: Words;
  readonly text: KernelText;
  readonly smp: boolean;
  readonly debugList: boolean;
  /** FREELIST_HARDENED */
  readonly hardened: boolean;
  /** BUG_ON_DATA_CORRUPTION: what is said of a list is followed by a BUG, in place of a splat. */
  readonly bugOnCorruption: boolean;
  /** Whether all caches keep stacks from the boot on: the depot then holds those of the boot. */
  readonly keepsStacks: boolean;
}

/** Functions that run with interrupts off: 6.12 warns before it dies there. */
const INTERRUPTS_OFF: ReadonlySet<Fn> = new Set([
  Fn.SLAB_ALLOC_SLOW,
  Fn.GET_PARTIAL_NODE,
  Fn.GET_MAP,
  Fn.ON_FREELIST,
  Fn.CHECK_OBJECT,
  Fn.CHECK_SLAB,
  Fn.VALIDATE_SLAB,
  Fn.UNFREEZE_PARTIALS,
  Fn.FREE_DEBUG_PROCESSING,
  Fn.PRINT_TRAILER,
  Fn.SHRINK,
  Fn.SHUTDOWN_CACHE,
]);

/**
 * Turns events into the lines of a kernel log, with raw addresses. One log is for one boot of one
 * machine: give it events in their order. Its texts are held against recordings of 3.10.0-514,
 * 6.1.192 and 6.12.117.
 */
export class KernelLog {
  readonly #words: Words;
  readonly #machine: LogMachine;
  readonly #taint: Taint;
  /** Messages that the kernel prints only once, and has printed. */
  readonly #said = new Set<string>();

  constructor(machine: LogMachine) {
    this.#machine = machine;
    this.#words = machine.words;
    this.#taint = new Taint(machine.words);
  }

  /** The lines of all these events; `caches` knows the caches that they speak of. */
  printAll(events: readonly KernelEvent[], caches: CacheLookup): string[] {
    return events.flatMap((event) => this.#print(event, caches));
  }

  #print(event: KernelEvent, caches: CacheLookup): string[] {
    const words = this.#words;
    const nameOf = ({ cache }: KernelEvent): string => caches.nameOf(cache);
    switch (event.kind) {
      case EventKind.BUG:
        return this.#header(event, caches);
      case EventKind.BYTES:
        return [damageLine(event, words)];
      case EventKind.TRACK:
        return [trackLine(event, words, this.#machine.text), ...this.#stackOf(event)];
      case EventKind.SLAB:
        return [slabLine(event, words)];
      case EventKind.OBJECT:
        return objectLines(event, words);
      case EventKind.DUMP:
        return dumpLines(event, words);
      case EventKind.FIX:
        return [...this.#behindReport(event), ...fixLines(event, words, nameOf(event))];
      case EventKind.WARN:
        return this.#warning(event, caches);
      case EventKind.LINE:
        return this.#line(event, caches);
      case EventKind.TRACE:
        return [traceLine(event, words, nameOf(event))];
      case EventKind.OOPS:
        return this.#oops(event);
      case EventKind.LEFT:
        return [leftLine(event, words)];
      case EventKind.INVALID_POINTER:
        return [`Invalid pointer ${prefixedPointer(event.a, words)}`];
      case EventKind.SPLAT:
        return [
          ...this.#behindReport(event),
          ...this.#splat(words.splats[event.code], "", event.cpu),
        ];
      case EventKind.MEMORY:
        return memoryLines(event, words, nameOf(event), this.#machine.text);
      default:
        return unknownKind(event.kind);
    }
  }

  /** The frame with the BUG line. The taint of this report shows from the next one on. */
  #header(event: KernelEvent, caches: CacheLookup): string[] {
    const cache = caches.nameOf(event.cache);
    const bug = `BUG ${cache} (${this.#taint.text()}): ${bugText(event, this.#words, cache)}`;
    this.#taint.add("B");
    const notice = this.#words.lockDebuggingLine === "header" ? this.#once(LOCK_DEBUGGING) : [];
    return [RULER, ...bug.split("\n"), DASHES, "", ...notice];
  }

  /** What later kernels print between the trailer of the first report and what follows it. */
  #behindReport(event: KernelEvent): string[] {
    const marks = event.kind === EventKind.SPLAT || event.code !== Fix.MARKING_ALL_OBJECTS_USED;
    const due = this.#words.lockDebuggingLine === "trailer" && this.#taint.has("B");
    return marks && due ? this.#once(LOCK_DEBUGGING) : [];
  }

  #warning(event: KernelEvent, caches: CacheLookup): string[] {
    const words = this.#words;
    const warning = event.code as Warning;
    const first = !words.warnOnce.has(warning) || this.#first(`warning ${warning}`);
    const site = siteOf(event, words);
    if (warning === Warning.WRONG_SLAB_CACHE && words.wrongCacheSwapped) {
      const text = wrongCacheText(event, words, caches);
      return [text, ...(first ? this.#splat(site, "", event.cpu) : [])];
    }
    const text = warningText(event, words, caches);
    if (this.#machine.bugOnCorruption && site !== undefined && isOfList(site)) return [text];
    return first ? this.#splat(site, text, event.cpu) : [];
  }

  /**
   * The stack of a track, by its handle in the stack depot: not printed, but a handle that was
   * overwritten has consequences.
   */
  #stackOf({ code, cpu, z: handle }: KernelEvent): string[] {
    const depot = this.#words.stackDepot;
    if (depot === undefined || (code & TrackCode.HAS_STACK) !== 0) return [];
    if (handle === 0) return [depot.missing];
    const { few, booted, bootedSmp } = depot.pools;
    const { keepsStacks, smp } = this.#machine;
    const pools = !keepsStacks ? few : smp ? bootedSmp : booted;
    return depot.sites.flatMap((site, i) => {
      return this.#splat(site, depot.texts[i](handle, pools), cpu);
    });
  }

  #splat(site: WarnSite | undefined, text: string, cpu: number): string[] {
    const place = site ?? { file: "mm/slub.c", line: 0, fn: this.#words.functions[Fn.RUN_OP] };
    const lines = splatLines(place, text, this.#words, this.#machineLine(), cpu);
    this.#taint.add("W");
    return lines;
  }

  #line(event: KernelEvent, caches: CacheLookup): string[] {
    const once = event.code === Line.OBJECT_POINTER;
    if (once && !this.#first("object pointer")) return [];
    return plainLines(event, this.#words, caches);
  }

  #oops(event: KernelEvent): string[] {
    const fn = event.x as Fn;
    const context: OopsContext = {
      words: this.#words,
      fn:
        this.#words.oops.outOfLine[event.code as FaultKind]?.[fn] ??
        functionName(fn, this.#machine),
      smp: this.#machine.smp,
      machine: this.#machineLine(),
    };
    const warning = INTERRUPTS_OFF.has(fn) ? interruptsOffWarning(event, context) : [];
    return [...warning, ...oopsLines(event, context)];
  }

  #machineLine(): string {
    return `CPU: 0 PID: 1 Comm: slabfuzz ${this.#taint.text()} ${this.#words.release}`;
  }

  #once(line: string): string[] {
    return this.#first(line) ? [line] : [];
  }

  #first(what: string): boolean {
    const first = !this.#said.has(what);
    this.#said.add(what);
    return first;
  }
}

/**
 * What a kernel calls a function. Without DEBUG_LIST the list functions are part of the one that
 * calls them, and without hardened free lists so are some others.
 */
export function functionName(fn: Fn, { words, debugList, hardened }: LogMachine): string {
  const inlined = !debugList && (fn === Fn.LIST_ADD || fn === Fn.LIST_DEL);
  const own = hardened ? words.hardenedFunctions[fn] : undefined;
  return own ?? words.functions[inlined ? Fn.RUN_OP : fn];
}

function unknownKind(kind: never): string[] {
  return [`event ${kind}`];
}

/** Where a warning came from; one that several functions can give names the one that did. */
function siteOf(event: KernelEvent, words: Words): WarnSite | undefined {
  const site = words.warnSites[event.code as Warning];
  const isFixed = words.warnStyle === "7.x" || !ASKED_BY.has(event.code);
  if (site === undefined || isFixed) return site;
  return { ...site, fn: words.functions[event.z as Fn] };
}

/** Letters by position; position 0 is G as long as no proprietary module was loaded. */
const LETTERS = "PFSRMBUDAWCIOELKXTNJ";

type TaintLetter = "B" | "W" | "D";

/** The taint string of a BUG line: which kinds of trouble this machine has seen since it booted. */
class Taint {
  readonly #words: Words;
  readonly #set = new Set<TaintLetter>();

  constructor(words: Words) {
    this.#words = words;
  }

  add(letter: TaintLetter): void {
    this.#set.add(letter);
  }

  has(letter: TaintLetter): boolean {
    return this.#set.has(letter);
  }

  /** "Not tainted", or "Tainted: " and one character a position. */
  text(): string {
    if (this.#set.size === 0) return "Not tainted";
    let text = "G";
    for (const letter of LETTERS.slice(1, this.#words.taintPositions)) {
      text += this.#set.has(letter as TaintLetter) ? letter : " ";
    }
    return `Tainted: ${text}${this.#words.taintTail}`;
  }
}

/** The lines of a LINE event. */
function plainLines(event: KernelEvent, words: Words, caches: CacheLookup): string[] {
  const cache = caches.nameOf(event.cache);
  const line = event.code as Line;
  switch (line) {
    case Line.PARTIAL_SLABS_COUNTED:
      return [
        `SLUB ${cache}: ${signed(event.x)} partial slabs counted but counter=${signed(event.y)}`,
      ];
    case Line.SLABS_COUNTED:
      return [`SLUB: ${cache} ${signed(event.x)} slabs counted but counter=${signed(event.y)}`];
    case Line.CACHE_STILL_HAS_OBJECTS:
      return [`kmem_cache_destroy ${cache}: Slab cache still has objects`];
    case Line.NO_SLAB_FOR_OBJECT:
      return [`SLUB <none>: no slab for object ${prefixedPointer(event.a, words)}.`];
    case Line.OUT_OF_MEMORY:
      return outOfMemoryLines(event, words, caches);
    case Line.OBJECT_POINTER:
      return [`object pointer: ${prefixedPointer(event.a, words)}`];
    case Line.LIST_BROKEN:
      return [`slabfuzz: a slab list of ${cache} leaves memory or never ends`];
    case Line.STACK_TRACE_MISSING:
      return [STACK_MISSING];
    default:
      return unknownLine(line);
  }
}

function unknownLine(line: never): string[] {
  return [`line ${line}`];
}

function outOfMemoryLines(event: KernelEvent, words: Words, caches: CacheLookup): string[] {
  const fields = caches.fieldsOf(event.cache);
  return [
    `SLUB: Unable to allocate memory on node -1${words.allocationFlags}`,
    `  cache: ${caches.nameOf(event.cache)}, object size: ${fields.objectSize}, ` +
      `buffer size: ${fields.size}, default order: ${fields.order}, min order: ${fields.minOrder}`,
    `  node 0: slabs: ${event.x}, objs: ${event.y}, free: ${event.z}`,
  ];
}

const ROW_BYTES = 16;
/** Sixteen bytes of two digits, separated by blanks. */
const HEX_COLUMNS = 47;

const TAGS: Readonly<Record<Dump, string>> = {
  [Dump.BYTES_B4]: "Bytes b4",
  [Dump.OBJECT]: "Object",
  [Dump.REDZONE]: "Redzone",
  [Dump.PADDING]: "Padding",
  [Dump.SLAB_PADDING]: "Padding",
  [Dump.TRACED_OBJECT]: "Object",
};

/** The lines of a DUMP event. */
function dumpLines(event: KernelEvent, words: Words): string[] {
  const tag = tagOf(event.code as Dump, words);
  const lines: string[] = [];
  for (let at = 0; at < event.bytes.length; at += ROW_BYTES) {
    const row = event.bytes.subarray(at, at + ROW_BYTES);
    lines.push(`${tag}${hex64(event.a + BigInt(at))}: ${rowText(row)}`);
  }
  return lines;
}

/** Tails of slabs and traced objects keep their own tag length in every kernel. */
function tagOf(dump: Dump, words: Words): string {
  const padded = dump !== Dump.SLAB_PADDING && dump !== Dump.TRACED_OBJECT;
  const tag = `${TAGS[dump]} `;
  return words.dumpTagsPadded && padded ? tag.padEnd(9) : tag;
}

function rowText(row: Uint8Array): string {
  const digits = Array.from(row, hex8).join(" ").padEnd(HEX_COLUMNS);
  const characters = Array.from(row, printable).join("");
  return `${digits}  ${characters}`;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}
