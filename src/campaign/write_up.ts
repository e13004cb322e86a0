// Findings, written up: each is made again by a worker, which a case that hangs cannot hold up for
// ever, and gets its folder.
import { bareForeignFolder } from "../module/finding_folder.ts";
import { bareFolder, type FindingFolder } from "../slub/finding_folder.ts";
import { tookItsWorker } from "../target/failure.ts";
import type { Finding } from "../target/tally.ts";
import type { CampaignOptions } from "./options.ts";
import type { CampaignPool } from "./workers.ts";

/** CPU time that running, checking and shrinking a finding may take. */
const DESCRIBE_MS = 120_000;

/**
 * The folders of findings, in their order, with shrunk scripts if they are to be stored; `onFolder`
 * hears of each one done.
 */
export async function writeUp(
  options: CampaignOptions,
  pool: CampaignPool,
  findings: readonly Finding[],
  shrinks: boolean,
  onFolder: (done: number) => void,
): Promise<FindingFolder[]> {
  let done = 0;
  return pool.map(findings, async (finding) => {
    const folder = await folderOf(options, pool, finding, shrinks);
    onFolder(++done);
    return folder;
  });
}

async function folderOf(
  options: CampaignOptions,
  pool: CampaignPool,
  finding: Finding,
  shrinks: boolean,
): Promise<FindingFolder> {
  if (tookItsWorker(finding.signature)) return bareFolderOf(options, finding);
  const job = { finding, shrinks };
  const outcome = await pool.tryOnce("describe", job, { limitMs: DESCRIBE_MS });
  return outcome.kind === "done" ? outcome.answer : bareFolderOf(options, finding);
}

function bareFolderOf(options: CampaignOptions, finding: Finding): FindingFolder {
  const { foreign } = options;
  return foreign === undefined ? bareFolder(options, finding) : bareForeignFolder(options, finding);
}
