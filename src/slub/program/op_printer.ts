// Writes one operation as a line of the script language.
import { unreachable } from "../../base/assert.ts";
import { hex8 } from "../../base/hex.ts";
import type { Address, PlaceOp, ProgramOp } from "./op.ts";

/** The line of an operation. */
export function printOp(op: ProgramOp): string {
  return [op.op, ...wordsOf(op)].join(" ");
}

/** A place, as the language writes it. */
function printAddress({ slot, offset }: Address): string {
  if (offset === 0) return slot;
  return offset < 0 ? `${slot}${offset}` : `${slot}+${offset}`;
}

type Word = string | number;

function wordsOf(op: ProgramOp): readonly Word[] {
  switch (op.op) {
    case "cache":
      return [op.name, op.size, op.align, op.flags, ...(op.ctor ? ["ctor"] : [])];
    case "geomtsv":
      return [op.size, op.align, op.flags, op.ctor ? 1 : 0];
    case "setoffset":
      return [op.name, op.offset];
    case "alloc":
      return [op.name, op.slot, ...zeroWord(op)];
    case "allocn":
    case "freen":
    case "bulkalloc":
      return [op.name, op.count, op.prefix];
    case "free":
    case "rfp":
      return [op.name, printAddress(op.target)];
    case "freeoff":
      return [op.name, printAddress(op.target), op.offset];
    case "bulkfree":
      return [op.name, ...op.targets.map(printAddress)];
    case "wfp":
      return [op.name, printAddress(op.target), printAddress(op.value)];
    case "geometry":
    case "validate":
    case "shrink":
    case "destroy":
    case "state":
    case "list":
      return [op.name];
    case "ctorcalls":
    case "scrub":
    case "info":
      return [];
    case "nextpfn":
      return [op.pfn.toString(16)];
    case "cpu":
      return [op.cpu];
    default:
      return placeWordsOf(op);
  }
}

function placeWordsOf(op: PlaceOp): readonly Word[] {
  switch (op.op) {
    case "kmalloc":
      return [op.size, op.slot, ...zeroWord(op)];
    case "krealloc":
      return [printAddress(op.target), op.size, op.slot];
    case "write":
    case "xor":
      return [printAddress(op.target), op.offset, op.hex];
    case "fill":
      return [printAddress(op.target), op.offset, op.length, hex8(op.byte)];
    case "read":
      return [printAddress(op.target), op.offset, op.length];
    case "wptr":
      return [printAddress(op.target), op.offset, printAddress(op.value)];
    case "rptr":
      return [printAddress(op.target), op.offset];
    case "slot":
      return [op.slot, printAddress(op.target)];
    case "cmp":
      return [printAddress(op.target), printAddress(op.other)];
    case "listadd":
    case "listaddtail":
      return [printAddress(op.target), printAddress(op.head)];
    case "region":
      return [op.slot, `0x${op.address.toString(16)}`, op.size];
    case "kfree":
    case "ksize":
    case "kgeometry":
    case "kvalidate":
    case "sym":
    case "listinit":
    case "listdel":
    case "listwalk":
      return [printAddress(op.target)];
    default:
      return unreachable(op);
  }
}

function zeroWord(op: { readonly zero: boolean }): readonly string[] {
  return op.zero ? ["z"] : [];
}
