// Findings, written up: each is made again by a worker, which a case that hangs cannot hold up for
// ever, and gets its folder.
import { tookItsWorker } from "../target/failure.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import type { Target } from "../target/target.ts";
import type { TargetPool } from "../targets/workers.ts";

/** CPU time that running, checking and shrinking a finding may take. */
const DESCRIBE_MS = 120_000;

/**
 * The folders of findings, in their order, with shrunk scripts if they are to be stored; `onFolder`
 * hears of each one done.
 */
export async function writeUp(
  target: Target,
  pool: TargetPool,
  findings: readonly Finding[],
  shrinks: boolean,
  onFolder: (done: number) => void,
): Promise<FindingFolder[]> {
  let done = 0;
  return pool.map(findings, async (finding) => {
    const folder = await folderOf(target, pool, finding, shrinks);
    onFolder(++done);
    return folder;
  });
}

async function folderOf(
  target: Target,
  pool: TargetPool,
  finding: Finding,
  shrinks: boolean,
): Promise<FindingFolder> {
  if (tookItsWorker(finding.signature)) return target.describeUnrun(finding);
  const job = { finding, shrinks };
  const outcome = await pool.tryOnce("describe", job, { limitMs: DESCRIBE_MS });
  return outcome.kind === "done" ? outcome.answer : target.describeUnrun(finding);
}
