// The sections (a), invariants on clean programs, and (b), detectors and their benign twins.

import { nowMs } from "../../base/clock.ts";
import type { LostJob } from "../../pool/job.ts";
import { FAILURES, failedCase, failureOf } from "../../target/failure.ts";
import { brokenRule, symptomText } from "../../target/signature.ts";
import type { AnyCheck, AnyCheckResult, CheckFinding, CheckKind } from "./check.ts";
import { findingOf } from "./check.ts";
import type { CheckRecord, SectionName } from "./result.ts";
import type { RawFinding, SectionOutcome, SectionRequest } from "./section.ts";
import { type GatePool, unfinishedText } from "./workers.ts";

/** What came of a check that a worker was asked for. */
export interface AskedCheck {
  readonly result: AnyCheckResult;
  /** Why it was not finished, where it was not. */
  readonly unfinished: string | undefined;
}

export interface TimedCheck extends AskedCheck {
  readonly seconds: number;
}

/** Runs those checks that are of one of the kinds. */
export async function checkSection(
  name: SectionName,
  kinds: readonly CheckKind[],
  all: readonly AnyCheck[],
  { target, pool, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  const checks = all.filter(({ kind }) => kinds.includes(kind));
  let done = 0;
  onProgress(0, checks.length);
  const work = async (check: AnyCheck): Promise<TimedCheck> => {
    const startMs = nowMs();
    const asked = await askForCheck(pool, target.name, check);
    onProgress(++done, checks.length);
    return { ...asked, seconds: Math.round(nowMs() - startMs) / 1000 };
  };
  return sectionOf(name, await pool.map(checks, work, signal));
}

/** A case that hangs, or takes its worker with it, twice is a finding. */
export async function askForCheck(
  pool: GatePool,
  target: string,
  check: AnyCheck,
): Promise<AskedCheck> {
  const outcome = await pool.run("check", { target, check });
  const unfinished = unfinishedText(outcome);
  if (outcome.kind === "done") return { result: outcome.answer, unfinished };
  if (unfinished === undefined) return { result: lostResult(check, outcome), unfinished };
  const nothing = { cases: 0, operations: 0, caught: {}, findings: [] };
  return { result: { check, passed: false, ...nothing }, unfinished };
}

function lostResult(check: AnyCheck, { how, index: caseNumber }: LostJob): AnyCheckResult {
  const finding = findingOf(failedCase(how, { bug: "none", opCount: 0 }), caseNumber);
  const cases = caseNumber - (check.first ?? 0) + 1;
  const counts = { cases, operations: 0, caught: {} };
  return { check, passed: false, ...counts, findings: [finding] };
}

/** A section of these results. */
export function sectionOf(name: SectionName, results: readonly TimedCheck[]): SectionOutcome {
  const cases = results.reduce((sum, { result }) => sum + result.cases, 0);
  const operations = results.reduce((sum, { result }) => sum + result.operations, 0);
  const checks = results.map(recordOf);
  const findings = results.flatMap(({ result }) => rawFindings(name, result));
  return { result: { name, cases, operations, seconds: 0, checks, skipped: undefined }, findings };
}

function recordOf({ result, seconds, unfinished }: TimedCheck): CheckRecord {
  const { check, passed, cases, findings } = result;
  return {
    name: check.name,
    passed,
    cases,
    seconds,
    signatures: findings.map(({ signature }) => signature),
    unfinished,
  };
}

function rawFindings(section: SectionName, { check, findings }: AnyCheckResult): RawFinding[] {
  return findings.map((finding) => {
    return { section, check, finding, message: messageOf(check, finding), isExcusable: true };
  });
}

const FAILED: Readonly<Record<CheckKind, string>> = {
  invariants: "a clean program broke",
  detectors: "planted misuse was not answered as it must be",
  twins: "a program without any mistake gave",
};

/** What a check saw, in one sentence. */
export function messageOf({ kind, name }: AnyCheck, { parts, verdict }: CheckFinding): string {
  const failure = failureOf(parts);
  if (failure !== undefined) return `${name}: ${FAILURES[failure].text}`;
  const what = symptomText(parts.symptom, brokenRule(parts) === undefined ? undefined : "the rule");
  if (kind !== "detectors") return `${name}: ${FAILED[kind]} ${what}`;
  return `${name}: ${FAILED[kind]}: ${parts.cause}, ${verdict}, ${what}`;
}
