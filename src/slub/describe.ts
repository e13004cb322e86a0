// A finding of a campaign on a SLUB core, made again, checked and written up as files of a folder.
import { unlessRefused } from "../base/user_error.ts";
import { FAILURES, failureOf } from "../target/failure.ts";
import type { FindingFolder, FolderFiles } from "../target/finding_folder.ts";
import { exampleComments, folderOf } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { SlabHeap } from "./core/heap.ts";
import { buildOfCore } from "./core/load.ts";
import { CaseEngine, generatorFor } from "./engine.ts";
import { invariantsText } from "./invariant_text.ts";
import { heapFor, onCore, parseCore } from "./named_core.ts";
import { machineOf, type SlubOptions } from "./options.ts";
import { bootLineOf } from "./program/boot_line.ts";
import { decode } from "./program/decode.ts";
import type { ProgramImage } from "./program/image.ts";
import type { Machine } from "./program/machine.ts";
import type { Program } from "./program/op.ts";
import { printScript } from "./program/text.ts";
import { comparingAlways, modelBeside } from "./run/answer_model.ts";
import { damagedBytes } from "./run/damage_record.ts";
import { Judge } from "./run/judge.ts";
import { replay } from "./run/replay.ts";
import { shapeText } from "./shape_text.ts";
import { shrink } from "./shrink/shrink.ts";
import { tokenOfCase } from "./token.ts";
import { explanationLines, runLines } from "./words/finding_text.ts";

/** What findings are made again with: an engine that judges, and a heap that shows. */
export interface Describer {
  readonly options: SlubOptions;
  readonly engine: CaseEngine;
  /** For runs in memory that nothing ran in before. */
  readonly other: CaseEngine;
  readonly heap: SlabHeap;
}

/** For the findings of a campaign. */
export function describerFor(options: SlubOptions, engine: CaseEngine): Describer {
  const target = parseCore(options.target);
  const other = new CaseEngine(options, { model: modelBeside(target.core) });
  return { options, engine, other, heap: heapFor(target) };
}

/** Makes the example of a finding again, checks it, writes it up, and shrinks it if asked to. */
export function describeFinding(
  describer: Describer,
  finding: Finding,
  shrinks: boolean,
): FindingFolder {
  const { options } = describer;
  const run = (engine: CaseEngine) => engine.run(finding.caseNumber);
  const comments = exampleComments(finding, options.seed);
  return describeExample(describer, { finding, comments, run }, shrinks);
}

/** The example of a finding, and how an engine runs it. */
export interface Example {
  readonly finding: Finding;
  readonly comments: readonly string[];
  readonly run: (engine: CaseEngine) => void;
  /** Its token, made of its script; without it, the token of its case. */
  readonly tokenOf?: (script: string) => string;
}

/** The same for an example that no case number stands for. */
export function describeExample(
  { options, engine, other, heap }: Describer,
  example: Example,
  shrinks: boolean,
): FindingFolder {
  const { machine } = engine;
  const { finding, comments, tokenOf } = example;
  example.run(engine);
  const { image } = engine;
  const program = programOf(options, machine, image, comments);
  const token =
    tokenOf?.(printScript(program)) ?? tokenOfCase(options, machine, image, finding.caseNumber);
  const isStable = happensEachTime(engine, other, example);
  const lines = reportLines(engine, heap, finding, program);
  const folder = slubFolder({ options, machine, finding, token, program, isStable, lines });
  if (!shrinks || !isStable) return folder;
  return { ...folder, files: { ...folder.files, ...shrunkFiles(program, options, heap) } };
}

/** The folder of a finding that cannot be run again: its worker would hang or die once more. */
export function describeUnrunFinding(options: SlubOptions, finding: Finding): FindingFolder {
  const machine = machineOf(options);
  const image = generatorFor(options, machine).generate(finding.caseNumber);
  const token = tokenOfCase(options, machine, image, finding.caseNumber);
  const comments = exampleComments(finding, options.seed);
  const program = programOf(options, machine, image, comments);
  return unrunFolder({ options, machine, finding, token, program });
}

/** The same for a program that no case number stands for. */
export function unrunFolder(description: Omit<Description, "isStable" | "lines">): FindingFolder {
  const { signature } = description.finding;
  const failure = failureOf(signature);
  const text = failure === undefined ? "It could not be run again." : FAILURES[failure].text;
  const lines = [`signature: ${signature.text}`, text];
  return slubFolder({ ...description, isStable: failure !== undefined, lines });
}

/** Everything that a folder says. */
interface Description {
  readonly options: SlubOptions;
  readonly machine: Machine;
  readonly finding: Finding;
  readonly token: string;
  readonly program: Program;
  readonly isStable: boolean;
  readonly lines: readonly string[];
}

function slubFolder({ machine, program, ...description }: Description): FindingFolder {
  const { options } = description;
  return folderOf({
    ...description,
    build: buildOfCore(parseCore(options.target).core),
    machine: { profile: machine.profile, boot: bootLineOf(machine), cpus: machine.nrCpuIds },
    rules: { invariants: invariantsText(options.invariants) },
    shape: shapeText(options),
    program: printScript(program),
  });
}

function programOf(
  options: SlubOptions,
  machine: Machine,
  image: ProgramImage,
  comments: readonly string[],
): Program {
  const program = decode(image, machine, comments);
  return onCore(program, { name: options.target });
}

function reportLines(
  engine: CaseEngine,
  heap: SlabHeap,
  finding: Finding,
  program: Program,
): string[] {
  const { judge, result } = engine;
  if (judge === undefined || result === undefined) {
    return failureLines(engine, finding);
  }
  const { judgement } = result;
  const { shadow } = judge;
  heap.configure(engine.machine);
  const again = { shadow, judgement, image: shadow.image, judge: new Judge(heap) };
  const { text: signature } = finding.signature;
  const damaged = damagedBytes(again);
  const explanation = explanationLines({ signature, judgement, shadow, program, damaged });
  const steps = replay(program, engine.machine, { heap });
  return [...explanation, "", ...runLines(engine.machine, program, steps)];
}

/** Where slabfuzz itself failed, people want to know where in slabfuzz. */
function failureLines({ error }: CaseEngine, { signature }: Finding): string[] {
  const failure = failureOf(signature) ?? "stumble";
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const where = failure === "stumble" ? ["", ...stack.split("\n")] : [];
  return [`signature: ${signature.text}`, FAILURES[failure].text, ...where];
}

/** Runs that a finding has to come out the same in, each on a core that has just booted. */
const STABLE_RUNS = 2;

/** Compares the last case of an engine with runs on another; a difference is a bug of slabfuzz. */
function happensEachTime(
  engine: CaseEngine,
  other: CaseEngine,
  { finding, run }: Example,
): boolean {
  for (let repeat = 0; repeat < STABLE_RUNS; repeat++) {
    other.reboot();
    run(other);
    if (!isSame(engine, other)) return false;
  }
  return engine.signature.text === finding.signature.text;
}

function isSame(one: CaseEngine, other: CaseEngine): boolean {
  return (
    one.signature.text === other.signature.text &&
    one.impact === other.impact &&
    one.ran === other.ran &&
    one.digestHigh === other.digestHigh &&
    one.digestLow === other.digestLow
  );
}

/**
 * `shrunk.slab`, whose first lines say what it shows. A finding that only the census of its
 * campaign saw does not show in a replay: it has none.
 */
function shrunkFiles(
  program: Program,
  { target, invariants }: SlubOptions,
  heap: SlabHeap,
): FolderFiles {
  const named = parseCore(target);
  const newHeap = () => heapFor(named);
  const model = modelBeside(named.core);
  const rules = model === undefined ? invariants : comparingAlways(invariants);
  const shrunk = unlessRefused(() => {
    return shrink(program, { heap, newHeap, invariants: rules, model });
  });
  return shrunk === undefined ? {} : { "shrunk.slab": printScript(shrunk.program) };
}
