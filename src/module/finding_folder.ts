// The folder of a finding on a foreign target: the same files as all others have.
import { buildOf } from "../campaign/build.ts";
import type { CampaignOptions } from "../campaign/options.ts";
import type { FindingFolder } from "../slub/finding_folder.ts";
import { FAILURES, failureOf } from "../target/failure.ts";
import { findingFiles } from "../target/finding_record.ts";
import type { Finding } from "../target/tally.ts";
import type { ForeignEngine, ForeignModule } from "./engine.ts";
import { foreignEngineFor } from "./foreign_engine.ts";
import { bindingText } from "./load/binding.ts";
import { type ForeignImage, opsOf } from "./program/op.ts";
import { type ForeignProgram, printForeign } from "./program/text.ts";
import { type ForeignReplay, replayForeign, replayLines } from "./replay.ts";
import { shrinkForeign } from "./shrink.ts";
import { foreignTokenOf } from "./token.ts";

/** What findings are made again with. */
export interface ForeignDescriber {
  readonly options: CampaignOptions;
  readonly engine: ForeignEngine;
  readonly code: ForeignModule;
}

/** Makes the example of a finding again, checks it, writes it up, and shrinks it if asked to. */
export function describeForeign(
  { options, engine, code }: ForeignDescriber,
  finding: Finding,
  shrinks: boolean,
): FindingFolder {
  const { program, token } = exampleOf(options, engine, finding);
  const replay = replayForeign(engine, program);
  const isStable = happensEachTime(options, code, finding, replay);
  const folder = folderOf({ options, finding, program, token, isStable, lines: linesOf(replay) });
  const shrunk = shrinks && isStable ? shrinkForeign(engine, program) : undefined;
  if (shrunk === undefined) return folder;
  return { ...folder, files: { ...folder.files, "shrunk.slab": printForeign(shrunk.program) } };
}

/** The folder of a finding that cannot be run again: its worker would hang or die once more. */
export function bareForeignFolder(options: CampaignOptions, finding: Finding): FindingFolder {
  const { program, token } = exampleOf(options, foreignEngineFor(options), finding);
  const word = finding.signature.split(" ").at(-1);
  const failure = failureOf(`none|-|-|invariant ${word}`);
  const text = failure === undefined ? "It could not be run again." : FAILURES[failure].text;
  const lines = [`signature: ${finding.signature}`, text];
  return folderOf({ options, finding, program, token, isStable: failure !== undefined, lines });
}

interface Example {
  readonly program: ForeignProgram;
  readonly token: string;
}

function exampleOf(options: CampaignOptions, engine: ForeignEngine, finding: Finding): Example {
  const image = engine.generate(finding.caseNumber);
  const token = foreignTokenOf(options, image, finding.caseNumber);
  const comments = [
    `${finding.verdict}: ${finding.signature}`,
    `case ${finding.caseNumber} of seed ${options.seed}`,
  ];
  return { program: foreignProgramOf(options, image, engine.bug, comments), token };
}

/** A program as it came from the generator, with a header that says on what it ran. */
export function foreignProgramOf(
  { foreign, target }: CampaignOptions,
  image: ForeignImage,
  bug: string,
  comments: readonly string[],
): ForeignProgram {
  return { choice: foreign ?? { target }, bug, comments, ops: opsOf(image) };
}

/** On two instances of an engine that ran nothing before. */
function happensEachTime(
  options: CampaignOptions,
  code: ForeignModule,
  { signature, caseNumber }: Finding,
  { signature: shown, digest }: ForeignReplay,
): boolean {
  if (shown !== signature) return false;
  return [0, 1].every(() => {
    const fresh = foreignEngineFor(options, code);
    fresh.run(caseNumber);
    return fresh.signature === signature && fresh.digest === digest;
  });
}

function linesOf(replay: ForeignReplay): string[] {
  return [`signature: ${replay.signature}`, ...replay.story, "", ...replayLines(replay)];
}

interface Description extends Example {
  readonly options: CampaignOptions;
  readonly finding: Finding;
  readonly isStable: boolean;
  readonly lines: readonly string[];
}

function folderOf(description: Description): FindingFolder {
  const { options, program, token, isStable } = description;
  const { plan } = foreignEngineFor(options);
  const files = findingFiles({
    ...description,
    build: buildOf(options),
    machine: { convention: bindingText(plan.binding), exports: options.foreign?.exports },
    rules: {},
    program: printForeign(program),
  });
  return { token, files, isStable };
}
