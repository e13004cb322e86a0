// Our core, one of its canaries, or a core from another build, as the gate sees it.
import type { CoreKind } from "../../slub/core/load.ts";
import { invariantsText } from "../../slub/invariant_text.ts";
import { type NamedCore, onCore } from "../../slub/named_core.ts";
import { type SlubRequest, slubOptions } from "../../slub/options.ts";
import { decode } from "../../slub/program/decode.ts";
import {
  COST_SETTINGS,
  costRowNames,
  machineOfSetting,
  workloadOfSetting,
} from "../cost/measure.ts";
import { type CostRow, settingText } from "../cost/row.ts";
import type { AnyCheck, Check } from "./check.ts";
import type { GateTarget } from "./gate_target.ts";
import { fastChecks, fullChecks } from "./plan.ts";
import { bareReproducer, lineOfOp, programOfCase, type Reproducer } from "./reproducer.ts";
import { shrinkHung } from "./shrink_hung.ts";
import { type CostJob, type GatePool, gatePool } from "./workers.ts";

const MISUSE: readonly SlubRequest[] = [
  { machine: { profile: "v6.1", boot: "smp", slubDebug: "FZPU" } },
  { machine: { profile: "v3.10", boot: "v310", slubDebug: "FZP" } },
];

const CLEAN: readonly SlubRequest[] = [
  { bugs: ["none"], machine: { profile: "v6.12", boot: "smp", slubDebug: "-" } },
  { bugs: ["none"], machine: { profile: "v6.1", boot: "up", slubDebug: "FZP" } },
];

/** Cases that a worker takes at a time: a few hundredths of a second. */
const SLICE = 100;

export class CoreGateTarget implements GateTarget {
  readonly core: NamedCore;

  constructor(core: NamedCore) {
    this.core = core;
  }

  get name(): string {
    return this.core.name;
  }

  get words(): string {
    return this.core.name;
  }

  checks(isQuick: boolean): readonly Check[] {
    return isQuick ? fastChecks() : fullChecks();
  }

  slices(seed: bigint, campaigns: readonly SlubRequest[] = [...MISUSE, ...CLEAN]) {
    return campaigns.map((campaign) => sliceOf({ ...campaign, seed }));
  }

  get uncounted(): string | undefined {
    return this.core.core === "canary" ? "a canary's cost does not matter" : undefined;
  }

  get costRows(): readonly string[] {
    return costRowNames();
  }

  get costJob(): CostJob {
    return { target: this.name };
  }

  costProgram(row?: CostRow): Reproducer {
    const [first] = COST_SETTINGS;
    const setting = COST_SETTINGS.find((one) => settingText(one) === row?.setting) ?? first;
    const machine = machineOfSetting(setting);
    const { image, phases } = workloadOfSetting(setting);
    const program = onCore(decode(image, machine), this.core);
    const phase = row === undefined ? phases[0] : phases.find(({ kind }) => kind === row.kind);
    const reproducer = bareReproducer(program, undefined);
    if (phase === undefined) return reproducer;
    return { ...reproducer, line: lineOfOp(program, phase.first) };
  }

  rulesOf(check: AnyCheck): string {
    return invariantsText(ofCore(check).options.invariants);
  }

  programOfCase(check: AnyCheck, caseNumber: number): Reproducer {
    return programOfCase(this.core, ofCore(check), caseNumber);
  }

  shrinkHung(pool: GatePool, reproducer: Reproducer): Promise<Reproducer> {
    return shrinkHung(pool, this.name, reproducer);
  }

  newPool(jobs: number, limitMs: number | undefined): GatePool {
    return gatePool(coresFor(this.core), jobs, limitMs);
  }
}

/** All checks of a core are made here, or in its plan. */
function ofCore(check: AnyCheck): Check {
  return check as Check;
}

/** Our own core is tried with every canary, too; any other may be held against it. */
function coresFor({ core }: NamedCore): readonly CoreKind[] {
  return core === "release" ? [core, "canary"] : [core, "release"];
}

function sliceOf(request: SlubRequest): Check {
  const options = slubOptions(request);
  const isClean = options.bugs.includes("none");
  const { profile = "", boot = "", slubDebug = "-" } = options.machine;
  const words = ["fuzz", isClean ? "clean" : "misuse", profile, boot, slubDebug];
  const name = words.filter((word) => word !== "").join(" ");
  const kind = isClean ? "invariants" : options.twins ? "twins" : "detectors";
  return { name, kind, options, cases: SLICE, caught: [] };
}
