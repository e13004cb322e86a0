// Makes a program smaller for whoever can only say of each candidate whether it will do: by running
// it in another thread, say, or on two cores.
import type { Program } from "../program/op.ts";
import { compareKeys, keyOf } from "./key.ts";
import { PASSES } from "./shrink.ts";

/**
 * Yields smaller and smaller candidates until nothing is left to try; answer each with whether it
 * will do. Returns the smallest that did.
 */
export function* smallerPrograms(program: Program): Generator<Program, Program, boolean> {
  let best = program;
  for (let before: Program | undefined; before !== best; ) {
    before = best;
    for (const propose of Object.values(PASSES)) {
      const proposals = propose(best);
      for (let next = proposals.next(false); next.done !== true; ) {
        const candidate = next.value;
        const isSmaller = compareKeys(keyOf(candidate), keyOf(best)) < 0;
        const isTaken = isSmaller && (yield candidate);
        if (isTaken) best = candidate;
        next = proposals.next(isTaken);
      }
    }
  }
  return best;
}
