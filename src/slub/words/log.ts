// A replay in the format of the recordings: one line for each operation, and under it the kernel
// text that it caused, normalised.
import { EventKind, Letter, Status } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import { globalLettersOf } from "../program/boot.ts";
import { bootLineOf } from "../program/boot_line.ts";
import { kernelTextOf } from "../program/kernel_text.ts";
import { type Machine, profileNumber } from "../program/machine.ts";
import type { ReplayStep } from "../run/replay.ts";
import type { SymbolTable } from "../run/symbols.ts";
import { KernelLog, type LogMachine } from "./dmesg.ts";
import { wordsOf } from "./kernels/index.ts";

/** The texts of a log's machine. */
export function logMachineOf(machine: Machine): LogMachine {
  return {
    words: wordsOf(profileNumber(machine.profile)),
    text: kernelTextOf(machine),
    smp: machine.cpus > 1 || machine.variant.startsWith("smp"),
    debugList: machine.debugList,
    hardened: machine.hardened,
    bugOnCorruption: machine.bugOnCorruption,
    keepsStacks: (globalLettersOf(machine) & Letter.U) !== 0,
  };
}

/** Turns steps into the recordings' lines. */
export class LogWriter {
  readonly #log: KernelLog;
  readonly #old: boolean;

  constructor(machine: Machine) {
    this.#log = new KernelLog(logMachineOf(machine));
    this.#old = machine.profile === "v3.10";
  }

  /** The lines of one operation. */
  lines(step: ReplayStep): string[] {
    const options = { symbols: step.symbols, old: this.#old };
    const events = this.#old ? step.events.map(shortenEvent) : step.events;
    const printed = this.#log.printAll(events, step.caches);
    const kernel = normaliseLines(this.#old ? printed.map(shortenOffset) : printed, options);
    const head = `@@ op ${step.index}: ${step.text} => ${step.namedResult}`;
    return [head, ...kernel.map((line) => `    | ${line}`)];
  }
}

/** The first line of a log. */
function logHeader(name: string, machine: Machine, last: Status | undefined): string {
  const ends: Partial<Record<Status, string>> = {
    [Status.CRASH]: "  ** kernel crashed **",
    [Status.HANG]: "  ** kernel hung **",
  };
  return `# ${name}  boot: ${bootLineOf(machine)}${(last !== undefined && ends[last]) || ""}`;
}

/**
 * A whole replay in the format of the recordings, line by line: `@@ op N: TEXT => RESULT`, and
 * below each operation the kernel text that it caused, with addresses replaced by names. `name` is
 * what the first line calls the program.
 */
export function logOf(name: string, machine: Machine, steps: Iterable<ReplayStep>): string[] {
  const writer = new LogWriter(machine);
  const lines: string[] = [];
  let last: Status | undefined;
  for (const step of steps) {
    // An operation may have more lines than a call takes arguments.
    for (const line of writer.lines(step)) lines.push(line);
    last = step.status;
  }
  return [logHeader(name, machine, last), ...lines];
}

const ROW_BYTES = 16n;
const WORD_BYTES = 8;
/** Where kernel addresses begin; nothing is mapped between here and the direct map. */
const KERNEL_HALF = 0xffff800000000000n;
/** Kernel windows that lose the seventeen bits that all their addresses share. */
const DIRECT_MAP = 0xffff880000000000n;
const VMEMMAP_END = 0xffffeb0000000000n;
const SHORT_BITS = 0x00007fffffffffffn;
/** The module's text, and where that program has it. */
const MODULES = 0xffffffffa0000000n;
const MODULES_END = 0xffffffffc0000000n;
const SHORT_MODULES = 0x0000555555554000n;
/**
 * Objects in the kernel image lie this far from any slab at least, and in the program this much
 * less.
 */
const IMAGE_DISTANCE = 0x77ff00000000n;
const IMAGE_SHIFT = 0x01ff00000000n;

/** The short form of a word, if it is a pointer. */
function shortForm(word: bigint): bigint {
  if (word >= DIRECT_MAP && word < VMEMMAP_END) return word & SHORT_BITS;
  if (word >= MODULES && word < MODULES_END) return word - MODULES + SHORT_MODULES;
  return word;
}

/** A dump whose words are short where a row of sixteen bytes ends inside of them. */
function shortenCutWords(event: KernelEvent): KernelEvent {
  const skew = Number(event.a % BigInt(WORD_BYTES));
  if (event.kind !== EventKind.DUMP || skew === 0) return event;
  const bytes = event.bytes.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = WORD_BYTES - skew; at + WORD_BYTES <= bytes.length; at += WORD_BYTES) {
    const rowEnd = Number(ROW_BYTES) - (at % Number(ROW_BYTES));
    if (rowEnd < WORD_BYTES) view.setBigUint64(at, shortForm(view.getBigUint64(at, true)), true);
  }
  return { ...event, bytes };
}

/**
 * An event as that program shows it. In the recordings of 3.10, made by the kernel's source as a
 * user program, a pointer is stored in a short form. Whole words are translated back there; what is
 * not shows as it stands: words that a row of a dump cuts in two, the distance from a slab to the
 * kernel image, faults in front of all memory.
 */
function shortenEvent(event: KernelEvent): KernelEvent {
  return event.kind === EventKind.OOPS ? shortenFault(event) : shortenCutWords(event);
}

/** An address in front of the direct map is none that the program translates. */
function shortenFault(event: KernelEvent): KernelEvent {
  const address = BigInt.asUintN(64, event.a);
  const inFront = address >= KERNEL_HALF && address < DIRECT_MAP;
  return inFront ? { ...event, a: address & SHORT_BITS } : event;
}

/** A line whose @offset is the one that the recording program computes. */
function shortenOffset(line: string): string {
  return line.replace(/@offset=(\d{13,})/, (all, digits) => {
    const offset = BigInt(digits);
    return offset < IMAGE_DISTANCE ? all : `@offset=${offset - IMAGE_SHIFT}`;
  });
}

/** Lines that say nothing about the heap. */
const DROPPED: readonly RegExp[] = [
  /^CPU: \d+ (UID: \d+ )?PID:/,
  /^Tainted: /,
  /^Hardware name:/,
  /^Call Trace:/,
  /^ *<\/?(TASK|IRQ|#PF|NMI)>/,
  /^ *(\? )?[\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+( .*)?$/,
  /^Code:/,
  /^(RSP|RAX|RDX|RBP|R10|R13|FS|CS|CR2|DR[0-9]):/,
  /^Modules linked/,
  /^Workqueue:/,
  /^---\[ end trace/,
  /^Kernel Offset:/,
  /^Rebooting/,
  /^PGD /,
  /^Stack:/,
  /^\s*$/,
  /^Disabling lock debugging/,
  /^RIP: 0033/,
];

/** A row of a hex dump: tag, address, bytes, characters. */
const HEX_ROW = /^(\w[\w ]*?\s+|\s*)([0-9a-f]{16}): ((?:[0-9a-f]{2} ?)+) .*$/;
const RAW_ADDRESS = /(0x|\b)(ffff[0-9a-f]{12})\b/g;
/** The kernel's own code and data. */
const KERNEL_IMAGE = 0xffffffff80000000n;

interface NormaliseOptions {
  readonly symbols: SymbolTable;
  /** As 3.10's recordings are written: words that point into the kernel image are <text>. */
  readonly old: boolean;
}

/**
 * The lines that stay, normalised. Addresses become names, times and processes become stars, and
 * lines about the machine go.
 */
export function normaliseLines(lines: readonly string[], options: NormaliseOptions): string[] {
  return lines
    .filter((line) => !DROPPED.some((pattern) => pattern.test(line)))
    .map((line) => normaliseLine(line, options));
}

function normaliseLine(line: string, options: NormaliseOptions): string {
  const row = HEX_ROW.exec(line);
  if (row !== null) return normaliseRow(row, options);
  return line
    .replace(RAW_ADDRESS, (all, _prefix, digits) => named(digits, options.symbols) ?? all)
    .replace(/age=\d+/g, "age=*")
    .replace(/pid=\d+/g, "pid=*")
    .replace(/(\b[a-zA-Z_][\w.]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/g, "$1");
}

function named(digits: string, symbols: SymbolTable): string | undefined {
  const name = symbols.nameOf(BigInt(`0x${digits}`));
  return name === undefined ? undefined : `{${name}}`;
}

function normaliseRow(row: RegExpExecArray, options: NormaliseOptions): string {
  const [, tag, digits, bytes] = row;
  const at = named(digits, options.symbols) ?? digits;
  const words = wordsOfRow(BigInt(`0x${digits}`), bytes.trim().split(" "), options);
  return `${tag}${at}: ${words.join(" ")}`;
}

/** The bytes of a row; eight of them that lie aligned and point somewhere known become one name. */
function wordsOfRow(
  address: bigint,
  bytes: readonly string[],
  options: NormaliseOptions,
): string[] {
  const words: string[] = [];
  for (let i = 0; i < bytes.length; ) {
    const aligned = (address + BigInt(i)) % BigInt(WORD_BYTES) === 0n;
    const whole = aligned && i + WORD_BYTES <= bytes.length;
    const name = whole ? nameOfWord(bytes.slice(i, i + WORD_BYTES), options) : undefined;
    words.push(name ?? bytes[i]);
    i += name === undefined ? 1 : WORD_BYTES;
  }
  return words;
}

function nameOfWord(bytes: readonly string[], options: NormaliseOptions): string | undefined {
  const value = BigInt(`0x${[...bytes].reverse().join("")}`);
  if (value === 0n) return undefined;
  const name = options.symbols.nameOf(value);
  if (name !== undefined) return `<${name}>`;
  return options.old && value >= KERNEL_IMAGE ? "<text>" : undefined;
}
