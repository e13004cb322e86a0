// The machine that a log is from: kernel, architecture, word size and byte order, as the lines give
// them away.
import { hexOfBytes } from "../base/hex.ts";
import { longPattern } from "./read/pattern.ts";
import type { MachineFacts, Report } from "./report.ts";

const RELEASE = /\b[2-9]\.\d{1,3}(?:\.\d{1,4})?[\w.+~-]{0,80}/;
const KERNEL_AT: readonly RegExp[] = [
  new RegExp(`(?:Not tainted|Tainted: [A-Z -]{1,60}?) {0,4}(${RELEASE.source})`),
  new RegExp(`(?:Linux version|RELEASE:) {0,4}(${RELEASE.source})`),
  new RegExp(`\\((${RELEASE.source})(?: #.{1,40})?\\)`),
  new RegExp(`CPU: \\d+ .{0,80}? (${RELEASE.source}) #`),
  new RegExp(`Tainted.{0,40}\\s(${RELEASE.source})`),
];

/** The kernel that a line names. */
export function kernelIn(text: string): string | undefined {
  if (!/ainted|Linux version|RELEASE|CPU:|REGS/.test(text)) return undefined;
  return KERNEL_AT.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
}

/** A kernel as a number that grows with its version, such as 6012 for 6.12. */
export function versionNumber(kernel: string | undefined): number | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel ?? "") ?? [];
  return major === undefined ? undefined : Number(major) * 1000 + Number(minor);
}

const ARCHES: readonly (readonly [string, RegExp])[] = [
  ["s390x", /Krnl PSW|IBM \d{4} M\d\d|\bs390x?\b/],
  ["ppc64", /\bGPR\d\d: [0-9a-f]{16}|^\[c0[0-9a-f]{14}\] \[c0|NIP \[c0[0-9a-f]{14}\]/],
  ["ppc32", /\bGPR\d\d: [0-9a-f]{8} |NIP \[[0-9a-f]{8}\]|_btrfs_ppc/],
  ["ppc32", /^\[[c-f][0-9a-f]{7}\] \[[c-f][0-9a-f]{7}\] /],
  ["arm64", /\bpstate: [0-9a-f]{8}|\bx29: [0-9a-f]{16}|__arm64_sys|el0t?_svc|\barm64\b/],
  ["arm", /\(unwind_backtrace\)|PC is at|\[<[0-9a-f]{8}>\] \(\w+\) from|\bret_fast_syscall/],
  ["riscv64", /\bepc ?: [0-9a-f]{16}/],
  ["loongarch64", /\bERA: [0-9a-f]{16}|\bera == [0-9a-f]/],
  ["sparc64", /\bTPC: [0-9a-f]{16}|^TPC: </],
  ["parisc", /\bIAOQ\[0\]: |\bKernel Fault: Code=/],
  ["m68k", /^PC: \[<[0-9a-f]{8}>\] /],
  ["mips", /\bepc *: [0-9a-f]{8} |\$ 0 +: /],
  ["x86_64", /\bRIP: |\bR[A-D]X: [0-9a-f]{16}|asm_exc_|entry_SYSCALL_64|do_syscall_64|x86_64/],
  ["i386", /\bEIP: |\bEAX: [0-9a-f]{8}|EIP is at|\bi[3-6]86\b/],
];

const TOOLS: readonly (readonly [string, RegExp])[] = [
  ["KASAN", /KASAN|kasan_|hw_?tags/i],
  ["KFENCE", /BUG: KFENCE/],
  ["KCSAN", /BUG: KCSAN/],
];

/** An address of sixteen digits where the allocator or a trace prints one, hashed or not. */
const WIDE = longPattern(
  String.raw`(?:Slab|Object|Redzone|Padding|Bytes b4|INFO:|list_).{0,80}?\b(?:0x)?[0-9a-f]{16}\b`,
  String.raw`|\[<[0-9a-f]{16}>\]|-0x[0-9a-f]{16}\b`,
);

/** Words that only some kernels print, with a version that has them; the newest first. */
const WORDINGS: readonly (readonly [number, RegExp])[] = [
  [6012, /^\[[\w ]{1,30} overwritten\] 0x|kmalloc Redzone overwritten/],
  [6001, /\b(?:Left|Right) Redzone\b|^Slab 0x.{0,120} flags=0x[0-9a-f]+\(|_noprof\b/],
  [
    3010,
    /^INFO: (?:Slab|Object|Allocated|Freed|0x)|^\w{0,20}RIP: .{0,40}\[<|^Redzone [0-9a-f]{16}:/,
  ],
];

/** The version whose words a line is in; undefined for words of all versions. */
function wordingOf(text: string): number | undefined {
  return WORDINGS.find(([, pattern]) => pattern.test(text))?.[0];
}

const BIG_ENDIAN: readonly string[] = ["s390x", "ppc32", "sparc64", "parisc", "m68k"];
const NARROW: readonly string[] = ["arm", "i386", "ppc32", "mips", "parisc", "m68k"];

/** Gathers facts from line to line. */
export class MachineReader {
  kernel: string | undefined;
  #isWide = false;
  /** What the words of ppc say, which runs in either order. */
  #saysBig: boolean | undefined;
  #wording: number | undefined;
  readonly #votes = new Map<string, number>();
  readonly #tools = new Set<string>();

  take(text: string): void {
    this.kernel ??= kernelIn(text);
    this.#isWide ||= WIDE.test(text);
    this.#wording ??= wordingOf(text);
    const order = /^([BL])E PAGE_SIZE=/.exec(text)?.[1];
    if (order !== undefined) this.#saysBig ??= order === "B";
    for (const [arch, pattern] of ARCHES) {
      if (pattern.test(text)) this.#votes.set(arch, (this.#votes.get(arch) ?? 0) + 1);
    }
    for (const [tool, pattern] of TOOLS) if (pattern.test(text)) this.#tools.add(tool);
  }

  facts(reports: readonly Report[]): MachineFacts {
    const [most] = [...this.#votes].sort(([, a], [, b]) => b - a);
    const arch = most?.[0] ?? archOfAddresses(reports) ?? archOfWords(reports);
    return {
      kernel: this.kernel,
      wording: this.#wording,
      arch,
      wordBytes: this.#isWide || !isNarrow(arch, reports) ? 8 : 4,
      isBigEndian: this.#saysBig ?? (BIG_ENDIAN.includes(arch ?? "") || isBigMips(arch, reports)),
      tools: [...this.#tools],
    };
  }
}

/** MIPS runs in either order, and says nowhere in which: pointers in a dump do. */
function isBigMips(arch: string | undefined, reports: readonly Report[]): boolean {
  if (arch !== "mips") return false;
  const bytes = reports.flatMap(({ rows }) => rows.flatMap((row) => row.bytes));
  const words = bytes.flatMap((_, i) => (i % 4 === 0 ? [bytes.slice(i, i + 4)] : []));
  const varied = words.filter((word) => word.some((byte) => byte !== word[0]));
  const pointers = (at: number): number =>
    varied.filter((word) => word[at] >= 0x80 && word[at] < 0xa0).length;
  return pointers(0) > pointers(3);
}

function addressesOf(reports: readonly Report[]): bigint[] {
  return reports.flatMap(({ object, ranges, faultAddress }) =>
    [object, ranges.at(0)?.from, faultAddress].filter((address) => address !== undefined),
  );
}

function isNarrow(arch: string | undefined, reports: readonly Report[]): boolean {
  if (arch !== undefined) return NARROW.includes(arch);
  const addresses = addressesOf(reports).filter((address) => address > 0xffffn);
  return addresses.length > 0 && addresses.every((address) => address <= 0xffffffffn);
}

function archOfAddresses(reports: readonly Report[]): string | undefined {
  const digits = addressesOf(reports).map((address) => address.toString(16));
  if (digits.some((text) => /^ffff(?:8[0-9a-f]|9|a|e|c9)/.test(text) && text.length === 16)) {
    return "x86_64";
  }
  if (digits.some((text) => /^ffff0|^ffffff[c-f]/.test(text) && text.length === 16)) return "arm64";
  return digits.some((text) => /^c0000/.test(text) && text.length === 16) ? "ppc64" : undefined;
}

/** Dumps hold pointers: the direct map and the code of x86-64 begin like nothing else. */
function archOfWords(reports: readonly Report[]): string | undefined {
  const words = reports.flatMap(({ rows }) => rows.flatMap(({ bytes }) => wordsOf(bytes)));
  const isOurs = words.filter((word) => /^ffff(?:8[89a-f]|ffff[89a])/.test(word)).length;
  return isOurs > 1 && isOurs * 4 > words.length ? "x86_64" : undefined;
}

/** The words of a row as a little-endian machine reads them, without those of one byte. */
function wordsOf(bytes: readonly number[]): string[] {
  const words = [bytes.slice(0, 8), bytes.slice(8, 16)].filter((word) => word.length === 8);
  return words
    .filter((word) => word.some((byte) => byte !== word[0]))
    .map((word) => hexOfBytes(Uint8Array.from([...word].reverse())));
}
