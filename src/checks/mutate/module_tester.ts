// Tries one mutant of a module with an allocator of its own: runs the programs of the gate's fast
// part that come by its place until one of them breaks a rule, and counts what operations cost.
//
// Sees: what the gate sees of a module. Does not see: other answers that break no rule, such as
// another address, because an allocator may choose where blocks lie.
import { nowMs } from "../../base/clock.ts";
import { Digest } from "../../base/hash.ts";
import { foreignShape } from "../../module/cases.ts";
import { ForeignEngine } from "../../module/engine.ts";
import { codeWithProbes } from "../../module/load/load.ts";
import { FUEL_FULL } from "../../wasm/fuel.ts";
import { METER } from "../../wasm/meter.ts";
import { changes, type Instrument } from "../../wasm/probe.ts";
import { baselineText, compareCost, parseCostBaseline } from "../cost/baseline.ts";
import { measureModuleCost } from "../cost/module_cost.ts";
import { isForbidden } from "../gate/check.ts";
import type { ModuleCheckPlan } from "../gate/module_plan.ts";
import type { Mutant } from "./mutant.ts";
import { type Kill, type MutantResult, notReached, resultOf } from "./mutant_result.ts";
import type { FailedWalk, ModuleMutateInput, ModuleWalk } from "./protocol.ts";
import { type Reached, ReachProbe, roundsOf } from "./reach.ts";

/** Turns of loops between two refills, unless the module itself takes about as many. */
const FUEL_MIN = 1 << 24;
/** A mutant may take so many times as many as the module itself. */
const FUEL_FACTOR = 2;

/** Called before each program. */
type OnProgram = () => void;

export class ModuleMutantTester {
  readonly #input: ModuleMutateInput;
  readonly #fuel: number;

  constructor(input: ModuleMutateInput) {
    this.#input = input;
    const { turns = FUEL_FULL } = input.walk ?? {};
    this.#fuel = Math.min(FUEL_FULL, Math.max(FUEL_MIN, FUEL_FACTOR * turns));
  }

  /** The module as it is, through all programs; what it fails where it fails one. */
  walk(mutants: readonly Pick<Mutant, "patches">[], onProgram: OnProgram): ModuleWalk | FailedWalk {
    const probe = new ReachProbe(mutants);
    const run = this.#runOf([probe.instrument]);
    const digest = new Digest();
    let turns = 0;
    const flags: Uint32Array[][] = [];
    for (const [testSet, check] of this.#input.checks.entries()) {
      const engine = run.engineOf(testSet);
      const { guest } = engine.ready;
      const up: Uint32Array[] = [];
      for (let number = 0; number < check.cases; number++) {
        onProgram();
        const before = guest.turns;
        engine.run(number);
        if (engine.error !== undefined) throw engine.error;
        const signature = engine.signature.text;
        if (isForbidden(check.kind, engine.verdict)) return { check: check.name, signature };
        guest.refuel();
        turns = Math.max(turns, guest.turns - before);
        up.push(probe.takeFlags(guest.exports));
        digest.word(engine.digestHigh).word(engine.digestLow);
      }
      flags.push(up);
    }
    onProgram();
    return { flags, answers: digest.hex, turns, cost: this.#costText() };
  }

  try({ id, patches }: Mutant, reached: readonly Reached[], onProgram: OnProgram): MutantResult {
    if (reached.length === 0) return notReached(id);
    const startMs = nowMs();
    const mutation = changes(patches);
    const run = this.#runOf([mutation]);
    const { first, rest } = roundsOf(reached);
    const kill =
      run.play(first, onProgram) ?? this.#costs(mutation, onProgram) ?? run.play(rest, onProgram);
    return resultOf(id, kill, run, startMs);
  }

  #runOf(probes: readonly Instrument[]): ModuleMutantRun {
    const { code, checks } = this.#input;
    const changed = { ...code, module: this.#moduleWith(probes) };
    const engines = checks.map(({ options }) => new ForeignEngine(changed, foreignShape(options)));
    return new ModuleMutantRun(checks, engines, this.#fuel);
  }

  #moduleWith(probes: readonly Instrument[]): WebAssembly.Module {
    const code = codeWithProbes(this.#input.target, probes);
    if (code === undefined) throw new Error("a mutant is no valid module");
    return new WebAssembly.Module(code);
  }

  #costText(): string | undefined {
    const table = this.#costWith([]);
    return table === undefined ? undefined : baselineText(table);
  }

  /** Which operation became dearer, or cannot be counted any more, where the module's can be. */
  #costs(mutation: Instrument, onProgram: OnProgram): Kill | undefined {
    const { cost } = this.#input.walk ?? {};
    if (cost === undefined) return undefined;
    onProgram();
    const table = this.#costWith([mutation]);
    if (table === undefined) return { killer: "trapped", check: "cost" };
    const { dearer } = compareCost(parseCostBaseline(cost, "the cost of the original"), table);
    const [worst] = dearer;
    return worst && { killer: "cost", check: `cost ${worst.row.name}` };
  }

  #costWith(probes: readonly Instrument[]) {
    const { code } = this.#input;
    const module = this.#moduleWith([METER, ...probes]);
    const engine = new ForeignEngine({ ...code, module }, foreignShape(code.options));
    engine.ready.guest.fuelFull = this.#fuel;
    return measureModuleCost(engine);
  }
}

/** The run of one mutant. */
class ModuleMutantRun {
  readonly #checks: readonly ModuleCheckPlan[];
  readonly #engines: readonly ForeignEngine[];
  readonly #fuel: number;
  programs = 0;
  stumble: string | undefined;

  constructor(checks: readonly ModuleCheckPlan[], engines: readonly ForeignEngine[], fuel: number) {
    this.#checks = checks;
    this.#engines = engines;
    this.#fuel = fuel;
  }

  engineOf(testSet: number): ForeignEngine {
    const engine = this.#engines[testSet];
    engine.ready.guest.fuelFull = this.#fuel;
    return engine;
  }

  play(reached: readonly Reached[], onProgram: OnProgram): Kill | undefined {
    for (const { testSet, cases } of reached) {
      for (const number of cases) {
        onProgram();
        const kill = this.#playCase(testSet, number);
        if (kill !== undefined) return kill;
      }
    }
    return undefined;
  }

  #playCase(testSet: number, number: number): Kill | undefined {
    const engine = this.engineOf(testSet);
    const { kind, name: check } = this.#checks[testSet];
    this.programs++;
    engine.run(number);
    if (engine.error !== undefined) {
      this.stumble ??= String((engine.error as Partial<Error>).message ?? engine.error);
      return undefined;
    }
    if (!isForbidden(kind, engine.verdict)) return undefined;
    return { killer: killerOf(engine) ?? kind, check, signature: engine.signature.text };
  }
}

/** A module that traps while it is made ready breaks no rule by name. */
function killerOf({ outcome }: ForeignEngine): "hung" | "trapped" | undefined {
  const rule = outcome?.violation?.rule ?? "trap";
  if (rule === "endless") return "hung";
  return rule === "trap" || rule === "abort" ? "trapped" : undefined;
}
