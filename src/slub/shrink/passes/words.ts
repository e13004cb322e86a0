// Plainer words for the same thing: a bulk allocation becomes a row, and what works on a row of one
// object becomes a single operation. (A longer bulk free has no plainer form of as few lines.)
import { rewriting } from "../../../target/shrink_passes.ts";
import type { Address, ProgramOp } from "../../program/op.ts";
import { OPERATIONS } from "../parts.ts";

function* plainerWords(op: ProgramOp): Iterable<ProgramOp> {
  switch (op.op) {
    case "bulkalloc":
      yield { ...op, op: "allocn" };
      return;
    case "allocn":
      if (op.count === 1) yield { op: "alloc", name: op.name, slot: `${op.prefix}0`, zero: false };
      return;
    case "freen":
      if (op.count === 1) yield freeOf(op.name, { slot: `${op.prefix}0`, offset: 0 });
      return;
    case "bulkfree":
      if (op.targets.length === 1) yield freeOf(op.name, op.targets[0]);
      return;
    case "freeoff":
      yield freeOf(op.name, { ...op.target, offset: op.target.offset + op.offset });
      return;
    case "fill":
      if (op.length === 1) yield writeOf(op, op.byte.toString(16).padStart(2, "0"));
      return;
    case "kmalloc":
    case "alloc":
      if (op.zero) yield { ...op, zero: false };
      return;
    case "cache":
      if (op.ctor) yield { ...op, ctor: false };
      return;
  }
}

function freeOf(name: string, target: Address): ProgramOp {
  return { op: "free", name, target };
}

function writeOf({ target, offset }: { target: Address; offset: number }, hex: string): ProgramOp {
  return { op: "write", target, offset, hex };
}

export const sayPlainly = rewriting(OPERATIONS, plainerWords);
