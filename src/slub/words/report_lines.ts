// The lines inside a report, each made of one event and the profile's words alone.
import { Fix, type Section, TrackCode } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import type { KernelText } from "../program/kernel_text.ts";
import { callerName } from "./caller.ts";
import type { Words } from "./kernels/index.ts";
import { pageFlagsText } from "./page_flags.ts";
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
