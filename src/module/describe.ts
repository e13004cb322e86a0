// A finding of a campaign on a module, made again, checked and written up: the files of its folder.
import { FAILURES, failureOf } from "../target/failure.ts";
import {
  exampleComments,
  type FindingCause,
  type FindingFolder,
  folderOf,
} from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
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
 * as there is time.
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
  const { engine } = describer;
  const { finding } = example;
  const replay = replayForeign(engine, example.program);
  const isStable = happensEachTime(describer, example, replay);
  const folder = moduleFolder(describer, { ...example, isStable, lines: linesOf(replay) });
  const isBug = finding.verdict === "invariant";
  if (!isStable || !(shrinks || isBug) || isOver?.()) return folder;
  const shrunk = shrinkForeign(engine, example.program, { isOver })?.program;
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
  { signature: shown, digest }: ForeignReplay,
): boolean {
  if (shown !== signature.text) return false;
  return [0, 1].every(() => {
    const fresh = new ForeignEngine(code, foreignShape(options));
    run(fresh);
    return fresh.signature.text === signature.text && fresh.digest === digest;
  });
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
