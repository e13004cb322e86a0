// A module for a guided search: its programs as operations that can be changed, and a worker whose
// module counts the edges that a program comes by. Programs have no mistakes of their own.
import { UserError, unlessRefused } from "../base/user_error.ts";
import { type CaseOutcome, FAILURES, failedCase } from "../target/failure.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import {
  type GuidedEngine,
  type GuidedExample,
  type GuidedOps,
  type GuidedPrograms,
  type GuidedTarget,
  guidedComments,
  type ProbedCode,
  type ProbedEngine,
} from "../target/guided.ts";
import { CompareLog } from "../wasm/compare_log.ts";
import { EdgeMap, EdgeReader } from "../wasm/edges.ts";
import type { Instrument } from "../wasm/probe.ts";
import { WasmFile } from "../wasm/wasm_file.ts";
import { foreignShape } from "./cases.ts";
import { describeModuleExample, unrunModuleFolder } from "./describe.ts";
import { ForeignEngine } from "./engine.ts";
import {
  inOtherSlots,
  onOtherSlot,
  repairedOps,
  withOtherNumber,
  withoutLastLimits,
} from "./gen/mutations.ts";
import { moduleSignature } from "./judge/verdict.ts";
import { codeWithProbes, probedCode } from "./load/load.ts";
import type { ModuleCode, ModuleTarget } from "./module_target.ts";
import { moduleOf } from "./options.ts";
import { type ForeignOp, opsOf } from "./program/op.ts";
import { parseForeign, printForeign } from "./program/text.ts";

/** What a worker gets: a module that counts edges, and how many words a reading has. */
export interface GuidedModuleCode extends ModuleCode {
  readonly words: number;
}

/** The target must have been prepared. */
export function guidedModuleTarget(target: ModuleTarget): GuidedTarget {
  const { path } = target.loaded;
  if (target.options.bugs.some((bug) => bug !== "none")) {
    throw new UserError(
      `${path}: a guided search of a module makes no mistakes: leave --bugs out, or say none`,
    );
  }
  const { map, module } = countingModule(target);
  const code: GuidedModuleCode = { ...target.code, module, words: map.words };
  const { edges, words } = map;
  const compares = comparesOf(target);
  return { target, code, compares, edges: edges.length, words, programs: modulePrograms(code) };
}

function countingModule({ loaded }: ModuleTarget) {
  let map: EdgeMap | undefined;
  const bytes = unlessRefused(() =>
    probedCode(loaded, (file) => {
      map = new EdgeMap(file);
      return [map.instrument];
    }),
  );
  if (bytes === undefined || map === undefined) {
    throw new UserError(`${loaded.path}: has instructions that are not known here: no --guided`);
  }
  return { map, module: new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>) };
}

/** Code that keeps what it compared; stores of a watched module are not watched in it. */
function comparesOf(target: ModuleTarget): ProbedCode {
  const { instrument, sites } = new CompareLog(new WasmFile(target.loaded.bytes));
  return { code: moduleProbedCode(target, instrument), size: sites };
}

type Ops = readonly ForeignOp[];

/** The programs of a campaign on a module that was measured. */
export function modulePrograms(code: ModuleCode): GuidedPrograms {
  const { options, plan, build } = code;
  const engine = new ForeignEngine(code, foreignShape(options));
  const choice = moduleOf(options);
  const { bytes: room = 0 } = code.capacity ?? {};
  const endsSettled = (ops: Ops) => ops.length % SETTLED === 0;
  return {
    generate: (caseNumber) => opsOf(engine.generate(caseNumber)),
    opened: (ops) => withoutLastLimits(ops as Ops),
    renamed: (ops, prng) => inOtherSlots(ops as Ops, prng),
    retargeted: (op, ops, prng) => onOtherSlot(op as ForeignOp, ops as Ops, prng),
    renumbered: (op, _, prng) => withOtherNumber(op as ForeignOp, prng),
    numbersOf: (op) => [{ field: "a", value: (op as ForeignOp).a }],
    withNumber: (op, _, a) => ({ ...op, a }),
    mistakesOf: () => [],
    repaired: (ops) => {
      const settles = endsSettled(ops as Ops);
      return repairedOps(ops as Ops, { opCountMax: options.opCountMax, room, settles });
    },
    script: (ops, comments) => printForeign({ choice, bug: "none", comments, ops: ops as Ops }),
    parse: (text, name) => {
      const program = parseForeign(text, name);
      const { target: own, exports } = program.choice;
      if (own === choice.target && exports === options.exports) return program.ops;
      throw new UserError(`${name}: is a program for ${own}`);
    },
    lost: (how, { length: opCount }) => {
      const { word } = FAILURES[how];
      const signature = moduleSignature("none", plan.name, "invariant", word);
      return { ...failedCase(how, { bug: "none", opCount }), signature };
    },
    describeUnrun: ({ finding, ops, tokenOf }) => {
      const comments = guidedComments(finding, options.seed);
      const program = { choice, bug: "none", comments, ops: ops as Ops };
      const token = tokenOf(printForeign(program));
      return unrunModuleFolder({ options, engine, code, build }, { finding, program, token });
    },
  };
}

/** The code of a module with probes at places of the file as it is on disk. */
export function moduleProbedCode(target: ModuleTarget, instrument: Instrument): ModuleCode {
  const bytes = codeWithProbes(target.loaded, [instrument]);
  if (bytes === undefined) {
    throw new UserError(`${target.loaded.path}: has instructions that are not known here`);
  }
  return { ...target.code, module: new WebAssembly.Module(bytes) };
}

export class ProbedModuleEngine implements ProbedEngine {
  readonly #engine: ForeignEngine;

  constructor(code: ModuleCode) {
    this.#engine = new ForeignEngine(code, foreignShape(code.options));
  }

  run(ops: GuidedOps): void {
    this.#engine.runOps(ops as Ops);
  }

  get exports() {
    return this.#engine.ready.guest.exports;
  }
}

/** One program in so many ends with all blocks freed. */
const SETTLED = 6;

export class GuidedModuleEngine implements GuidedEngine {
  readonly #code: GuidedModuleCode;
  readonly #engine: ForeignEngine;
  readonly #reader: EdgeReader;

  constructor(code: GuidedModuleCode) {
    this.#code = code;
    this.#engine = new ForeignEngine(code, foreignShape(code.options));
    this.#reader = new EdgeReader(code.words);
  }

  /** Each program runs in an instance of its own, whose counters begin at 0. */
  run(ops: GuidedOps): void {
    this.#engine.runOps(ops as Ops);
  }

  runGenerated(caseNumber: number): void {
    this.run(opsOf(this.#engine.generate(caseNumber)));
  }

  readEdges(): Uint32Array {
    return this.#reader.read(this.#engine.ready.guest.exports);
  }

  describe({ finding, ops, tokenOf }: GuidedExample, shrinks: boolean): FindingFolder {
    const { options } = this.#code;
    const comments = guidedComments(finding, options.seed);
    const program = { choice: moduleOf(options), bug: "none", comments, ops: ops as Ops };
    const token = tokenOf(printForeign(program));
    const run = (engine: ForeignEngine) => engine.runOps(program.ops);
    const describer = { ...this.#code, engine: this.#engine, code: this.#code };
    return describeModuleExample(describer, { finding, program, token, run }, shrinks);
  }

  get outcome(): CaseOutcome {
    return this.#engine;
  }
}
