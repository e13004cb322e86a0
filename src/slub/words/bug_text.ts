// What a BUG line says behind the name of the cache.
import { Fix, MemoryKind, Report, type Section, TrackCode } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";
import type { KernelEvent } from "../core/event.ts";
import type { KernelText } from "../program/kernel_text.ts";
import type { Words } from "./kernels/index.ts";

/** Texts that are the same whatever happened. */
export const FIXED_TEXTS: Readonly<Partial<Record<Report, string>>> = {
  [Report.OBJECT_CORRUPT]: "Object corrupt",
  [Report.FREEPOINTER_CORRUPT]: "Freepointer corrupt",
  [Report.FREECHAIN_CORRUPT]: "Freechain corrupt",
  [Report.OBJECT_ALREADY_FREE]: "Object already free",
  [Report.FREELIST_POINTER_CHECK_FAILS]: "Freelist Pointer check fails",
  [Report.PAGE_SLAB_POINTER_CORRUPT]: "page slab pointer corrupt.",
  [Report.NOT_A_VALID_SLAB_PAGE]: "Not a valid slab page",
  [Report.FREELIST_CYCLE]: "Freelist cycle detected",
  [Report.SLAB_DISABLED]: "Slab disabled since SLUB metadata consistency check failed",
};

type TextOf = (event: KernelEvent, words: Words, cache: string) => string;

const COMPOSED_TEXTS: Readonly<Partial<Record<Report, TextOf>>> = {
  [Report.OVERWRITTEN]: (e, words) => `${words.sections[e.x as Section]} overwritten`,
  [Report.OBJECTS_EXCEED_MAX]: (e, words, cache) => maxText("objects", e, words, cache),
  [Report.INUSE_EXCEEDS_MAX]: (e, words, cache) => maxText("inuse", e, words, cache),
  [Report.WRONG_NUMBER_OF_OBJECTS]: (e) =>
    `Wrong number of objects. Found ${signed(e.x)} but should be ${signed(e.y)}`,
  [Report.WRONG_OBJECT_COUNT]: (e) =>
    `Wrong object count. Counter is ${signed(e.x)} but counted were ${signed(e.y)}`,
  [Report.INVALID_OBJECT_POINTER]: (e, words) =>
    `Invalid object pointer ${prefixedPointer(e.a, words)}`,
  [Report.OUTSIDE_OF_SLAB]: (e, words) =>
    `Attempt to free object(${prefixedPointer(e.a, words)}) outside of slab`,
  [Report.NO_SLAB_CACHE]: (e, words) => `No slab cache for object ${prefixedPointer(e.a, words)}`,
  [Report.BULK_FREELIST_COUNT]: (e) =>
    `Bulk freelist count(${signed(e.x)}) invalid(${signed(e.y)})\n`,
  [Report.TOO_MANY_TO_FREE]: (e) =>
    `Slab has ${signed(e.x)} allocated objects but ${signed(e.y)} are to be freed\n`,
  [Report.BULK_FREE_COUNT]: (e) =>
    `Bulk free expected ${signed(e.x)} objects but found ${signed(e.y)}\n`,
  [Report.PADDING_OVERWRITTEN]: (e, words) => paddingText(e, words),
  [Report.OBJECTS_REMAINING]: (_, words, cache) => words.objectsRemaining(cache),
};

/** The text of a BUG event, cut where the kernel's buffer ends. */
export function bugText(event: KernelEvent, words: Words, cache: string): string {
  const report = event.code as Report;
  const text = FIXED_TEXTS[report] ?? COMPOSED_TEXTS[report]?.(event, words, cache);
  return (text ?? `report ${event.code}`).slice(0, words.bugTextMax);
}

/**
 * 3.10 passes the name as a surplus first argument: it prints the low half of the pointer to the
 * name, then the number that should have come first, and the real maximum never.
 */
function maxText(what: string, event: KernelEvent, words: Words, cache: string): string {
  const [first, second] = words.maxMessagesShifted
    ? [nameAddressLow(cache), unsigned(event.x)]
    : [unsigned(event.x), unsigned(event.y)];
  return `${what} ${first} > max ${second}`;
}

/** A stand-in for the low half of the address that a cache's name lies at. */
function nameAddressLow(cache: string): number {
  let low = 0x36000000;
  for (const character of cache) low = (low * 31 + character.charCodeAt(0)) & 0x7fffff8;
  return low;
}

function paddingText(event: KernelEvent, words: Words): string {
  const range = `Padding overwritten. ${rangeText(event.a, event.b, words)}`;
  return words.rangeHasOffset ? `${range} ${offsetText(event.a, event.c)}` : range;
}

/** Which bytes are wrong, and how. */
export function damageLine(event: KernelEvent, words: Words): string {
  const offset = words.rangeHasOffset ? ` ${offsetText(event.a, event.c)}` : "";
  const bytes = `First byte 0x${hex(event.x)} instead of 0x${hex(event.y)}`;
  const line = `${rangeText(event.a, event.b, words)}${offset}. ${bytes}`;
  if (words.damage !== "bracketed") return `${words.info}${line}`;
  return `[${words.sections[event.code as Section]} overwritten] ${line}`;
}

/** Who allocated or freed an object, and how long ago. */
export function trackLine(event: KernelEvent, words: Words, text: KernelText): string {
  const what = (event.code & TrackCode.FREED) === 0 ? "Allocated" : "Freed";
  const age = BigInt.asUintN(64, event.c - event.b);
  const by = `cpu=${unsigned(event.x)} pid=${signed(event.y)}`;
  return `${words.info}${what} in ${callerName(event.a, text, words)} age=${age} ${by}`;
}

/** What lies at the address that a list report is going to name (7.3); stacks are left out. */
export function memoryLines(
  event: KernelEvent,
  words: Words,
  cache: string,
  text: KernelText,
): string[] {
  const kind = event.code as MemoryKind;
  if (kind === MemoryKind.VMALLOC_PAGE) {
    const start = prefixedPointer(event.a, words);
    return [` 1-page vmalloc region starting at ${start} allocated at slubreplay_init`];
  }
  if (kind !== MemoryKind.SLAB) return [` ${MEMORY_KINDS[kind]}`];
  const pad = event.x === 0 ? "" : ` data offset ${event.x}`;
  const by = event.b === 0n ? "" : ` allocated at ${callerName(event.b, text, words)}`;
  const place = `start ${pointerText(event.a, words)}${pad} pointer offset ${signed(event.y)}`;
  const line = ` slab ${cache} ${place} size ${event.z}${by}`;
  return event.c === 0n ? [line] : [line, " Free path:"];
}

const MEMORY_KINDS: Readonly<
  Record<Exclude<MemoryKind, MemoryKind.SLAB | MemoryKind.VMALLOC_PAGE>, string>
> = {
  [MemoryKind.OTHER]: "non-slab/vmalloc memory",
  [MemoryKind.VMALLOC]: "vmalloc memory",
  [MemoryKind.NULL]: "NULL pointer",
  [MemoryKind.ZERO_SIZE]: "zero-size pointer",
  [MemoryKind.UNMAPPED]: "non-paged memory",
};

export function slabLine(event: KernelEvent, words: Words): string {
  const page = prefixedPointer(event.a, words);
  const counts = `objects=${unsigned(event.x)} used=${unsigned(event.y)}`;
  const fp = prefixedPointer(event.b, words);
  return `${words.info}Slab ${page} ${counts} fp=${fp} flags=${pageFlagsText(event.z, words)}`;
}

/** An object and its place in the slab, as destroy lists those that are left. */
export function leftLine(event: KernelEvent, words: Words): string {
  const object = prefixedPointer(event.a, words);
  return `${words.info}Object ${object} ${offsetText(event.a, event.c)}`;
}

/** The object of a trailer, with its free pointer. */
export function objectLines(event: KernelEvent, words: Words): string[] {
  return [`${leftLine(event, words)} fp=${prefixedPointer(event.b, words)}`, ""];
}

/** The lines about a repair. */
export function fixLines(event: KernelEvent, words: Words, cache: string): string[] {
  const fix = event.code as Fix;
  const head = `FIX ${cache}: ${words.fixes[fix]}`;
  if (fix === Fix.OBJECT_NOT_FREED) {
    return [`${head} ${prefixedPointer(event.a, words)} not freed`];
  }
  if (fix !== Fix.RESTORING) return [head];
  const bytes = `${rangeText(event.a, event.b, words)}=0x${hex(event.x)}`;
  if (!words.restoreNamesSection) return [`${head} ${bytes}`, ""];
  return [`${head} ${words.sections[event.y as Section]} ${bytes}`];
}

/** The line of a traced alloc or free. */
export function traceLine(event: KernelEvent, words: Words, cache: string): string {
  const what = event.code === 0 ? "alloc" : "free";
  const object = prefixedPointer(event.a, words);
  const fp = prefixedPointer(event.b, words);
  return `TRACE ${cache} ${what} ${object} inuse=${signed(event.x)} fp=${fp}`;
}

function hex(value: number): string {
  return unsigned(value).toString(16);
}

/** %pS: the function that an address lies in, or the address itself. */
function callerName(address: bigint, text: KernelText, words: Words): string {
  const found = text.functions.find(
    ({ start, size }) => address >= start && address < start + BigInt(size),
  );
  if (found !== undefined) return words.functions[found.fn];
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}

/** `0x200(slab|zone=0)`, or 3.10's bare hex. */
function pageFlagsText(flags: number, words: Words): string {
  const set = words.pageBits.filter((bit) => (flags & bit.flag) !== 0);
  let value = words.zoneBits;
  for (const bit of set) value |= BigInt(bit.value);
  const hex = value.toString(16);
  if (!words.pageFlagsNamed) return `0x${hex.padStart(4, "0")}`;
  return `0x${hex}(${[...set.map((bit) => bit.name), "zone=0"].join("|")})`;
}

/** %p, without the 0x that most messages put before it. */
export function pointerText(value: bigint, words: Words): string {
  return value === 0n ? words.nullPointer : hex64(value);
}

/** 0x%p. */
export function prefixedPointer(value: bigint, words: Words): string {
  return `0x${pointerText(value, words)}`;
}

/** 0x%p-0x%p, first and last byte. */
function rangeText(first: bigint, last: bigint, words: Words): string {
  return `${prefixedPointer(first, words)}-${prefixedPointer(last, words)}`;
}

/** `@offset=%tu`: bytes from the slab's first one, unsigned. */
function offsetText(address: bigint, base: bigint): string {
  return `@offset=${BigInt.asUintN(64, address - base)}`;
}

/** %d of a 32-bit number. */
export function signed(value: number): number {
  return value | 0;
}

/** %u of a 32-bit number. */
export function unsigned(value: number): number {
  return value >>> 0;
}
