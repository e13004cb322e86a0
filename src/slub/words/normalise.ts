// A kernel log without what differs from one boot to the next: addresses become names, times and
// processes become stars, and the lines that speak of the machine and not of the heap go.
import type { SymbolTable } from "../run/symbols.ts";

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
const WORD_BYTES = 8;
/** The kernel's own code and data. */
const KERNEL_IMAGE = 0xffffffff80000000n;

interface NormaliseOptions {
  readonly symbols: SymbolTable;
  /** As 3.10's recordings are written: words that point into the kernel image are <text>. */
  readonly old: boolean;
}

/** The lines that stay, normalised. */
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
