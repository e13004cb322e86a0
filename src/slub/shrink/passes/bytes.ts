// Fewer bytes, and plainer ones, where a program writes or xors.
import { rewriting } from "../../../target/shrink_passes.ts";
import type { ProgramOp } from "../../program/op.ts";
import { OPERATIONS } from "../parts.ts";

/** The byte that people write when it does not matter which: `A`. */
const ANY_BYTE = "41";

type BytesOp = Extract<ProgramOp, { readonly hex: string }>;

function* fewerBytes(op: ProgramOp): Iterable<ProgramOp> {
  if (!("hex" in op)) return;
  const count = op.hex.length / 2;
  for (let piece = 2 ** Math.floor(Math.log2(count)); piece >= 1; piece /= 2) {
    if (piece >= count) continue;
    yield { ...op, hex: op.hex.slice(0, -2 * piece) };
    yield withoutFirst(op, piece);
  }
}

/** What is written first goes, the rest stays where it is. */
function withoutFirst(op: BytesOp, count: number): ProgramOp {
  const hex = op.hex.slice(2 * count);
  const offset = op.offset === "fp" ? op.offset : op.offset + count;
  const target =
    op.offset === "fp" ? { ...op.target, offset: op.target.offset + count } : op.target;
  return { ...op, target, offset, hex } as ProgramOp;
}

function* plainerBytes(op: ProgramOp): Iterable<ProgramOp> {
  if (!("hex" in op)) return;
  const count = op.hex.length / 2;
  for (const byte of ["00", ANY_BYTE]) {
    yield { ...op, hex: byte.repeat(count) };
  }
  for (let at = 0; at < op.hex.length; at += 2) {
    for (const byte of ["00", ANY_BYTE]) {
      if (op.hex.slice(at, at + 2) === byte) continue;
      yield { ...op, hex: op.hex.slice(0, at) + byte + op.hex.slice(at + 2) };
    }
  }
}

/** The shorter half, quarter ... first; one success an operation and round. */
export const dropBytes = rewriting(OPERATIONS, fewerBytes);

/** All bytes plain, else one of them. */
export const plainBytes = rewriting(OPERATIONS, plainerBytes);
