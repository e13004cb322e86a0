// The certificate of a shrunk program: no operation can be left out, nor any single object of a
// row. Checked from scratch, by trying them all.
import { SlabHeap } from "../core/heap.ts";
import type { Program } from "../program/op.ts";
import { Court } from "./court.ts";
import { countParts, withoutOp, withoutParts } from "./parts.ts";
import { isSameBug } from "./problem.ts";

/** Something that a program can do without. */
export interface Spare {
  /** Operations are counted from 0, and so are parts. */
  readonly what: "operation" | "part";
  readonly index: number;
}

/** What can be left out of a program, with what depends on it, and it still shows the same bug. */
export function spareOf(program: Program, newHeap = () => new SlabHeap()): readonly Spare[] {
  const court = new Court(newHeap);
  const wanted = court.try(program);
  const isSpare = (rest: Program): boolean => {
    const shown = court.try(rest);
    return wanted !== undefined && shown !== undefined && isSameBug(shown, wanted);
  };
  const operations = program.ops.flatMap((_, index): Spare[] =>
    isSpare(withoutOp(program, index)) ? [{ what: "operation", index }] : [],
  );
  const parts = Array.from({ length: countParts(program) }, (_, i) => i).flatMap(
    (index): Spare[] =>
      isSpare(withoutParts(program, index, index + 1)) ? [{ what: "part", index }] : [],
  );
  return [...operations, ...parts];
}
