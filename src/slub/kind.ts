// SLUB as a kind of target: the door through which src/targets/ enters this room.
import { reworded, UserError } from "../base/user_error.ts";
import type { ScriptSource } from "../target/program.ts";
import type { TargetFile } from "../target/target.ts";
import { adoptCore } from "./core/load.ts";
import { parseInvariants } from "./invariant_text.ts";
import { coreOf, type NamedCore, parseCore } from "./named_core.ts";
import { type SlubRequest, slubOptions } from "./options.ts";
import type { Program } from "./program/op.ts";
import { parseScript } from "./program/text.ts";
import { SlubProgram } from "./slub_program.ts";
import { SlubTarget } from "./slub_target.ts";
import { parseToken } from "./token.ts";

export { parseCore } from "./named_core.ts";
export { SlubProgram, slubProgramOfToken } from "./slub_program.ts";
export { type SlubCode, SlubTarget, SlubWorker } from "./slub_target.ts";

/** What a log of a replay, or of a real kernel, has at the start of its lines. */
const IS_RECORDING = /^@@ op \d+: /m;

export function slubTarget(request: SlubRequest): SlubTarget {
  return new SlubTarget(slubOptions(request));
}

export function slubTargetOfToken(word: string): SlubTarget {
  return new SlubTarget(parseToken(word).options);
}

/** Takes over the core that a token names, from a machine that has it; gives its name. */
export function adoptCoreFile(word: string, [{ bytes }]: readonly TargetFile[]): string {
  const { name, core } = parseCore(parseToken(word).options.target);
  if (core === "release") throw new UserError(`${name}: is no core that travels`);
  adoptCore(core, bytes);
  return name;
}

/** The program that a script is. */
export function slubProgramOfScript(source: ScriptSource): SlubProgram {
  const { name, file, text, target, invariants = "" } = source;
  if (IS_RECORDING.test(text)) {
    throw new UserError(`${file}: is a recording, replay the script that it was made from`);
  }
  const program = parsed(source);
  return new SlubProgram({
    name,
    program,
    core: target === undefined ? coreOfScript(file, program) : parseCore(target),
    invariants: invariants === "" ? undefined : parseInvariants(invariants),
  });
}

/** Lines of a text that was made from something else say nothing about a file. */
function parsed({ file, text, isConverted }: ScriptSource): Program {
  const { source, ...program } = parseScript(text, file);
  return isConverted === true ? program : { ...program, source };
}

function coreOfScript(file: string, program: Program): NamedCore {
  return reworded(
    (message) => `${file}: ${message}`,
    () => coreOf(program),
  );
}
