// Findings, written up: each is made again by a worker, which a case that hangs cannot hold up for
// ever, and gets its folder.
import { bareForeignFolder } from "../module/finding_folder.ts";
import { bareFolder, type FindingFolder } from "../slub/finding_folder.ts";
import { tookItsWorker } from "../target/failure.ts";
import type { Finding } from "../target/tally.ts";
import type { CampaignOptions } from "./options.ts";
import type { Seat } from "./seat.ts";

/** Running, checking and shrinking a finding may take this long. */
const DESCRIBE_MS = 120_000;

/**
 * The folders of findings, in their order, with shrunk scripts if they are to be stored; `onFolder`
 * hears of each one done.
 */
export async function writeUp(
  options: CampaignOptions,
  seats: readonly Seat[],
  findings: readonly Finding[],
  shrinks: boolean,
  onFolder: (done: number) => void,
): Promise<FindingFolder[]> {
  const folders: FindingFolder[] = [];
  let next = 0;
  let done = 0;
  const work = async (seat: Seat): Promise<void> => {
    while (next < findings.length) {
      const index = next++;
      folders[index] = await folderOf(options, seat, findings[index], shrinks);
      onFolder(++done);
    }
  };
  await Promise.all(seats.map(work));
  return folders;
}

async function folderOf(
  options: CampaignOptions,
  seat: Seat,
  finding: Finding,
  shrinks: boolean,
): Promise<FindingFolder> {
  if (tookItsWorker(finding.signature)) return bareFolderOf(options, finding);
  const answer = await seat.run({ kind: "describe", finding, shrinks }, DESCRIBE_MS);
  return answer.kind === "describe" ? answer.folder : bareFolderOf(options, finding);
}

function bareFolderOf(options: CampaignOptions, finding: Finding): FindingFolder {
  const { foreign } = options;
  return foreign === undefined ? bareFolder(options, finding) : bareForeignFolder(options, finding);
}
