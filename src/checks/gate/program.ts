// One program on a target, judged: for corpus entries, and for candidates that may not end.
import { UserError } from "../../base/user_error.ts";
import { heapFor, type Target } from "../../slub/named_core.ts";
import { machineFor } from "../../slub/program/boot.ts";
import { parseScript } from "../../slub/program/text.ts";
import { judgeProgram } from "../../slub/run/case.ts";
import { FAILURES } from "../../target/failure.ts";
import { isTrap } from "../../wasm/trap.ts";
import { EVERY_BYTE } from "./check.ts";
import type { ProgramJob, ShownByProgram } from "./protocol.ts";

const NOTHING: ShownByProgram = { verdict: "ok", signature: "", impact: "none", digest: "" };

/**
 * What a program shows on a target; what its header says of another target does not count. One that
 * cannot run at all shows nothing.
 */
export function showProgram(target: Target, { script, name }: ProgramJob): ShownByProgram {
  const program = parseScript(script, name);
  try {
    const shown = judgeProgram(program, machineFor(program), heapFor(target), EVERY_BYTE);
    const { verdict, signature, impact, digest } = shown;
    return { verdict, signature, impact, digest };
  } catch (error) {
    if (error instanceof UserError) return NOTHING;
    const { signature, impact } = FAILURES[isTrap(error) ? "trap" : "stumble"];
    return { verdict: "invariant", signature, impact, digest: "" };
  }
}
