// The comparison rules: where a replay may differ from a recording of a real kernel and still count
// as the same. A recording comes from a machine with other kernel activity beside the script, and
// each rule excuses one effect of that. All other text is compared literally.
//
//   1  The result of `info` is skipped. {rnd} matches one or more characters inside its line.
//   2  6.x, 7.3: a script with a k... operation shares its caches with the running kernel. Of its
//      results, slab and object numbers and page frames are not compared, nor what `read` shows
//      beyond what the script wrote, nor what `kstate` says; of its kernel text only lines that
//      begin BUG, FIX, WARNING, [ and the `First byte` parts, without addresses and counts; a
//      report about an object that the script never obtained is dropped.
//   3  6.x, 7.3: a cache that merged into one that the kernel itself uses ends the comparison. Of
//      kmalloc-rcl-N the recorded kernels use the one of 192 bytes.
//   4  Words of `read` results that are kernel addresses need only lie in the same window.
//   5  A value that holds six or more bytes of a slab pointer shows where the slab lay: page-frame
//      and base bits are not compared, the other bytes and the low 12 bits are.
//   6  3.10: TRACE lines of caches that the script did not create are dropped; a raw address that
//      is not arithmetic on glob, vglob, NULL or a named address need only lie in the same window.
//   7  Lines that begin `debugfs:` are dropped.
import { bytesOfHex } from "../../src/base/hex.ts";

export type RuleNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7;

const FIRST_KERNEL_ADDRESS = 0xffff800000000000n;
const WINDOW_STARTS = [
  0xffff880000000000n,
  0xffffc90000000000n,
  0xffffea0000000000n,
  0xffffffff80000000n,
];
const STRUCT_PAGE_SHIFT = 6n;
const VMEMMAP = 0xffffea0000000000n;
/** No recorded machine had more memory, so that a higher address comes from arithmetic. */
const RAM_FRAMES_MAX = 1n << 22n;

// ----------------------------------------------------------------------------------- rule 1

const RANDOM = "{rnd}";

/** Rule 1: {rnd} stands for one or more characters. */
export function matchesRandom(expected: string, actual: string): boolean {
  if (!expected.includes(RANDOM)) return false;
  const pattern = expected.split(RANDOM).map(escapePattern).join(".+");
  return new RegExp(`^${pattern}$`).test(actual);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

// ----------------------------------------------------------------------------------- rule 2

/** Rule 2 holds for scripts with one of these. */
export const SHARED_CACHE_OPS: ReadonlySet<string> = new Set([
  "kmalloc",
  "kfree",
  "krealloc",
  "ksize",
  "kgeometry",
  "kvalidate",
  "kstate",
  "kmallocnl",
  "kfreenl",
]);

/** Rule 2: a result without the numbers that depend on what the running kernel allocated. */
export function withoutNumbers(result: string): string {
  return result
    .replace(/\b(kmalloc-\w+)\/s\d+\+\d+/g, "$1/s*+*")
    .replace(/\bffff88[0-9a-f]{7}([0-9a-f]{3})\b/g, "ffff88*$1")
    .replace(/\/s\d+/g, "/s*")
    .replace(/\bo\d+\b/g, "o*")
    .replace(/\boff=\d+/g, "off=*")
    .replace(/\bslabs=\d+/g, "slabs=*")
    .replace(/ new\b/g, "");
}

/** Rule 2: a line without the numbers that say where an object of a shared cache lies. */
export function withoutPlaces(line: string): string {
  return line
    .replace(/([{<]|slab:)([\w.-]+\/)s\d+(\+0x[0-9a-f]+)?/g, "$1$2s*")
    .replace(/@offset=\d+/g, "@offset=*")
    .replace(/\/s\d+ o\d+ off=\d+( new)?/g, "/s* o* off=*");
}

/** Rule 2: what is compared of a line of kernel text; undefined for a line that is not. */
export function comparedPart(line: string): string | undefined {
  const damage = /First byte .*$/.exec(line);
  if (damage !== null && !line.startsWith("[")) return damage[0];
  if (!/^(BUG|FIX|WARNING|\[)/.test(line)) return undefined;
  return line
    .replace(/\{[^}]*\}/g, "{}")
    .replace(/\b(0x)?[0-9a-f]{16}\b/g, "{}")
    .replace(/@offset=\d+/g, "@offset=*")
    .replace(/Counter is -?\d+ counted were -?\d+/g, "Counter is * but counted were *")
    .replace(/Counter is -?\d+ but counted were -?\d+/g, "Counter is * but counted were *");
}

// ----------------------------------------------------------------------------------- rule 3

/** Rule 3: the cache that a new one became an alias of, and in which others have objects, too. */
export function mergedInto(result: string): string | undefined {
  const name = /^MERGED into (\S+) /.exec(result)?.[1];
  const isUnused = name?.startsWith("kmalloc-rcl-") && name !== "kmalloc-rcl-192";
  return isUnused ? undefined : name;
}

// ----------------------------------------------------------------------------------- rule 4

/** The window that a kernel address lies in; undefined for any other number. */
function windowOf(value: bigint): number | undefined {
  if (value < FIRST_KERNEL_ADDRESS) return undefined;
  return WINDOW_STARTS.filter((start) => value >= start).length;
}

function inSameWindow(a: bigint, b: bigint): boolean {
  const window = windowOf(a);
  return window !== undefined && window === windowOf(b);
}

/** Rule 4: two `read` results; their first byte lies `offset` behind an aligned address. */
export function readsAlike(expected: string, actual: string, offset: number): boolean {
  const [before, after] = [bytesOfHex(expected), bytesOfHex(actual)];
  if (before === undefined || after === undefined || before.length !== after.length) return false;
  for (let i = 0; i < before.length; i++) {
    if (before[i] === after[i]) continue;
    const first = i - ((((offset + i) % 8) + 8) % 8);
    if (first < 0 || first + 8 > before.length) return false;
    const [was, is] = [wordAt(before, first), wordAt(after, first)];
    if (!inSameWindow(was, is) && !isSplitPointer(was, is)) return false;
    i = first + 7;
  }
  return true;
}

function wordAt(bytes: Uint8Array, at: number): bigint {
  let value = 0n;
  for (let i = 7; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]);
  return value;
}

// ----------------------------------------------------------------------------------- rule 5

/** Bytes 4 and 5 of a pointer into the direct map, as stored: with its top bits or without them. */
const DIRECT_MAP_BYTES: readonly (readonly [number, number])[] = [
  [0x80, 0x88],
  [0x00, 0x88],
  [0x00, 0x08],
];

/** Rule 5: both values hold a slab pointer at the same place, and agree in all that is compared. */
function isSplitPointer(expected: bigint, actual: bigint): boolean {
  return [-2, -1, 0, 1, 2].some((shift) => pointersAgree(expected, actual, shift));
}

/** `shift`: how many bytes the pointer was moved up; below 0, how many were cut off it. */
function pointersAgree(expected: bigint, actual: bigint, shift: number): boolean {
  const [was, is] = [bytesOfValue(expected), bytesOfValue(actual)];
  if (!holdsPointer(was, shift) || !holdsPointer(is, shift)) return false;
  return was.every((byte, i) => bytesAgree(byte, is[i], i - shift));
}

/**
 * Bytes of a value at the place of a pointer's byte `index`; outside 0 to 7 they are no part of it.
 */
function bytesAgree(was: number, is: number, index: number): boolean {
  if (was === is) return true;
  if (index === 1) return (was & 0x0f) === (is & 0x0f);
  if (index >= 2 && index <= 5) return true;
  // The top bytes are all ones, or stored without them; any other value was written by the script.
  return (index === 6 || index === 7) && isSignByte(was) && isSignByte(is);
}

function isSignByte(byte: number): boolean {
  return byte === 0xff || byte === 0;
}

function holdsPointer(bytes: readonly number[], shift: number): boolean {
  return DIRECT_MAP_BYTES.some(
    ([low, high]) => bytes[4 + shift] === low && bytes[5 + shift] === high,
  );
}

function bytesOfValue(value: bigint): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < 8; i++) bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
  return bytes;
}

const HEX_VALUE = /\b(?:0x)?([0-9a-f]{13,16})\b/g;
const DUMP_LINE = /^(\w[\w ]*?\s+)(\{[^}]*\}|[0-9a-f]{16}): (.*)$/;

/** Rule 5 for a line of kernel text: equal but for values, or dumped bytes, that hold a pointer. */
export function differsInSplitPointers(expected: string, actual: string): boolean {
  const [was, is] = [DUMP_LINE.exec(expected), DUMP_LINE.exec(actual)];
  if (was !== null && is !== null) {
    return was[1] === is[1] && was[2] === is[2] && dumpsAgree(was[3], is[3]);
  }
  return equalButForValues(expected, actual, HEX_VALUE, isSplitPointer);
}

/** Bytes that differ must lie in eight that hold a pointer on both sides. */
function dumpsAgree(expected: string, actual: string): boolean {
  const [was, is] = [expected.split(" "), actual.split(" ")];
  if (was.length !== is.length) return false;
  for (let i = 0; i < was.length; i++) {
    if (was[i] === is[i]) continue;
    const end = endOfPointer(was, is, i);
    if (end === undefined) return false;
    i = end - 1;
  }
  return true;
}

/** Where eight bytes around byte `at` end that hold a pointer on both sides. */
function endOfPointer(
  was: readonly string[],
  is: readonly string[],
  at: number,
): number | undefined {
  for (let first = Math.max(0, at - 7); first <= at && first + 8 <= was.length; first++) {
    const [a, b] = [valueOfWords(was, first), valueOfWords(is, first)];
    if (a !== undefined && b !== undefined && isSplitPointer(a, b)) return first + 8;
  }
  return undefined;
}

function valueOfWords(words: readonly string[], first: number): bigint | undefined {
  const digits = words
    .slice(first, first + 8)
    .reverse()
    .join("");
  return /^[0-9a-f]{16}$/.test(digits) ? BigInt(`0x${digits}`) : undefined;
}

/** Equal outside the matches of `pattern`, and alike inside them. */
function equalButForValues(
  expected: string,
  actual: string,
  pattern: RegExp,
  alike: (expected: bigint, actual: bigint) => boolean,
): boolean {
  if (expected.replace(pattern, "?") !== actual.replace(pattern, "?")) return false;
  const was = [...expected.matchAll(pattern)];
  const is = [...actual.matchAll(pattern)];
  return was.every((match, i) => {
    const [a, b] = [BigInt(`0x${match[1]}`), BigInt(`0x${is[i][1]}`)];
    return a === b || alike(a, b);
  });
}

// ----------------------------------------------------------------------------------- rule 6

const TRACE_LINE = /^TRACE (\S+) (alloc|free) /;
const RAW_ADDRESS = /(?:0x|\b)(ffff[0-9a-f]{12})\b/g;

/** Rule 6: a TRACE line of a cache that is not the script's. */
export function isForeignTrace(line: string, ownCaches: ReadonlySet<string>): boolean {
  const cache = TRACE_LINE.exec(line)?.[1];
  return cache !== undefined && !ownCaches.has(cache);
}

/** Rule 6: equal but for raw addresses of memory, which lie in the same window. */
export function differsInAddresses(expected: string, actual: string): boolean {
  return equalButForValues(
    expected,
    actual,
    RAW_ADDRESS,
    (a, b) => inSameWindow(a, b) && !isArithmetic(a) && !isArithmetic(b),
  );
}

/** A struct page of no memory was computed from an address that the script knows. */
function isArithmetic(address: bigint): boolean {
  if (address < VMEMMAP - (1n << 40n) || address >= 0xffffffff80000000n) return false;
  const frame = (address - VMEMMAP) >> STRUCT_PAGE_SHIFT;
  return frame < 0n || frame >= RAM_FRAMES_MAX;
}

// ----------------------------------------------------------------------------------- rule 7

/** Rule 7: a line about a part of the kernel that is not modelled. */
export function isDebugfsLine(line: string): boolean {
  return line.startsWith("debugfs:");
}
