// The record of a campaign: totals, how sure they make us, and its findings in the order in which
// they matter.
import type { FindingFolder } from "../target/finding_folder.ts";
import type { Finding, Tally } from "../target/tally.ts";
import { compareUrgency } from "../target/verdict.ts";
import type { Progress } from "./campaign.ts";
import { estimateOf } from "./estimate.ts";
import { inOrder } from "./part.ts";
import type { FindingStore } from "./store.ts";
import type { Summary, SummaryFinding } from "./summary.ts";

/** The findings of a campaign, in the order in which they are listed. */
export function findingsInOrder(tally: Tally): Finding[] {
  return [...tally.findings].sort(byWeight);
}

/** Stores the folders of the findings, and sums everything up. */
export function summarise(
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
