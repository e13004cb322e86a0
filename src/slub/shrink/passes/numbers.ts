// Smaller numbers: sizes, alignments, offsets, lengths, values, and offsets of places; fewer bytes,
// and plainer ones, where a program writes or xors; fewer letters of caches.
import { type Lens, loweringNumbers, rewriting } from "../../../target/shrink_passes.ts";
import type { Address } from "../../program/address.ts";
import type { ProgramOp } from "../../program/op.ts";
import { OP_ITEMS, PLACES, type PlaceFields } from "../parts.ts";

/** Fields that are numbers, and how small they may get. */
const LEAST = { size: 1, align: 0, offset: 0, length: 1, byte: 0, cpu: 0 } as const;
type NumberKey = keyof typeof LEAST;

/** The numbers of an operation. */
function* lensesOf(op: ProgramOp): Iterable<Lens<ProgramOp>> {
  for (const key of Object.keys(LEAST) as NumberKey[]) {
    const value = (op as { readonly [Key in NumberKey]?: number | "fp" })[key];
    if (typeof value !== "number") continue;
    const least = LEAST[key];
    yield { value, least, put: (now, number) => ({ ...now, [key]: number }) as ProgramOp };
  }
  for (const key of PLACES) {
    const place = (op as PlaceFields)[key];
    if (place !== undefined) yield offsetLens(place, (now) => (now as PlaceFields)[key], key);
  }
}

function offsetLens(
  place: Address,
  placeOf: (op: ProgramOp) => Address | undefined,
  key: string,
): Lens<ProgramOp> {
  const put = (op: ProgramOp, offset: number) =>
    ({ ...op, [key]: { ...placeOf(op), offset } }) as ProgramOp;
  return { value: place.offset, least: 0, put };
}

export const lowerNumbers = loweringNumbers(OP_ITEMS, lensesOf);

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
export const dropBytes = rewriting(OP_ITEMS, fewerBytes);

/** All bytes plain, else one of them. */
export const plainBytes = rewriting(OP_ITEMS, plainerBytes);

function* fewerLetters(op: ProgramOp): Iterable<ProgramOp> {
  if (op.op !== "cache" || op.flags === "-") return;
  yield { ...op, flags: "-" };
  for (let keep = op.flags.length - 1; keep >= 0; keep--) {
    const flags = op.flags.slice(0, keep) + op.flags.slice(keep + 1);
    if (flags !== "") yield { ...op, flags };
  }
}

/** Without any letter, else without one: the next round takes the next one. */
export const dropFlags = rewriting(OP_ITEMS, fewerLetters);
