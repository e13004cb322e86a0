// Reads one operation from the arguments of its line.
import { unreachable } from "../../base/assert.ts";
import type { Arguments } from "./arguments.ts";
import type { Address, OpWord, PlaceWord, ProgramOp } from "./op.ts";

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
