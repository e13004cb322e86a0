// What operations cost the target, counted: none became dearer than its baseline says.

import { nowMs } from "../../base/clock.ts";
import { bareSignature, type Signature } from "../../target/signature.ts";
import { type CostBaseline, type CostChange, compareCost } from "../cost/baseline.ts";
import { changeText } from "../cost/cost_text.ts";
import type { CostRow, CostTable } from "../cost/row.ts";
import type { GateTarget } from "./gate_target.ts";
import type { CheckRecord } from "./result.ts";
import type { RawFinding, SectionOutcome, SectionRequest } from "./section.ts";
import { knownFinding, skippedSection } from "./section.ts";
import { unfinishedText } from "./workers.ts";

/** What operations cost once, and the file that says so. */
export interface CostRequest {
  readonly path: string;
  readonly baseline: CostBaseline;
  /** How much dearer a row may become, as a part of 1. */
  readonly tolerance: number;
}

/** CPU time for all settings together, which take a second. */
export const COST_MS = 60_000;

export async function costSection(
  cost: CostRequest | undefined,
  { target, pool, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  if (target.uncounted !== undefined) return skippedSection("cost", target.uncounted);
  if (cost === undefined) {
    const how = `slabfuzz cost ${target.words} --update writes one`;
    return skippedSection("cost", `there is no baseline (${how})`);
  }
  onProgress(0, 1);
  const startMs = nowMs();
  const outcome = await pool.run("cost", target.costJob, { limitMs: COST_MS });
  const seconds = Math.round(nowMs() - startMs) / 1000;
  onProgress(1, 1);
  const unfinished = unfinishedText(outcome);
  if (unfinished !== undefined) return unfinishedOutcome(unfinished, seconds);
  const table = outcome.kind === "done" ? outcome.answer : undefined;
  if (table === undefined) return failedOutcome(target, seconds);
  const { dearer } = compareCost(cost.baseline, table, cost.tolerance);
  return {
    result: { name: "cost", ...countsOf(table), seconds, checks: checksOf(table, dearer, seconds) },
    findings: worstOfKinds(dearer).map((worst) => findingOf(target, cost, worst, dearer)),
  };
}

/** A program for each setting. */
function countsOf(table: CostTable) {
  const operations = table.reduce((sum, { count }) => sum + count, 0);
  return { cases: settingsOf(table).length, operations, skipped: undefined };
}

function settingsOf(table: CostTable): readonly string[] {
  return [...new Set(table.map(checkNameOf))];
}

function checkNameOf({ setting }: CostRow): string {
  return `cost ${setting}`;
}

function signatureOf({ kind }: CostRow): Signature {
  return bareSignature("cost", { words: `${kind} dearer` });
}

/** A check for each setting. */
function checksOf(
  table: CostTable,
  dearer: readonly CostChange[],
  seconds: number,
): readonly CheckRecord[] {
  const settings = settingsOf(table);
  return settings.map((name) => {
    const here = dearer.filter(({ row }) => checkNameOf(row) === name);
    const signatures = here.map(({ row }) => signatureOf(row).text);
    const share = Math.round((1000 * seconds) / settings.length) / 1000;
    return { name, passed: here.length === 0, cases: 1, seconds: share, signatures };
  });
}

/** The row of each kind of operation that became dearer by most. */
function worstOfKinds(dearer: readonly CostChange[]): readonly CostChange[] {
  const worst = new Map<string, CostChange>();
  for (const change of dearer) {
    if (!worst.has(change.row.kind)) worst.set(change.row.kind, change);
  }
  return [...worst.values()];
}

function findingOf(
  target: GateTarget,
  { path }: CostRequest,
  worst: CostChange,
  dearer: readonly CostChange[],
): RawFinding {
  const { kind } = worst.row;
  const count = dearer.filter(({ row }) => row.kind === kind).length;
  const more = count === 1 ? "" : `, and in ${count - 1} more rows of ${kind}`;
  const remedy = `if that is on purpose: slabfuzz cost ${target.words} --update`;
  return knownFinding(target, {
    section: "cost",
    check: checkNameOf(worst.row),
    signature: signatureOf(worst.row),
    impact: "none",
    count,
    message: `${changeText(worst)}${more}, than in ${path} (${remedy})`,
    reproducer: target.costProgram(worst.row),
  });
}

/** The counting did not finish. */
function unfinishedOutcome(unfinished: string, seconds: number): SectionOutcome {
  const check = { name: "cost", passed: false, cases: 0, seconds, signatures: [], unfinished };
  const counts = { cases: 0, operations: 0, seconds, skipped: undefined };
  return { result: { name: "cost", ...counts, checks: [check] }, findings: [] };
}

/** A target that does not survive the counting. */
function failedOutcome(target: GateTarget, seconds: number): SectionOutcome {
  const signature = bareSignature("cost", { words: "cannot be counted" });
  const check = { name: "cost", passed: false, cases: 1, seconds, signatures: [signature.text] };
  const finding = knownFinding(target, {
    section: "cost",
    check: "cost",
    signature,
    impact: "oops",
    count: 1,
    message:
      "cost: the target traps, breaks a rule, or does not end, while its operations are counted",
    reproducer: target.costProgram(),
  });
  const counts = { cases: 1, operations: 0, seconds, skipped: undefined };
  return { result: { name: "cost", ...counts, checks: [check] }, findings: [finding] };
}
