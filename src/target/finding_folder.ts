// What lies in the folder of a finding, whatever its target is: the record, the program, the
// report, and the line that replays it.
//
//   finding.json   verdict, signature, versions, options
//   program.slab   the script, whose header says what it is for
//   shrunk.slab    the smallest script that shows the same
//   report.txt     what happened, in words, and what was printed
//   replay.txt     one line to paste
import { slabfuzzVersion } from "../base/version.ts";
import { visibleText } from "../base/visible.ts";
import { bugsText } from "./bug_names.ts";
import type { CampaignOptions } from "./options.ts";
import type { Finding } from "./tally.ts";

/** Files of a folder, by name. */
export type FolderFiles = Readonly<Record<string, string>>;

/** The files of a finding's folder, its token, and whether it happens each time. */
export interface FindingFolder {
  readonly token: string;
  readonly files: FolderFiles;
  readonly isStable: boolean;
  /** What the smallest program that shows it is made of; undefined where that is not asked. */
  readonly cause?: FindingCause;
}

export interface FindingCause {
  /** What it needs beside requests and frees of ordinary blocks. */
  readonly needs: readonly string[];
  /** A line each. */
  readonly operations: readonly string[];
}

/** What is written down of one finding. */
export interface FindingReport {
  readonly options: CampaignOptions;
  readonly finding: Finding;
  readonly token: string;
  /** It happened again, each time. */
  readonly isStable: boolean;
  readonly build: string;
  /** Fields that say what it ran on, and with which rules. */
  readonly machine: object;
  readonly rules: object;
  /** The shape of the campaign's programs, as one word. */
  readonly shape: string;
  /** The program as text. */
  readonly program: string;
  /** The lines of report.txt. */
  readonly lines: readonly string[];
}

/** The folder that a report comes to. */
export function folderOf(report: FindingReport): FindingFolder {
  const files = {
    "finding.json": `${JSON.stringify(recordOf(report), null, 2)}\n`,
    "program.slab": report.program,
    "report.txt": `${visibleText(report.lines.join("\n"))}\n`,
    "replay.txt": `${replayLine(report.token)}\n`,
  };
  return { token: report.token, files, isStable: report.isStable };
}

/** The comments that a finding's program begins with. */
export function exampleComments({ verdict, signature, caseNumber }: Finding, seed: bigint) {
  return [`${verdict}: ${signature.text}`, `case ${caseNumber} of seed ${seed}`];
}

/** The command that shows a case again. */
function replayLine(token: string): string {
  return `slabfuzz replay ${token}`;
}

/** A finding as records begin with it. */
export function findingFields(finding: Finding, isStable: boolean) {
  const { signature, verdict, impact, count } = finding;
  return {
    signature: signature.text,
    verdict,
    class: finding.class,
    impact,
    count,
    stable: isStable,
  };
}

function recordOf({ options, finding, token, isStable, build, ...report }: FindingReport) {
  return {
    ...findingFields(finding, isStable),
    operations: finding.opCount,
    slabfuzz: slabfuzzVersion(),
    build,
    target: options.target,
    ...report.machine,
    bugs: bugsText(options.bugs),
    ops: options.opCountMax,
    shape: report.shape,
    ...report.rules,
    seed: String(options.seed),
    case: finding.caseNumber,
    token,
  };
}
