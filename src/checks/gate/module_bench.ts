// Checks of a module, run in the calling thread: where the code of the module runs, and where what
// it shows is made again and cut down.
import { foreignShape } from "../../module/cases.ts";
import { generatedProgram } from "../../module/describe.ts";
import { ForeignEngine } from "../../module/engine.ts";
import { loadForeign } from "../../module/load/load.ts";
import type { ModuleCode } from "../../module/module_target.ts";
import { type ModuleOptions, moduleOf } from "../../module/options.ts";
import { type ForeignProgram, printForeign } from "../../module/program/text.ts";
import { replayForeign } from "../../module/replay.ts";
import { shrinkForeign } from "../../module/shrink.ts";
import { checkOf, moduleToken } from "../../module/token.ts";
import type { Signature } from "../../target/signature.ts";
import { measureModuleCost } from "../cost/module_cost.ts";
import type { CostTable } from "../cost/row.ts";
import type { AnyCheck, CheckFinding } from "./check.ts";
import { CheckRun } from "./check_run.ts";
import type { ModuleCheckPlan } from "./module_plan.ts";
import type { Reproducer } from "./reproducer.ts";

/** A check that failed so often has told what it can: what fills memory in vain takes its time. */
const FAILED_MAX = 12;
/** A shrinker does so much work at most, in operations: some seconds. */
const EFFORT_MAX = 4_000_000;

interface ModuleRunOptions {
  /** A check ends at its first finding. */
  readonly endsAtFinding?: boolean;
  /** Called before each case. */
  readonly onCase?: (caseNumber: number) => void;
}

export class ModuleBench {
  readonly #code: ModuleCode;

  constructor(code: ModuleCode) {
    this.#code = code;
  }

  /** For callers that watch over nothing: how much the module can give is measured here, too. */
  static here(options: ModuleOptions): ModuleBench {
    const { module, plan, build } = loadForeign(moduleOf(options));
    const engine = new ForeignEngine({ module, plan }, foreignShape(options));
    const { capacity } = engine.ready;
    return new ModuleBench({ kind: "module", options, build, module, plan, capacity });
  }

  check(check: ModuleCheckPlan, options: ModuleRunOptions = {}) {
    const { endsAtFinding = false, onCase = () => {} } = options;
    const run = new CheckRun(check, endsAtFinding);
    const { first = 0, cases } = check;
    const engine = engineOf(this.#code, check.options);
    let failed = 0;
    for (let number = first; number < first + cases && !run.isOver; number++) {
      onCase(number);
      engine.run(number);
      run.add(engine, number, true);
      if (engine.verdict === "invariant" && ++failed === FAILED_MAX) break;
    }
    return run.result;
  }

  /** The example of a finding again, and the smallest program that shows the same. */
  reproducer({ options }: ModuleCheckPlan, { caseNumber, parts }: CheckFinding): Reproducer {
    const { program: whole, token } = programOfModuleCase(this.#code, options, caseNumber);
    const engine = engineOf(this.#code, options);
    const program = shrinkForeign(engine, whole, { effortMax: EFFORT_MAX })?.program ?? whole;
    const { ran, explanation } = replayForeign(engine, program);
    const bare = bareModuleReproducer(program, token);
    return {
      ...bare,
      operationsBefore: whole.ops.length,
      line: lineOfOperation(program, ran - 1),
      explanation,
      ...(explanation.length === 0 ? {} : { broke: brokenText(explanation[0], parts) }),
    };
  }

  /** `metered`: the module with counters. Undefined where it traps, or breaks a rule. */
  cost(metered: WebAssembly.Module): CostTable | undefined {
    const code = { ...this.#code, module: metered };
    return measureModuleCost(engineOf(code, this.#code.options));
  }
}

/** `overlap: two live blocks share bytes`; without the name where the signature has it. */
function brokenText(line: string, { symptom }: Signature): string {
  const name = `${symptom.rule?.name}: `;
  return line.startsWith(name) ? line.slice(name.length) : line;
}

function engineOf(code: ModuleCode, options: ModuleOptions): ForeignEngine {
  return new ForeignEngine(code, foreignShape(options));
}

/** The program of a case, which is made without running the module, and its token. */
export function programOfModuleCase(
  code: ModuleCode,
  options: ModuleOptions,
  caseNumber: number,
): { readonly program: ForeignProgram; readonly token: string } {
  const engine = engineOf(code, options);
  const image = engine.generate(caseNumber);
  const comments = [`case ${caseNumber} of seed ${options.seed}`];
  return {
    program: generatedProgram(options, image, engine.bug, comments),
    token: moduleToken({ options, caseNumber, build: code.build, program: checkOf(image) }),
  };
}

/** A reproducer of a program that is not run. */
export function bareModuleReproducer(program: ForeignProgram, token?: string): Reproducer {
  const { length } = program.ops;
  return {
    token,
    script: printForeign(program),
    operations: length,
    operationsBefore: length,
    line: lineOfOperation(program, length - 1),
    explanation: [],
    dump: [],
  };
}

/** The line of an operation in the printed script; of one that is beyond its end, the last. */
export function lineOfOperation({ ops, ...header }: ForeignProgram, index: number): number {
  const before = ops.slice(0, Math.max(0, Math.min(index, ops.length - 1)));
  return printForeign({ ...header, ops: before }).split("\n").length;
}

/** All checks of a module are made by its plan. */
export function ofModule(check: AnyCheck): ModuleCheckPlan {
  return check as ModuleCheckPlan;
}
