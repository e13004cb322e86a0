// One program on a target, judged: for corpus entries, and for candidates that may not end.
import { UserError } from "../../base/user_error.ts";
import { heapFor, type NamedCore } from "../../slub/named_core.ts";
import { EVERY_BYTE } from "../../slub/options.ts";
import { machineFor } from "../../slub/program/boot.ts";
import { parseScript } from "../../slub/program/text.ts";
import { judgeProgram } from "../../slub/run/case.ts";
import { FAILURES, failureSignature } from "../../target/failure.ts";
import type { ShownByRun } from "../../target/program.ts";
import { isTrap } from "../../wasm/trap.ts";
import type { ProgramJob } from "./protocol.ts";

const NOTHING: ShownByRun = { verdict: "ok", signature: "", impact: "none", digest: "" };

/**
 * What a program shows on a target; what its header says of another target does not count. One that
 * cannot run at all shows nothing.
 */
export function showProgram(target: NamedCore, { script, name }: ProgramJob): ShownByRun {
  const program = parseScript(script, name);
  try {
    const shown = judgeProgram(program, machineFor(program), heapFor(target), EVERY_BYTE);
    const { verdict, signature, impact, digest } = shown;
    return { verdict, signature, impact, digest };
  } catch (error) {
    if (error instanceof UserError) return NOTHING;
    const failure = isTrap(error) ? "trap" : "stumble";
    const { impact } = FAILURES[failure];
    return { verdict: "invariant", signature: failureSignature(failure), impact, digest: "" };
  }
}
