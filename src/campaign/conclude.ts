// The end of a campaign: each finding is made again by a worker, which a case that hangs cannot
// hold up for ever, and gets its folder; then everything is summed up and stored.
import { basename, join } from "node:path";
import { writeWholeFile } from "../base/whole_file.ts";
import { tookItsWorker } from "../target/failure.ts";
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding, Tally } from "../target/tally.ts";
import type { Target } from "../target/target.ts";
import { compareUrgency } from "../target/verdict.ts";
import type { TargetPool } from "../targets/workers.ts";
import type { Progress } from "./campaign.ts";
import { estimateOf } from "./estimate.ts";
import type { Identity } from "./identity.ts";
import { inOrder } from "./part.ts";
import type { FindingStore } from "./store.ts";
import type { Summary, SummaryFinding } from "./summary.ts";

/** A campaign whose cases are run. */
export interface Conclusion {
  readonly target: Target;
  readonly identity: Identity;
  readonly result: Pick<Progress, "tally" | "timeMs">;
}

/** Without a store, findings get tokens only. `onFolder` hears of each finding written up. */
export async function conclude(
  { target, identity, result }: Conclusion,
  pool: TargetPool,
  store: FindingStore | undefined,
  onFolder: (written: number) => void,
): Promise<Summary> {
  const findings = findingsInOrder(result.tally);
  const folders = await writeUp(target, pool, findings, store !== undefined, onFolder);
  const summary = summarise(result, findings, folders, store);
  if (store !== undefined) storeResult(store.path, identity, summary);
  return summary;
}

/** CPU time that running, checking and shrinking a finding may take. */
const DESCRIBE_MS = 120_000;

/**
 * The folders of findings, in their order, with shrunk scripts if they are to be stored; `onFolder`
 * hears of each one done.
 */
async function writeUp(
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

/** The findings of a campaign, in the order in which they are listed. */
function findingsInOrder(tally: Tally): Finding[] {
  return [...tally.findings].sort(byWeight);
}

/** Stores the folders of the findings, and sums everything up. */
function summarise(
  { tally, timeMs }: Pick<Progress, "tally" | "timeMs">,
  findings: readonly Finding[],
  folders: readonly FindingFolder[],
  store: FindingStore | undefined,
): Summary {
  return {
    digest: tally.digest,
    cases: tally.cases,
    operations: tally.operations,
    seconds: Math.round(timeMs) / 1000,
    verdicts: inOrder(tally.data).verdicts,
    estimate: estimateOf(tally.cases, findings),
    findings: findings.map((finding, i) => keep(finding, folders[i], store)),
  };
}

function keep(
  finding: Finding,
  { token, files, isStable }: FindingFolder,
  store: FindingStore | undefined,
): SummaryFinding {
  const { signature, verdict, impact, count, caseNumber, opCount } = finding;
  return {
    signature,
    verdict,
    class: finding.class,
    impact,
    count,
    stable: isStable,
    case: caseNumber,
    operations: opCount,
    folder: store?.write(signature, files),
    token,
  };
}

function byWeight(one: Finding, other: Finding): number {
  const order = compareUrgency(one.verdict, other.verdict);
  if (order !== 0) return order;
  if (one.count !== other.count) return other.count - one.count;
  return one.signature < other.signature ? -1 : 1;
}

const FILE = "summary.json";

/**
 * What a campaign came to, as a file beside its findings. It says nothing of clocks and places: two
 * runs of the same cases, or the merged parts of one, leave the same bytes.
 */
function storeResult(folder: string, { campaign, driver }: Identity, summary: Summary): void {
  const { seconds: _, findings, ...rest } = summary;
  const placeless = findings.map((finding) => ({
    ...finding,
    folder: finding.folder && basename(finding.folder),
  }));
  const record = { campaign, driver, ...rest, findings: placeless };
  writeWholeFile(join(folder, FILE), `${JSON.stringify(record, null, 2)}\n`);
}
