// Fewer flags: the letters of caches, one by one.
import { rewriting } from "../../../target/shrink_passes.ts";
import type { ProgramOp } from "../../program/op.ts";
import { OPERATIONS } from "../parts.ts";

function* fewerLetters(op: ProgramOp): Iterable<ProgramOp> {
  if (op.op !== "cache" || op.flags === "-") return;
  yield { ...op, flags: "-" };
  for (let keep = op.flags.length - 1; keep >= 0; keep--) {
    const flags = op.flags.slice(0, keep) + op.flags.slice(keep + 1);
    if (flags !== "") yield { ...op, flags };
  }
}

/** Without any letter, else without one: the next round takes the next one. */
export const dropFlags = rewriting(OPERATIONS, fewerLetters);
