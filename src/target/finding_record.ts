// The files of a finding's folder, whatever its target is: what the record says of any finding
// stands here once, around what only its kind of target can say.
import { slabfuzzVersion } from "../base/version.ts";
import type { CampaignOptions } from "../campaign/options.ts";
import { shapeText } from "../slub/shape_text.ts";
import { bugsText } from "./bug_names.ts";
import type { Finding } from "./tally.ts";

/** What is written down of one finding. */
interface FindingReport {
  readonly options: CampaignOptions;
  readonly finding: Finding;
  readonly token: string;
  /** It happened again, each time. */
  readonly isStable: boolean;
  readonly build: string;
  /** Fields that say what it ran on, and with which rules. */
  readonly machine: object;
  readonly rules: object;
  /** The program as text. */
  readonly program: string;
  /** The lines of report.txt. */
  readonly lines: readonly string[];
}

/** The files by name. */
export function findingFiles(report: FindingReport): Readonly<Record<string, string>> {
  return {
    "finding.json": `${JSON.stringify(recordOf(report), null, 2)}\n`,
    "program.slab": report.program,
    "report.txt": `${report.lines.join("\n")}\n`,
    "replay.txt": `${replayLine(report.token)}\n`,
  };
}

/** The command that shows a case again. */
function replayLine(token: string): string {
  return `slabfuzz replay ${token}`;
}

function recordOf({ options, finding, token, isStable, build, machine, rules }: FindingReport) {
  const { signature, verdict, impact, count } = finding;
  return {
    signature,
    verdict,
    class: finding.class,
    impact,
    count,
    stable: isStable,
    operations: finding.opCount,
    slabfuzz: slabfuzzVersion(),
    build,
    target: options.target,
    ...machine,
    bugs: bugsText(options.bugs),
    ops: options.opCountMax,
    shape: shapeText(options),
    ...rules,
    seed: String(options.seed),
    case: finding.caseNumber,
    token,
  };
}
