// What a kernel in QEMU writes to its debug port, as logs in the form of the recordings.
//
//   @@B NAME                        a script begins
//   @@G glob=HEX vglob=HEX len=N    where the named memory lies
//   @@> N: TEXT                     operation N, before the first thing that the kernel says in it
//   ...                             kernel text
//   @@+ CACHE sN base=HEX slab=HEX order=N objects=N     a slab got its number
//   @@- CACHE sN                    a numbered slab was given back
//   @@= N: TEXT => RESULT           operation N is over
//   @@E                             the script is over
import { type NamedRange, type NumberedSlab, SymbolTable } from "../../src/slub/run/symbols.ts";
import { normaliseLines } from "../../src/slub/words/log.ts";

/** How a script ended on the kernel. */
export type Ending = "done" | "crash" | "hang";

/** One script's log. */
export interface KernelLogOf {
  readonly name: string;
  readonly ending: Ending;
  /** As in a recording: `@@ op` lines, and kernel text below them. */
  readonly lines: readonly string[];
  /** Two CPUs, or two threads, wrote at once: what is here cannot be read. */
  readonly isGarbled: boolean;
  /** Where `glob` and `vglob` lay. */
  readonly glob: bigint;
  readonly vglob: bigint;
}

/** Lines about the machine and not about the heap, beside those that every log leaves out. */
const ENVIRONMENT = [
  /^random: /,
  /^clocksource: /,
  /^tsc: /,
  /^sched_clock: /,
  /^Stack Depot/,
  /^stackdepot: /,
  /^TSC found unstable/,
  /^ (do_syscall|entry_SYSCALL|ret_from|asm_)/,
];
const PANIC =
  /Kernel panic|Oops|BUG: unable|BUG: kernel|general protection|kernel BUG at|double fault/;
const GLOBALS = /^@@G glob=(\w+) vglob=(\w+) len=(\d+)/;
const SLAB_ADDED = /^@@\+ (\S+) s(\d+) base=(\w+) slab=(\w+) order=(\d+)/;
const SLAB_GONE = /^@@- (\S+) s(\d+)/;
const OP_DONE = /^@@= (\d+): (.*?) => (.*)$/;
const OP_BEGUN = /^@@> (\d+): (.*)$/;
/** A frame of a stack trace: the driver never writes one, a thread of the kernel may. */
const FRAME = /\w\+0x[0-9a-f]+\/0x[0-9a-f]+/;

/** The logs of the scripts that began. `textOf` gives an operation's line. */
export function parseConsole(
  text: string,
  textOf: (script: string, op: number) => string | undefined,
): KernelLogOf[] {
  const reader = new ConsoleReader(textOf);
  // Behind the last line end stands nothing, or what a stopped machine did not finish.
  for (const line of text.split("\n").slice(0, -1)) reader.line(line);
  return reader.finish();
}

interface Open {
  readonly name: string;
  ending: Ending | undefined;
  isGarbled: boolean;
  readonly lines: string[];
}

class ConsoleReader {
  readonly #textOf: (script: string, op: number) => string | undefined;
  readonly #logs: Open[] = [];
  #ranges: NamedRange[] = [];
  readonly #symbols = new SymbolTable(() => this.#ranges);
  readonly #slabs = new Map<string, NumberedSlab>();
  #pending: string[] = [];
  #added: NumberedSlab[] = [];
  #gone: string[] = [];
  /** The operation that spoke and has not ended. */
  #begun: string | undefined;
  #nextOp = 0;

  constructor(textOf: (script: string, op: number) => string | undefined) {
    this.#textOf = textOf;
  }

  line(line: string): void {
    if (line.startsWith("@@B ")) this.#begin(line.slice(4));
    else if (this.#open === undefined) return;
    else if (line.startsWith("@@G ")) this.#nameGlobals(line);
    else if (line.startsWith("@@> ")) this.#begun = line.slice(4);
    else if (line.startsWith("@@+ ")) this.#addSlab(line);
    else if (line.startsWith("@@- ")) this.#gone.push(line);
    else if (line.startsWith("@@= ")) this.#endOp(line);
    else if (line.startsWith("@@E")) this.#open.ending = "done";
    else this.#pending.push(line);
  }

  /** A script without an end died, or hangs. */
  finish(): KernelLogOf[] {
    if (this.#open !== undefined) this.#die(this.#open);
    const [glob, vglob] = this.#ranges.map(({ base }) => base);
    // A machine that was stopped before it said where they are has not begun.
    if (glob === undefined) return [];
    return this.#logs.map((open) => ({ ...open, ending: open.ending ?? "hang", glob, vglob }));
  }

  /** The script that is running. */
  get #open(): Open | undefined {
    const last = this.#logs.at(-1);
    return last?.ending === undefined ? last : undefined;
  }

  #begin(name: string): void {
    this.#logs.push({ name, ending: undefined, isGarbled: false, lines: [] });
    this.#pending = [];
    this.#begun = undefined;
    this.#nextOp = 0;
  }

  #nameGlobals(line: string): void {
    const [, glob, vglob, length] = this.#read(GLOBALS, line);
    const size = BigInt(length ?? 0);
    this.#ranges = [
      { name: "glob", base: hex(glob), size },
      { name: "vglob", base: hex(vglob), size },
    ];
  }

  #addSlab(line: string): void {
    const [, cache, number, base, page, order] = this.#read(SLAB_ADDED, line);
    if (cache === undefined) return;
    const place = { base: hex(base), page: hex(page), order: Number(order) };
    this.#added.push({ cache, number: Number(number), ...place });
  }

  #read(pattern: RegExp, line: string): readonly string[] {
    const match = pattern.exec(line);
    if (match === null && this.#open !== undefined) this.#open.isGarbled = true;
    return match ?? [];
  }

  /** The driver spells addresses, and leaves names to its reader. */
  #named(text: string): string {
    const spelled = (digits: string) => this.#symbols.spelled(BigInt(`0x${digits}`));
    return text.replace(/\bffff[0-9a-f]{12}\b/g, spelled);
  }

  #endOp(line: string): void {
    const [, number, text, result] = this.#read(OP_DONE, line);
    if (result === undefined) return;
    if (this.#open !== undefined && FRAME.test(result)) this.#open.isGarbled = true;
    this.#write(`${number}: ${text}`, this.#named(result.trim()));
    this.#nextOp = Number(number) + 1;
    this.#begun = undefined;
  }

  #die(open: Open): void {
    const died = this.#pending.some((line) => PANIC.test(line));
    const number = OP_BEGUN.exec(this.#begun ?? "")?.[1] ?? this.#nextOp;
    const text = this.#textOf(open.name, Number(number)) ?? "?";
    this.#write(`${number}: ${text}`, died ? "CRASH (no return)" : "HANG (never returns)");
    open.ending = died ? "crash" : "hang";
  }

  /** Slabs have their names in the kernel text of the operation that numbered them. */
  #write(head: string, result: string): void {
    for (const slab of this.#added) this.#name(slab);
    const kept = this.#pending.filter((line) => !ENVIRONMENT.some((other) => other.test(line)));
    const kernel = normaliseLines(kept, { symbols: this.#symbols, old: false });
    this.#open?.lines.push(`@@ op ${head} => ${result}`, ...kernel.map((line) => `    | ${line}`));
    for (const line of this.#gone) this.#forget(line);
    this.#pending = [];
    this.#added = [];
    this.#gone = [];
  }

  #name(slab: NumberedSlab): void {
    this.#slabs.set(`${slab.cache} ${slab.number}`, slab);
    this.#symbols.add(slab);
  }

  #forget(line: string): void {
    const [, cache, number] = SLAB_GONE.exec(line) ?? [];
    const slab = this.#slabs.get(`${cache} ${number}`);
    if (slab !== undefined) this.#symbols.remove(slab);
  }
}

function hex(digits: string | undefined): bigint {
  return BigInt(`0x${digits ?? 0}`);
}
