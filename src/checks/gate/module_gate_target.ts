// A module with an allocator of its own, as the gate sees it.
import { optionWords } from "../../base/option_text.ts";
import { UserError } from "../../base/user_error.ts";
import { poolSizeOf } from "../../campaign/request.ts";
import { limitWords } from "../../module/load/limits.ts";
import { meteredCode } from "../../module/load/load.ts";
import type { ModuleTarget } from "../../module/module_target.ts";
import { moduleOf } from "../../module/options.ts";
import { Pool } from "../../pool/pool.ts";
import type { BugName } from "../../target/bug_names.ts";
import { type CampaignRequest, type ModuleChoice, moduleTargetFor } from "../../targets/targets.ts";
import {
  costProgramOf,
  firstOfKind,
  moduleCostRows,
  moduleCostSizes,
} from "../cost/module_cost.ts";
import type { CostRow, CostTable } from "../cost/row.ts";
import type { AnyCheck } from "./check.ts";
import { COST_MS } from "./cost_section.ts";
import type { GateTarget } from "./gate_target.ts";
import {
  bareModuleReproducer,
  lineOfOperation,
  ofModule,
  programOfModuleCase,
} from "./module_bench.ts";
import { type ModuleCheckPlan, moduleChecks, moduleSlices } from "./module_plan.ts";
import type { Reproducer } from "./reproducer.ts";
import type { CostJob, GateJobs, GatePool } from "./workers.ts";

export class ModuleGateTarget implements GateTarget {
  readonly core = undefined;
  readonly #module: ModuleTarget;
  /** Bug classes that it claims to detect. */
  readonly #detects: readonly BugName[];
  #metered: WebAssembly.Module | undefined | "not asked" = "not asked";

  private constructor(module: ModuleTarget, detects: readonly BugName[]) {
    this.#module = module;
    this.#detects = detects;
  }

  /**
   * Measures the module on a thread of its own; refuses one that cannot be started, and a claim to
   * detect what its allocator cannot have.
   */
  static async of(
    choice: ModuleChoice,
    detects: readonly BugName[] = [],
  ): Promise<ModuleGateTarget> {
    const module = await moduleTargetFor(choice);
    const gate = new ModuleGateTarget(module, detects);
    gate.checks(true);
    await module.prepare();
    return gate;
  }

  get name(): string {
    return this.#module.options.target;
  }

  get words(): string {
    const { target, exports, ...options } = this.#module.options;
    const words = optionWords({ "--exports": exports, ...limitWords(options) });
    return [target, ...words].join(" ");
  }

  checks(isQuick: boolean): readonly ModuleCheckPlan[] {
    return moduleChecks(this.#choice, isQuick, this.#detects);
  }

  slices(seed: bigint, campaigns: readonly CampaignRequest[] | undefined) {
    return moduleSlices(this.#choice, seed, campaigns);
  }

  get uncounted(): string | undefined {
    if (this.#counted.length === 0) return "its allocator gives too little memory for it";
    if (this.#withCounters === undefined) return "it has instructions that cannot be counted";
    return undefined;
  }

  get costRows(): readonly string[] {
    return moduleCostRows(this.#binding, this.#counted);
  }

  get costJob(): CostJob {
    return { target: this.name, metered: this.#withCounters };
  }

  costProgram(row?: CostRow): Reproducer {
    const program = costProgramOf(this.#choice, this.#binding, this.#counted, row);
    const line = lineOfOperation(program, firstOfKind(program, row));
    return { ...bareModuleReproducer(program), line };
  }

  /** A module's rules are all kept in every case. */
  rulesOf(): string {
    return "";
  }

  programOfCase(check: AnyCheck, caseNumber: number): Reproducer {
    const { options } = ofModule(check);
    const { program, token } = programOfModuleCase(this.#module.code, options, caseNumber);
    return bareModuleReproducer(program, token);
  }

  /** Loops have fuel and are cut down as other findings are; what hangs all the same is rare. */
  async shrinkHung(_: GatePool, reproducer: Reproducer): Promise<Reproducer> {
    return reproducer;
  }

  newPool(jobs: number, timeoutMs: number | undefined): GatePool {
    const { jobs: size, timeoutMs: limitMs } = poolSizeOf({ jobs, timeoutMs });
    const input = this.#module.code;
    const file = { beside: import.meta.url, name: "module_worker", input };
    return new Pool<GateJobs>({ file, size, limitMs });
  }

  get #choice() {
    return moduleOf(this.#module.options);
  }

  get #binding() {
    return this.#module.loaded.plan.binding;
  }

  /** The sizes whose blocks are counted. */
  get #counted(): readonly number[] {
    return moduleCostSizes(this.#module.probe?.capacity.bytes ?? 0);
  }

  get #withCounters(): WebAssembly.Module | undefined {
    if (this.#metered === "not asked") {
      const code = meteredCode(this.#module.loaded);
      this.#metered = code && new WebAssembly.Module(code);
    }
    return this.#metered;
  }
}

/** What the operations of a module cost. Throws a UserError where they cannot be counted. */
export async function costOfModule(choice: ModuleChoice): Promise<CostTable> {
  const { target } = choice;
  const module = await ModuleGateTarget.of(choice);
  if (module.uncounted !== undefined) {
    throw new UserError(`${target}: cannot be counted, ${module.uncounted}`);
  }
  const pool = module.newPool(1, undefined);
  try {
    const outcome = await pool.run("cost", module.costJob, { limitMs: COST_MS });
    if (outcome.kind === "done" && outcome.answer !== undefined) return outcome.answer;
    const advice = `see what is wrong with it: slabfuzz ci --target ${module.words}`;
    throw new UserError(`${target}: cannot be counted, it traps or breaks a rule (${advice})`);
  } finally {
    await pool.close();
  }
}
