// Writes one operation as a line of the script language.
import { unreachable } from "../../base/assert.ts";
import { hex8 } from "../../base/hex.ts";
import type { Arguments } from "./arguments.ts";
import type { Address, OpWord, PlaceOp, PlaceWord, ProgramOp } from "./op.ts";

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

/** Reads the arguments of an operation, each in the order of its syntax. */
export function readOp(op: OpWord, args: Arguments): ProgramOp {
  switch (op) {
    case "cache":
      return { op, name: args.newCache(), ...readCacheForm(args), ctor: args.optional("ctor") };
    case "geomtsv":
      return { op, ...readCacheForm(args), ctor: args.oneOf(["0", "1"]) === "1" };
    case "setoffset":
      return { op, name: args.cache(), offset: args.number() };
    case "alloc":
      return { op, name: args.cache(), slot: args.newSlot(), zero: args.optional("z") };
    case "allocn":
    case "freen":
    case "bulkalloc":
      return { op, name: args.cache(), count: args.count(), prefix: args.prefix() };
    case "free":
    case "rfp":
      return { op, name: args.cache(), target: args.target() };
    case "freeoff":
      return { op, name: args.cache(), target: args.target(), offset: args.offset() };
    case "bulkfree":
      return { op, name: args.cache(), targets: readTargets(args) };
    case "wfp":
      return { op, name: args.cache(), target: args.target(), value: args.target() };
    case "geometry":
    case "validate":
    case "shrink":
    case "destroy":
    case "state":
    case "list":
      return { op, name: args.cache() };
    case "ctorcalls":
    case "scrub":
    case "info":
      return { op };
    case "nextpfn":
      return { op, pfn: args.pfn() };
    case "cpu":
      return { op, cpu: args.number() };
    default:
      return readPlaceOp(op, args);
  }
}

/** Operations that begin with a place, or fill a slot, and name no cache. */
function readPlaceOp(op: PlaceWord, args: Arguments): ProgramOp {
  switch (op) {
    case "kmalloc":
      return { op, size: args.number(), slot: args.newSlot(), zero: args.optional("z") };
    case "krealloc":
      return { op, target: args.target(), size: args.number(), slot: args.newSlot() };
    case "write":
      return { op, target: args.target(), offset: args.offset(), hex: args.hex() };
    case "xor":
      return { op, target: args.target(), offset: args.offsetOrFreePointer(), hex: args.hex() };
    case "fill":
      return { op, ...readSpan(args, args.number.bind(args)), byte: args.hexByte() };
    case "read":
      return { op, ...readSpan(args, args.readLength.bind(args)) };
    case "wptr":
      return { op, target: args.target(), offset: args.offset(), value: args.target() };
    case "rptr":
      return { op, target: args.target(), offset: args.offset() };
    case "slot":
      return { op, slot: args.newSlot(), target: args.target() };
    case "cmp":
      return { op, target: args.target(), other: args.target() };
    case "listadd":
    case "listaddtail":
      return { op, target: args.target(), head: args.target() };
    case "region":
      return { op, slot: args.newSlot(), address: args.address(), size: args.regionSize() };
    case "kfree":
    case "ksize":
    case "kgeometry":
    case "kvalidate":
    case "sym":
    case "listinit":
    case "listdel":
    case "listwalk":
      return { op, target: args.target() };
    default:
      return unreachable(op);
  }
}

function readCacheForm(args: Arguments) {
  return { size: args.size(), align: args.number(), flags: args.flags() };
}

function readSpan(args: Arguments, readLength: () => number) {
  return { target: args.target(), offset: args.offset(), length: readLength() };
}

function readTargets(args: Arguments): readonly Address[] {
  const targets: Address[] = [];
  while (!args.isEmpty) targets.push(args.anyTarget());
  return targets;
}
