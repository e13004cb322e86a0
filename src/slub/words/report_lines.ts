// The lines inside a report, each made of one event and the profile's words alone.
import { Fix, type Section, TrackCode } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import type { KernelText } from "../program/kernel_text.ts";
import type { Words } from "./kernels/index.ts";
import { offsetText, prefixedPointer, rangeText, signed, unsigned } from "./pointer.ts";

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

/** What was repaired. */
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
