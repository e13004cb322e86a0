// The spare parts of a program, found by leaving out each operation and each object of a row. A
// shrunk program has no spare part.
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import type { Program } from "../../../src/slub/program/op.ts";
import { CandidateRunner } from "../../../src/slub/shrink/candidate_runner.ts";
import { countParts, withoutOp, withoutParts } from "../../../src/slub/shrink/parts.ts";
import { isSameBug } from "../../../src/slub/shrink/shrink.ts";

/** A spare part of a program. */
export interface Spare {
  /** Operations are counted from 0, and so are parts. */
  readonly what: "operation" | "part";
  readonly index: number;
}

/** What can be left out of a program, with what depends on it, and it still shows the same bug. */
export function spareOf(program: Program): readonly Spare[] {
  const runner = new CandidateRunner(() => new SlabHeap());
  const bug = runner.run(program);
  const isSpare = (rest: Program): boolean => {
    const shown = runner.run(rest);
    return bug !== undefined && shown !== undefined && isSameBug(shown, bug);
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
