// What lies in the folder of a finding: the record, the program, the report, and the line that
// replays it.
//
//   finding.json   verdict, signature, versions, options
//   program.slab   the script, whose header says on which machine
//   report.txt     what happened, in words, and the kernel's log
//   replay.txt     one line to paste
import { slabfuzzVersion } from "../base/version.ts";
import { bootLineOf } from "../program/boot_line.ts";
import { decode } from "../program/decode.ts";
import type { Program } from "../program/op.ts";
import { printScript } from "../program/text.ts";
import { runLines, storyLines } from "../report/finding_text.ts";
import { replay } from "../run/replay.ts";
import { buildOfCore } from "../wasm/build.ts";
import type { SlabHeap } from "../wasm/heap.ts";
import { CaseEngine } from "./engine.ts";
import type { CampaignOptions } from "./options.ts";
import { tokenOfCase } from "./recall.ts";
import { bugsText, shapeText } from "./shape_text.ts";
import type { FolderFiles } from "./store.ts";
import type { Finding } from "./tally.ts";
import { heapFor, parseTarget } from "./target.ts";

/** The files of a finding's folder, and its token. */
export interface FindingFolder {
  readonly token: string;
  readonly files: FolderFiles;
}

/** What findings are made again with: an engine that judges, and a heap that shows. */
export interface Describer {
  readonly options: CampaignOptions;
  readonly engine: CaseEngine;
  readonly heap: SlabHeap;
}

/** For the findings of a campaign. */
export function describerFor(options: CampaignOptions): Describer {
  const heap = heapFor(parseTarget(options.target));
  return { options, engine: new CaseEngine(options), heap };
}

/** Makes the example of a finding again and writes it up. */
export function describeFinding(
  { options, engine, heap }: Describer,
  finding: Finding,
): FindingFolder {
  const image = engine.generate(finding.caseNumber);
  const token = tokenOfCase(options, engine, image, finding.caseNumber);
  const program = decode(image, engine.machine, [
    `${finding.verdict}: ${finding.signature}`,
    `case ${finding.caseNumber} of seed ${options.seed}`,
  ]);
  engine.run(finding.caseNumber);
  const files = {
    "finding.json": `${JSON.stringify(record(options, engine, finding, token), null, 2)}\n`,
    "program.slab": printScript(program),
    "report.txt": `${reportLines(engine, heap, finding, program).join("\n")}\n`,
    "replay.txt": `${replayLine(token)}\n`,
  };
  return { token, files };
}

/** The command that shows a case again. */
export function replayLine(token: string): string {
  return `slabfuzz replay ${token}`;
}

function record(
  options: CampaignOptions,
  engine: CaseEngine,
  finding: Finding,
  token: string,
): object {
  const { machine } = engine;
  const { signature, verdict, impact, count } = finding;
  return {
    signature,
    verdict,
    class: finding.class,
    impact,
    count,
    operations: finding.opCount,
    slabfuzz: slabfuzzVersion(),
    build: buildOfCore(parseTarget(options.target).core),
    target: options.target,
    profile: machine.profile,
    boot: bootLineOf(machine),
    cpus: machine.nrCpuIds,
    bugs: bugsText(options.bugs),
    ops: options.opCountMax,
    shape: shapeText(options),
    seed: String(options.seed),
    case: finding.caseNumber,
    token,
  };
}

function reportLines(
  engine: CaseEngine,
  heap: SlabHeap,
  finding: Finding,
  program: Program,
): string[] {
  const { judge, result } = engine;
  if (judge === undefined || result === undefined) {
    return [`signature: ${finding.signature}`, "The core itself trapped in this case."];
  }
  const { judgement } = result;
  const { shadow } = judge;
  const story = storyLines({ signature: finding.signature, judgement, shadow, program });
  const steps = replay(program, engine.machine, { heap });
  return [...story, "", ...runLines(engine.machine, program, steps)];
}
