// The sections (a), invariants on clean programs, and (b), detectors and their benign twins.
import { nowMs } from "../../base/clock.ts";
import { FAILURES, type FailureKind, failedCase } from "../../target/failure.ts";
import type { Check, CheckFinding, CheckKind, CheckResult } from "./check.ts";
import { type AnswerTo, type GateSeat, spread } from "./gate_seat.ts";
import type { CheckRecord, SectionName } from "./result.ts";
import type { RawFinding, SectionOutcome, SectionRequest } from "./section.ts";

export interface TimedResult {
  readonly result: CheckResult;
  readonly seconds: number;
}

/** Runs those checks that are of one of the kinds. */
export async function checkSection(
  name: SectionName,
  kinds: readonly CheckKind[],
  all: readonly Check[],
  { target, seats, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  const checks = all.filter(({ kind }) => kinds.includes(kind));
  let done = 0;
  onProgress(0, checks.length);
  const work = async (seat: GateSeat, check: Check): Promise<TimedResult> => {
    const startMs = nowMs();
    const result = await askForCheck(seat, target.name, check);
    onProgress(++done, checks.length);
    return { result, seconds: Math.round(nowMs() - startMs) / 1000 };
  };
  return sectionOf(name, await spread(seats, checks, work, signal));
}

/** A case that hangs, or takes its worker with it, gets a second chance; then it is a finding. */
export async function askForCheck(
  seat: GateSeat,
  target: string,
  check: Check,
): Promise<CheckResult> {
  const ask = () => seat.run({ kind: "check", target, check }) as Promise<AnswerTo<"check">>;
  const first = await ask();
  const answer = first.kind === "lost" ? await ask() : first;
  if (answer.kind === "check") return answer.result;
  return lostResult(check, answer.how, answer.index);
}

function lostResult(check: Check, how: FailureKind, caseNumber: number): CheckResult {
  const { bug, verdict, signature, impact } = failedCase(how, { bug: "none", opCount: 0 });
  const finding = { verdict, signature, class: bug, impact, count: 1, caseNumber, opCount: 0 };
  const cases = caseNumber - (check.first ?? 0) + 1;
  const counts = { cases, operations: 0, caught: {} };
  return { check, passed: false, ...counts, findings: [finding] };
}

/** A section of these results. */
export function sectionOf(name: SectionName, results: readonly TimedResult[]): SectionOutcome {
  const cases = results.reduce((sum, { result }) => sum + result.cases, 0);
  const operations = results.reduce((sum, { result }) => sum + result.operations, 0);
  const checks = results.map(recordOf);
  const findings = results.flatMap(({ result }) => rawFindings(name, result));
  return { result: { name, cases, operations, seconds: 0, checks, skipped: undefined }, findings };
}

function recordOf({ result, seconds }: TimedResult): CheckRecord {
  const { check, passed, cases, findings } = result;
  return {
    name: check.name,
    passed,
    cases,
    seconds,
    signatures: findings.map(({ signature }) => signature),
  };
}

function rawFindings(section: SectionName, { check, findings }: CheckResult): RawFinding[] {
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
export function messageOf({ kind, name }: Check, { signature, verdict }: CheckFinding): string {
  const failure = Object.values(FAILURES).find((one) => one.signature === signature);
  if (failure !== undefined) return `${name}: ${failure.text}`;
  const [cause, , , symptom] = signature.split("|");
  const what = symptom.replace(/^invariant /, "the rule ");
  if (kind !== "detectors") return `${name}: ${FAILED[kind]} ${what}`;
  return `${name}: ${FAILED[kind]}: ${cause}, ${verdict}, ${what}`;
}
