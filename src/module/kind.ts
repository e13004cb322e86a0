// Modules as a kind of target: the door through which src/targets/ enters this room.

import type { ModuleLimits } from "../target/options.ts";
import type { ScriptSource } from "../target/program.ts";
import type { AskWorker, TargetFile } from "../target/target.ts";
import { choiceOf } from "./load/choice.ts";
import { limitsOf } from "./load/limits.ts";
import { adoptForeign } from "./load/load.ts";
import { ModuleProgram, moduleProgramOfToken } from "./module_program.ts";
import { ModuleTarget } from "./module_target.ts";
import { type ModuleRequest, moduleOf, moduleOptions } from "./options.ts";
import { fittedTo } from "./program/fit.ts";
import { parseForeign } from "./program/text.ts";
import { parseModuleToken } from "./token.ts";

export type { ModuleProgram } from "./module_program.ts";
export { type ModuleCode, ModuleTarget, ModuleWorker } from "./module_target.ts";

export function moduleTarget(request: ModuleRequest, ask: AskWorker): ModuleTarget {
  return new ModuleTarget(moduleOptions(request), ask);
}

export function moduleTargetOfToken(word: string, ask: AskWorker): ModuleTarget {
  return new ModuleTarget(parseModuleToken(word).options, ask);
}

/** Takes over the module that a token names, from a machine that has it; gives the name. */
export function adoptModuleFiles(word: string, files: readonly TargetFile[]): string {
  const { options } = parseModuleToken(word);
  const [{ path, bytes }, ...scripts] = files;
  const glues = scripts.map((script) => ({
    path: script.path,
    text: Buffer.from(script.bytes).toString("utf8"),
  }));
  adoptForeign(moduleOf(options), { path, bytes, glues });
  return options.target;
}

/** The program of a case; with limits, it is the same program, and runs with these. */
export async function programOfModuleToken(
  word: string,
  ask: AskWorker,
  limits: ModuleLimits = {},
): Promise<ModuleProgram> {
  const program = await moduleProgramOfToken(word, (options) => new ModuleTarget(options, ask));
  if (Object.keys(limitsOf(limits)).length === 0) return program;
  return program.onTarget(moduleTarget({ ...program.parts.choice, ...limits, seed: 0n }, ask));
}

/** The program that a script is, on its own target or on another one. */
export function moduleProgramOfScript(source: ScriptSource, ask: AskWorker): ModuleProgram {
  const { text, file, name, otherTarget, limits = {} } = source;
  const choice = otherTarget && choiceOf(otherTarget);
  const program = parseForeign(text, file, { choice, limits: limitsOf(limits) });
  const target = moduleTarget({ ...program.choice, seed: 0n }, ask);
  if (choice === undefined) return new ModuleProgram({ name, target, program });
  const ops = fittedTo(target.loaded.plan.binding, program.ops);
  return new ModuleProgram({ name, target, program: { ...program, ops } });
}
