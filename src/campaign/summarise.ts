// The record of a campaign that has ended: totals, and its findings in the order in which they
// matter, each written to its folder.
import type { Verdict } from "../oracle/verdict.ts";
import type { Summary, SummaryFinding } from "../report/summary.ts";
import type { CampaignResult } from "./campaign.ts";
import { type Describer, describeFinding, describerFor } from "./finding_folder.ts";
import type { CampaignOptions } from "./options.ts";
import type { FindingStore } from "./store.ts";
import type { Finding } from "./tally.ts";

/** What needs attention comes first. */
const ORDER: readonly Verdict[] = [
  "invariant",
  "misattributed",
  "oops",
  "late",
  "escaped",
  "masked",
  "blind",
  "detected",
  "ok",
];

/** Writes up a campaign; without a store its findings get tokens only. */
export function summarise(
  options: CampaignOptions,
  { tally, timeMs }: CampaignResult,
  store: FindingStore | undefined,
): Summary {
  const describer = describerFor(options);
  const findings = [...tally.findings].sort(byWeight);
  return {
    digest: tally.digest,
    cases: tally.cases,
    operations: tally.operations,
    seconds: Math.round(timeMs) / 1000,
    verdicts: tally.data.verdicts,
    findings: findings.map((finding) => keep(describer, finding, store)),
  };
}

function keep(
  describer: Describer,
  finding: Finding,
  store: FindingStore | undefined,
): SummaryFinding {
  const { signature, verdict, impact, count } = finding;
  const { token, files } = describeFinding(describer, finding);
  const folder = store?.write(signature, files);
  return { signature, verdict, class: finding.class, impact, count, folder, token };
}

function byWeight(one: Finding, other: Finding): number {
  const order = ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict);
  if (order !== 0) return order;
  if (one.count !== other.count) return other.count - one.count;
  return one.signature < other.signature ? -1 : 1;
}
