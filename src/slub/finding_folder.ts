// What lies in the folder of a finding: the record, the program, the report, and the line that
// replays it.
//
//   finding.json   verdict, signature, versions, options
//   program.slab   the script, whose header says on which machine
//   shrunk.slab    the smallest script that shows the same
//   report.txt     what happened, in words, and the kernel's log
//   replay.txt     one line to paste
import { type CampaignOptions, machineOf } from "../campaign/options.ts";
import type { FolderFiles } from "../campaign/store.ts";
import { FAILURES, failureOf } from "../target/failure.ts";
import { findingFiles } from "../target/finding_record.ts";
import type { Finding } from "../target/tally.ts";
import { buildOfCore } from "./core/build.ts";
import type { SlabHeap } from "./core/heap.ts";
import { CaseEngine, generatorFor } from "./engine.ts";
import { invariantsText } from "./invariant_text.ts";
import { heapFor, onTarget, parseTarget } from "./named_core.ts";
import { bootLineOf } from "./program/boot_line.ts";
import { decode } from "./program/decode.ts";
import type { ProgramImage } from "./program/image.ts";
import type { Machine } from "./program/machine.ts";
import type { Program } from "./program/op.ts";
import { printScript } from "./program/text.ts";
import { tokenOfCase } from "./recall.ts";
import { damagedBytes } from "./run/damage_record.ts";
import { Judge } from "./run/judge.ts";
import { replay } from "./run/replay.ts";
import { shrunkFiles } from "./shrunk_files.ts";
import { happensEachTime } from "./stability.ts";
import { runLines, storyLines } from "./words/finding_text.ts";

/** The files of a finding's folder, its token, and whether it happens each time. */
export interface FindingFolder {
  readonly token: string;
  readonly files: FolderFiles;
  readonly isStable: boolean;
}

/** What findings are made again with: an engine that judges, and a heap that shows. */
export interface Describer {
  readonly options: CampaignOptions;
  readonly engine: CaseEngine;
  /** For runs in memory that nothing ran in before. */
  readonly other: CaseEngine;
  readonly heap: SlabHeap;
}

/** For the findings of a campaign. */
export function describerFor(options: CampaignOptions, engine: CaseEngine): Describer {
  const other = new CaseEngine(options);
  return { options, engine, other, heap: heapFor(parseTarget(options.target)) };
}

/** Makes the example of a finding again, checks it, writes it up, and shrinks it if asked to. */
export function describeFinding(
  { options, engine, other, heap }: Describer,
  finding: Finding,
  shrinks: boolean,
): FindingFolder {
  const image = engine.generate(finding.caseNumber);
  const token = tokenOfCase(options, engine, image, finding.caseNumber);
  const program = programOf(options, engine.machine, image, finding);
  engine.run(finding.caseNumber);
  const isStable = happensEachTime(engine, other, finding);
  const report = reportLines(engine, heap, finding, program);
  const { machine } = engine;
  const folder = folderOf({ options, machine, finding, token, program, isStable, report });
  if (!shrinks || !isStable) return folder;
  return { ...folder, files: { ...folder.files, ...shrunkFiles(program, options, heap) } };
}

/** The folder of a finding that cannot be run again: its worker would hang or die once more. */
export function bareFolder(options: CampaignOptions, finding: Finding): FindingFolder {
  const machine = machineOf(options);
  const image = generatorFor(options, machine).generate(finding.caseNumber);
  const token = tokenOfCase(options, { machine }, image, finding.caseNumber);
  const program = programOf(options, machine, image, finding);
  const failure = failureOf(finding.signature);
  const text = failure === undefined ? "It could not be run again." : FAILURES[failure].text;
  const report = [`signature: ${finding.signature}`, text];
  const isStable = failure !== undefined;
  return folderOf({ options, machine, finding, token, program, isStable, report });
}

/** Everything that a folder says. */
interface Description {
  readonly options: CampaignOptions;
  readonly machine: Machine;
  readonly finding: Finding;
  readonly token: string;
  readonly program: Program;
  readonly isStable: boolean;
  readonly report: readonly string[];
}

function folderOf(description: Description): FindingFolder {
  const { options, machine, token, program, report, isStable } = description;
  const boot = { profile: machine.profile, boot: bootLineOf(machine), cpus: machine.nrCpuIds };
  const files = findingFiles({
    ...description,
    build: buildOfCore(parseTarget(options.target).core),
    machine: boot,
    rules: { invariants: invariantsText(options.invariants) },
    program: printScript(program),
    lines: report,
  });
  return { token, files, isStable };
}

function programOf(
  options: CampaignOptions,
  machine: Machine,
  image: ProgramImage,
  finding: Finding,
): Program {
  const program = decode(image, machine, [
    `${finding.verdict}: ${finding.signature}`,
    `case ${finding.caseNumber} of seed ${options.seed}`,
  ]);
  return onTarget(program, { name: options.target });
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
  const { signature } = finding;
  const damaged = damagedBytes(again);
  const story = storyLines({ signature, judgement, shadow, program, damaged });
  const steps = replay(program, engine.machine, { heap });
  return [...story, "", ...runLines(engine.machine, program, steps)];
}

/** Where slabfuzz itself failed, people want to know where in slabfuzz. */
function failureLines({ error }: CaseEngine, { signature }: Finding): string[] {
  const failure = failureOf(signature) ?? "stumble";
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const where = failure === "stumble" ? ["", ...stack.split("\n")] : [];
  return [`signature: ${signature}`, FAILURES[failure].text, ...where];
}
