// A free pointer that was overwritten: where it lies, and which of its bytes are wrong. A check
// prints it; where the machine died instead, the registers hold it.
import { versionNumber } from "../machine.ts";
import type { Report } from "../report.ts";
import { taskOf } from "../wording.ts";
import type { ValueContext } from "./looks.ts";
import { sizeOfName } from "./object_size.ts";
import { overwrittenPart } from "./overwritten_part.ts";
import { bytesAt, type PlacedRow } from "./placed_rows.ts";
import type { Run } from "./run.ts";
import { tailLayoutOf } from "./tail_layout.ts";
import { bytesOfWord, isPointer } from "./word.ts";

export function freePointerRuns(
  report: Report,
  rows: readonly PlacedRow[],
  context: ValueContext,
): Run[] {
  if (report.check === "free-pointer" && report.freePointer !== undefined) {
    const offset = offsetOf(report, rows, context);
    return [runOf(report.freePointer, offset, report, context)];
  }
  const died = diedWith(report, context);
  if (died === undefined) return [];
  report.freePointer ??= died.value;
  nameCache(report, died.offset);
  return [runOf(died.value, died.offset, report, context)];
}

function runOf(
  value: bigint,
  offset: number | undefined,
  report: Report,
  context: ValueContext,
): Run {
  const { wordBytes, isBigEndian } = context;
  const bytes = bytesOfWord(value, { wordBytes, isBigEndian: false });
  const { from, length } = overwrittenPart(bytes, pointersBeside(value, report, context));
  const part = bytes.slice(from, from + length);
  const begin = isBigEndian ? wordBytes - from - length : from;
  return {
    offset: offset === undefined ? undefined : offset + begin,
    role: "free pointer",
    was: -1,
    bytes: isBigEndian ? part.reverse() : part,
  };
}

/** Addresses of the same report that a free pointer resembles. */
function pointersBeside(value: bigint, report: Report, { wordBytes }: ValueContext): bigint[] {
  const { object, slabFreePointer, registers } = report;
  const held = [object, slabFreePointer, ...registers.values()];
  return held.filter(
    (address) => address !== undefined && address !== value && isPointer(address, wordBytes),
  ) as bigint[];
}

/** Behind the object if its option moved it there, else wherever the dump shows its bytes. */
function offsetOf(
  report: Report,
  rows: readonly PlacedRow[],
  context: ValueContext,
): number | undefined {
  const behind = tailLayoutOf(report, context.wordBytes)?.freePointer;
  if (behind !== undefined) return behind;
  const { objectSize = 0, freePointer = 0n } = report;
  const wanted = bytesOfWord(freePointer, context).join();
  for (let at = 0; at + context.wordBytes <= objectSize; at += context.wordBytes) {
    if (bytesAt(rows, at, context.wordBytes)?.join() === wanted) return at;
  }
  return undefined;
}

interface FollowedPointer {
  readonly value: bigint;
  /** Of the free pointer in its object. */
  readonly offset: number;
}

const OFFSET_MAX = 4096n;

/** The free pointer that was followed: a register that the bad address is an offset away from. */
function diedWith(report: Report, { wordBytes }: ValueContext): FollowedPointer | undefined {
  const { faultAddress: fault, registers } = report;
  const [fn = ""] = report.stack;
  if (report.check !== "alloc-oops" || fault === undefined) return undefined;
  if (taskOf(fn) === "free") return undefined;
  const values = [...registers].filter(([name]) => !/^R[SI]P$|^CR/.test(name));
  const held = new Set(values.map(([, value]) => value));
  if (fault < OFFSET_MAX) {
    const isOffset = held.has(fault) && fault > 0n && fault % BigInt(wordBytes) === 0n;
    return isOffset ? { value: 0n, offset: Number(fault) } : undefined;
  }
  const found = values
    .map(([, value]) => ({ value, offset: withoutTag(fault - value) }))
    .filter(({ offset }) => offset < OFFSET_MAX && offset % BigInt(wordBytes) === 0n);
  // The offset itself is often in a register, too; a bare address may be a copy of the bad one.
  const sure = found.find(({ offset }) => offset !== 0n && held.has(offset));
  const best = sure ?? found.find(({ offset }) => offset !== 0n) ?? found.at(0);
  return best && { value: best.value, offset: Number(best.offset) };
}

/** Some architectures print an address without its upper byte. */
function withoutTag(difference: bigint): bigint {
  return BigInt.asUintN(56, difference);
}

const KMALLOC = /^_{0,3}k[mz]alloc|^kmem_cache_alloc_trace|^__kmem_cache_alloc_node/;

/** From this kernel on a free pointer lies in the middle of its object. */
const MIDDLE = 5007;

/** The middle of an object of kmalloc() says which of its caches it is from. */
function nameCache(report: Report, offset: number): void {
  const isMiddle = (versionNumber(report.kernel) ?? 0) >= MIDDLE && offset > 0;
  const isKmalloc = report.stack.some((fn) => KMALLOC.test(fn));
  const size = 2 * offset;
  const isCache = size <= 8192 && ((size & (size - 1)) === 0 || size === 96 || size === 192);
  if (!isMiddle || !isKmalloc || !isCache || report.cache !== undefined) return;
  report.cache = `kmalloc-${size < 1024 ? size : `${size / 1024}k`}`;
  report.objectSize = sizeOfName(report.cache);
}
