// Smaller numbers: sizes, alignments, offsets, lengths, values; and offsets of places.
import { type Lens, loweringNumbers } from "../../../target/shrink_passes.ts";
import type { Address, ProgramOp } from "../../program/op.ts";
import { OPERATIONS, PLACES, type PlaceFields } from "../parts.ts";

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

export const lowerNumbers = loweringNumbers(OPERATIONS, lensesOf);
