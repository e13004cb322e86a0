// Smaller numbers: sizes, alignments, offsets, lengths, values; and offsets of places.
import type { Address, Program, ProgramOp } from "../../program/op.ts";
import { PLACES, type PlaceFields } from "../parts.ts";
import { lowered, type Proposals, withOp } from "../pass.ts";

/** Fields that are numbers, and how small they may get. */
const LEAST = { size: 1, align: 0, offset: 0, length: 1, byte: 0, cpu: 0 } as const;
type NumberKey = keyof typeof LEAST;

/** One number of an operation. */
interface Lens {
  readonly value: number;
  readonly least: number;
  readonly put: (op: ProgramOp, value: number) => ProgramOp;
}

export function* lowerNumbers(program: Program): Proposals {
  let kept = program;
  for (let index = 0; index < kept.ops.length; index++) {
    for (const lens of lensesOf(kept.ops[index])) kept = yield* lowerOne(kept, index, lens);
  }
}

function* lowerOne(
  program: Program,
  index: number,
  { value, least, put }: Lens,
): Generator<Program, Program, boolean> {
  let kept = program;
  const sign = Math.sign(value);
  const smaller = lowered(Math.abs(value), least);
  for (let next = smaller.next(false); next.done !== true; ) {
    // Minus zero is another number where tests compare programs.
    const number = next.value === 0 ? 0 : sign * next.value;
    const candidate = withOp(kept, index, put(kept.ops[index], number));
    const isTaken = yield candidate;
    if (isTaken) kept = candidate;
    next = smaller.next(isTaken);
  }
  return kept;
}

/** The numbers of an operation. Lenses put a number into whatever the operation is by then. */
function* lensesOf(op: ProgramOp): Iterable<Lens> {
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
): Lens {
  const put = (op: ProgramOp, offset: number) =>
    ({ ...op, [key]: { ...placeOf(op), offset } }) as ProgramOp;
  return { value: place.offset, least: 0, put };
}
