// The programs for SLUB cores that scripts and tokens name: a second door through which
// src/targets/ enters this room, because a campaign needs nothing behind it.
import { reworded, UserError } from "../base/user_error.ts";
import type { ScriptSource } from "../target/program.ts";
import { buildOfCore } from "./core/load.ts";
import { CaseEngine } from "./engine.ts";
import { parseInvariants } from "./invariant_text.ts";
import { coreOf, type NamedCore, parseCore } from "./named_core.ts";
import { decode } from "./program/decode.ts";
import type { Program } from "./program/op.ts";
import { parseScript } from "./program/text.ts";
import { SlubProgram } from "./slub_program.ts";
import { parseToken, programCheck } from "./token.ts";

export { SlubProgram } from "./slub_program.ts";

/** What a log of a replay, or of a real kernel, has at the start of its lines. */
const IS_RECORDING = /^@@ op \d+: /m;

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

/** The case that a token names; refuses a token whose program this build no longer makes. */
export function slubProgramOfToken(word: string): SlubProgram {
  const { options, caseNumber, build, program: check } = parseToken(word);
  const engine = new CaseEngine(options);
  const image = engine.generate(caseNumber);
  if (programCheck(image) !== check) {
    throw new UserError(
      `${word}: this build makes another program of case ${caseNumber}, or the token is damaged`,
    );
  }
  const core = parseCore(options.target);
  const isOtherBuild = buildOfCore(core.core) !== build;
  return new SlubProgram({
    name: word,
    program: decode(image, engine.machine, [`case ${caseNumber} of seed ${options.seed}`]),
    core,
    invariants: options.invariants,
    note: isOtherBuild ? `${word}: was made by another build; what it shows may differ` : undefined,
  });
}
