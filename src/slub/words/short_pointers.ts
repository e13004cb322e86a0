// The recordings of 3.10 come from the kernel's source run as a user program, in which a pointer is
// stored in a short form. Whole words are translated back there; two things are not, and a log in
// the recordings' format has to show them as they stand: words that a row of a dump cuts in two,
// the distance from a slab to the kernel image, and faults in front of all memory.
import { EventKind } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";

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

/** An event as that program shows it. */
export function shortenEvent(event: KernelEvent): KernelEvent {
  return event.kind === EventKind.OOPS ? shortenFault(event) : shortenCutWords(event);
}

/** An address in front of the direct map is none that the program translates. */
function shortenFault(event: KernelEvent): KernelEvent {
  const address = BigInt.asUintN(64, event.a);
  const inFront = address >= KERNEL_HALF && address < DIRECT_MAP;
  return inFront ? { ...event, a: address & SHORT_BITS } : event;
}

/** A line whose @offset is the one that the recording program computes. */
export function shortenOffset(line: string): string {
  return line.replace(/@offset=(\d{13,})/, (all, digits) => {
    const offset = BigInt(digits);
    return offset < IMAGE_DISTANCE ? all : `@offset=${offset - IMAGE_SHIFT}`;
  });
}
