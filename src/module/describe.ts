// A finding of a campaign on a module, made again, checked and written up: the files of its folder.
import { FAILURES, failureOf } from "../target/failure.ts";
import {
  exampleComments,
  type FindingCause,
  type FindingFolder,
  folderOf,
} from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import { FUEL_SEEMING, FUEL_SHORT } from "../wasm/fuel.ts";
import { foreignShape } from "./cases.ts";
import { ForeignEngine, type ForeignModule } from "./engine.ts";
import { bindingText } from "./load/binding.ts";
import { type ModuleOptions, moduleOf, moduleShapeText } from "./options.ts";
import { type ForeignImage, opsOf } from "./program/op.ts";
import { type ForeignProgram, printForeign, printForeignOp } from "./program/text.ts";
import { type ForeignReplay, replayForeign, replayLines } from "./replay.ts";
import { shrinkForeign } from "./shrink.ts";
import { checkOf, moduleToken } from "./token.ts";

/** What findings are made again with. */
export interface ModuleDescriber {
  readonly options: ModuleOptions;
  readonly engine: ForeignEngine;
  readonly code: ForeignModule;
  readonly build: string;
}

/**
 * Makes the example of a finding again, checks it, writes it up, and shrinks it if asked to, as far
 * as there is time. Where that is limited, a loop without an end makes fewer turns than it did when
 * it was found: all of them would take longer than all else.
 */
export function describeModuleFinding(
  describer: ModuleDescriber,
  finding: Finding,
  shrinks: boolean,
  isOver?: () => boolean,
): FindingFolder {
  return describeModuleExample(describer, exampleOf(describer, finding), shrinks, isOver);
}

/** The same for an example that no case number stands for. */
export function describeModuleExample(
  describer: ModuleDescriber,
  example: ModuleExample,
  shrinks: boolean,
  isOver?: () => boolean,
): FindingFolder {
  const isBrief = isOver !== undefined && example.finding.impact === "hang";
  const effort = { shrinks, isOver, fuels: isBrief ? BRIEF_FUELS : FULL };
  return describer.engine.withLessFuel(Math.max(...effort.fuels), () => {
    return describeAgain(describer, example, effort);
  });
}

interface Effort {
  readonly shrinks: boolean;
  readonly isOver: (() => boolean) | undefined;
  /** Turns that loops may make in runs that only repeat what was seen. */
  readonly fuels: readonly number[];
}

/** Turns of a loop without an end, the fewest first: what comes to the same with less is shown. */
const BRIEF_FUELS = [FUEL_SHORT, FUEL_SEEMING] as const;
const FULL = [Number.POSITIVE_INFINITY] as const;

function describeAgain(
  describer: ModuleDescriber,
  example: ModuleExample,
  { shrinks, isOver, fuels }: Effort,
): FindingFolder {
  const { engine } = describer;
  const { program } = example;
  const replay = replayForeign(engine, program);
  const isStable = happensEachTime(describer, example, { replay, fuels });
  const folder = moduleFolder(describer, { ...example, isStable, lines: linesOf(replay) });
  const isBug = example.finding.verdict === "invariant";
  if (!isStable || !(shrinks || isBug) || isOver?.()) return folder;
  const hasRun = fuels === BRIEF_FUELS;
  const shrunk = shrinkForeign(engine, program, { isOver, hasRun })?.program;
  if (shrunk === undefined) return folder;
  const files = { ...folder.files, "shrunk.slab": printForeign(shrunk) };
  return isBug ? { ...folder, files, cause: causeOf(shrunk) } : { ...folder, files };
}

/** Sizes from here on are beyond all that allocators compute with in earnest. */
const HUGE_BYTES = 0x40000000;

function causeOf({ ops }: ForeignProgram): FindingCause {
  const needs = ops.flatMap(({ op, a, b }) => {
    const isHuge = a * (op === "zalloc" ? b : 1) >= HUGE_BYTES && op !== "cycle";
    const isAligned = op === "alloc" && b > 1;
    const isOrdinary = op === "alloc" || op === "free";
    return [isOrdinary ? [] : op, isHuge ? "huge" : [], isAligned ? "align" : []].flat();
  });
  return { needs: [...new Set(needs)].sort(), operations: ops.map(printForeignOp) };
}

/** The folder of a finding that cannot be run again: its worker would hang or die once more. */
export function describeUnrunModuleFinding(
  describer: ModuleDescriber,
  finding: Finding,
): FindingFolder {
  return unrunModuleFolder(describer, exampleOf(describer, finding));
}

/** The same for an example that no case number stands for. */
export function unrunModuleFolder(
  describer: ModuleDescriber,
  example: Omit<ModuleExample, "run">,
): FindingFolder {
  const { signature } = example.finding;
  const failure = failureOf(signature);
  const text = failure === undefined ? "It could not be run again." : FAILURES[failure].text;
  const lines = [`signature: ${signature.text}`, text];
  return moduleFolder(describer, { ...example, isStable: failure !== undefined, lines });
}

/** The example of a finding, and how an engine runs it. */
export interface ModuleExample {
  readonly finding: Finding;
  readonly program: ForeignProgram;
  readonly token: string;
  readonly run: (engine: ForeignEngine) => void;
}

function exampleOf({ options, engine, build }: ModuleDescriber, finding: Finding): ModuleExample {
  const { caseNumber } = finding;
  const image = engine.generate(caseNumber);
  const token = moduleToken({ options, caseNumber, build, program: checkOf(image) });
  const comments = exampleComments(finding, options.seed);
  const program = generatedProgram(options, image, engine.bug, comments);
  return { finding, token, program, run: (other) => other.run(caseNumber) };
}

/** A program as it came from the generator, with a header that says on what it ran. */
export function generatedProgram(
  options: ModuleOptions,
  image: ForeignImage,
  bug: string,
  comments: readonly string[],
): ForeignProgram {
  return { choice: moduleOf(options), bug, comments, ops: opsOf(image) };
}

/** On two instances of an engine that ran nothing before. */
function happensEachTime(
  { options, code }: ModuleDescriber,
  { finding: { signature }, run }: ModuleExample,
  { replay, fuels }: { readonly replay: ForeignReplay; readonly fuels: readonly number[] },
): boolean {
  if (replay.signature !== signature.text) return false;
  const happens = (fuel: number): boolean => {
    const fresh = new ForeignEngine(code, foreignShape(options));
    fresh.withLessFuel(fuel, () => run(fresh));
    return fresh.signature.text === signature.text && fresh.digest === replay.digest;
  };
  return [0, 1].every(() => fuels.some(happens));
}

function linesOf(replay: ForeignReplay): string[] {
  return [`signature: ${replay.signature}`, ...replay.explanation, "", ...replayLines(replay)];
}

interface Description extends Omit<ModuleExample, "run"> {
  readonly isStable: boolean;
  readonly lines: readonly string[];
}

function moduleFolder(
  { options, engine, build }: ModuleDescriber,
  { program, ...description }: Description,
): FindingFolder {
  const convention = bindingText(engine.plan.binding);
  return folderOf({
    ...description,
    options,
    build,
    machine: { convention, exports: options.exports },
    rules: {},
    shape: moduleShapeText(options),
    program: printForeign(program),
  });
}
