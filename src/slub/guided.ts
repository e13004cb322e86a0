// A SLUB core for a guided search: its programs as operations that can be changed, and a worker
// whose core counts the edges that a program comes by.
import { UserError } from "../base/user_error.ts";
import { type CaseOutcome, failedCase } from "../target/failure.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import {
  type GuidedEngine,
  type GuidedExample,
  type GuidedOps,
  type GuidedPrograms,
  type GuidedTarget,
  guidedComments,
  type ProbedEngine,
} from "../target/guided.ts";
import { CompareLog } from "../wasm/compare_log.ts";
import { clearEdges, EdgeMap, EdgeReader } from "../wasm/edges.ts";
import { type Instrument, withProbes } from "../wasm/probe.ts";
import { WasmFile } from "../wasm/wasm_file.ts";
import type { SlabHeap } from "./core/heap.ts";
import { adoptModule, bytesOfCore, type CoreKind, isOwnBuild, nameOfCore } from "./core/load.ts";
import { compileOtherCore } from "./core/other_core.ts";
import { type Describer, describeExample, describerFor, unrunFolder } from "./describe.ts";
import { CaseEngine, generatorFor } from "./engine.ts";
import {
  numbersOfOp,
  renamedOps,
  renumberedOp,
  retargetedOp,
  withNumber,
  withoutEnding,
} from "./gen/mutations.ts";
import { mistakesIn, rightfulOps } from "./gen/rights.ts";
import { onCore, parseCore } from "./named_core.ts";
import { machineOf, type SlubOptions } from "./options.ts";
import { headerOf, machineFor } from "./program/boot.ts";
import { bootLineOf } from "./program/boot_line.ts";
import { decode } from "./program/decode.ts";
import type { Program, ProgramOp } from "./program/op.ts";
import { parseScript, printScript } from "./program/text.ts";
import { modelBeside } from "./run/answer_model.ts";
import type { SlubCode, SlubTarget } from "./slub_target.ts";

/** What a worker gets: a core that counts edges, and how many words a reading has. */
export interface GuidedSlubCode extends SlubCode {
  readonly words: number;
}

export function guidedSlubTarget(target: SlubTarget): GuidedTarget {
  const { core } = parseCore(target.options.target);
  const map = new EdgeMap(new WasmFile(bytesOfCore(core)));
  const code: GuidedSlubCode = {
    ...target.code,
    module: countingModule(core, map),
    words: map.words,
  };
  const { edges, words } = map;
  const bytes = bytesOfCore(core);
  const { instrument, sites: size } = new CompareLog(new WasmFile(bytes));
  const compared = slubProbedCode(target, { kind: core, bytes, purpose: "compares" }, instrument);
  return {
    target,
    code,
    edges: edges.length,
    words,
    compares: { code: compared, size },
    programs: slubPrograms(target.options),
  };
}

function countingModule(core: CoreKind, map: EdgeMap): WebAssembly.Module {
  const bytes = withProbes(new WasmFile(bytesOfCore(core)), [map.instrument]);
  return isOwnBuild(core)
    ? new WebAssembly.Module(bytes)
    : compileOtherCore(bytes, nameOfCore(core));
}

type Ops = readonly ProgramOp[];

/** Operations that a program has beside its ending, for each that the generator's may have. */
const LENGTH_FACTOR = 2;

/** The programs of a campaign on a SLUB core. */
export function slubPrograms(options: SlubOptions): GuidedPrograms {
  const machine = machineOf(options);
  const generator = generatorFor(options, machine);
  const isClean = options.twins || options.bugs.every((bug) => bug === "none");
  const rights = {
    mistakesMax: isClean ? 0 : options.bugsPerCase,
    opCountMax: LENGTH_FACTOR * options.opCountMax,
  };
  const boot = bootLineOf(machine);
  const programOf = (ops: Ops, comments: readonly string[]): Program =>
    onCore({ header: headerOf(machine, comments), ops }, { name: options.target });
  return {
    generate: (caseNumber) => decode(generator.generate(caseNumber), machine).ops,
    opened: (ops) => withoutEnding(ops as Ops),
    renamed: (ops, prng) => renamedOps(ops as Ops, prng),
    retargeted: (op, ops, prng) => retargetedOp(op as ProgramOp, ops as Ops, prng),
    renumbered: (op, ops, prng) => {
      return renumberedOp(op as ProgramOp, ops as Ops, machine.cpus, prng);
    },
    numbersOf: (op) => numbersOfOp(op as ProgramOp),
    withNumber: (op, field, value) => withNumber(op as ProgramOp, field, value),
    mistakesOf: (ops) => (isClean ? [] : mistakesIn(ops as Ops, rights)),
    repaired: (ops, meant) => {
      return rightfulOps(ops as Ops, { ...rights, meant: meant as ReadonlySet<ProgramOp> });
    },
    script: (ops, comments) => printScript(programOf(ops as Ops, comments)),
    parse: (text, name) => {
      const program = parseScript(text, name);
      const { target = "slub" } = program.header;
      const own = bootLineOf(machineFor(program));
      if (target === options.target && own === boot) return program.ops;
      throw new UserError(`${name}: is a program for ${target}, boot ${own}`);
    },
    lost: (how, { length: opCount }) => failedCase(how, { bug: "none", opCount }),
    describeUnrun: ({ finding, ops, tokenOf }) => {
      const program = programOf(ops as Ops, guidedComments(finding, options.seed));
      const token = tokenOf(printScript(program));
      return unrunFolder({ options, machine, finding, token, program });
    },
  };
}

interface CoreToProbe {
  readonly kind: CoreKind;
  readonly bytes: Uint8Array;
  /** What its probes are for, in a word. */
  readonly purpose: string;
}

/** The code of a core with probes, as a core beside the one without. */
export function slubProbedCode(
  target: SlubTarget,
  { kind, bytes, purpose }: CoreToProbe,
  instrument: Instrument,
): SlubCode {
  const name = `${nameOfCore(kind)}, ${purpose}`;
  const probed = withProbes(new WasmFile(bytes), [instrument]);
  const module = isOwnBuild(kind)
    ? new WebAssembly.Module(probed)
    : compileOtherCore(probed, nameOfCore(kind));
  return { ...target.code, core: `other:${name}`, module };
}

export class ProbedSlubEngine implements ProbedEngine {
  readonly #engine: CaseEngine;

  constructor({ options, core, module, build }: SlubCode) {
    adoptModule(core, module, build);
    const target = { ...parseCore(options.target), core };
    this.#engine = new CaseEngine(options, { target });
  }

  run(ops: GuidedOps): void {
    this.#engine.runProgram(ops as Ops);
  }

  get exports() {
    return this.#engine.heap.core;
  }
}

export class GuidedSlubEngine implements GuidedEngine {
  readonly #options: SlubOptions;
  readonly #engine: CaseEngine;
  readonly #reader: EdgeReader;
  /** Made when the first finding is to be written up. */
  #describer: Describer | undefined;

  constructor({ options, core, module, build, words }: GuidedSlubCode) {
    adoptModule(core, module, build);
    this.#options = options;
    this.#engine = new CaseEngine(options, { model: modelBeside(core) });
    this.#reader = new EdgeReader(words);
  }

  run(ops: GuidedOps): void {
    this.#clear();
    this.#engine.runProgram(ops as Ops);
  }

  runGenerated(caseNumber: number): void {
    this.#clear();
    this.#engine.runAsGiven(caseNumber);
  }

  /** What the program before has left is cleared away, so that it does not count. */
  #clear(): void {
    const { heap } = this;
    heap.reset();
    clearEdges(heap.core);
  }

  readEdges(): Uint32Array {
    return this.#reader.read(this.heap.core);
  }

  describe({ finding, ops, tokenOf }: GuidedExample, shrinks: boolean): FindingFolder {
    this.#describer ??= describerFor(this.#options, this.#engine);
    const comments = guidedComments(finding, this.#options.seed);
    const run = (engine: CaseEngine) => engine.runProgram(ops as Ops);
    return describeExample(this.#describer, { finding, comments, run, tokenOf }, shrinks);
  }

  get heap(): SlabHeap {
    return this.#engine.heap;
  }

  get outcome(): CaseOutcome {
    return this.#engine;
  }
}
