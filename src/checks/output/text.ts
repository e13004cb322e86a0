// The result as text for a terminal: a line for each section, then what failed, with the smallest
// program that shows it.
import { type GateResult, isFailure, ranNothing, type SectionResult } from "../gate/result.ts";
import { failedChecks, type LocatedFinding, markedScript } from "./located.ts";

/** More than that nobody reads at a terminal; the files have all of them. */
const SHOWN_MAX = 5;

/** The whole summary. */
export function gateLines(result: GateResult, findings: readonly LocatedFinding[]): string[] {
  const failing = findings.filter(isFailure);
  const rest = failing.length - SHOWN_MAX;
  return [
    ...result.sections.map((section) => sectionLine(section, findings)),
    "",
    ...failing.slice(0, SHOWN_MAX).flatMap(findingLines),
    ...(rest > 0 ? [`... and ${rest} more findings`, ""] : []),
    findingHeadline(result),
  ];
}

/** One line about everything. */
export function findingHeadline(result: GateResult): string {
  const { sections, findings, seconds } = result;
  const checks = sections.reduce((sum, section) => sum + section.checks.length, 0);
  const cases = sections.reduce((sum, section) => sum + section.cases, 0);
  const extent = `${checks} checks, ${cases} cases in ${seconds.toFixed(1)} s`;
  const known = findings.length - findings.filter(isFailure).length;
  const knownText = known === 0 ? "" : `, ${known} known`;
  if (ranNothing(result)) return `failed: the gate ran no case, it has shown nothing (${extent})`;
  const failed = findingsText(result);
  if (result.interrupted) return `interrupted: ${failed}${knownText} (${extent})`;
  if (failed === NOTHING) return `passed: ${extent}${knownText}`;
  return `failed: ${failed}${knownText} (${extent})`;
}

const NOTHING = "no finding";

function findingsText({ findings }: GateResult): string {
  const counted = (["new", "expired", "gate"] as const).map((status) => {
    return { status, count: findings.filter((one) => one.status === status).length };
  });
  const words = counted
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status === "gate" ? "of gate and corpus" : status}`);
  return words.length === 0 ? NOTHING : words.join(", ");
}

function sectionLine(section: SectionResult, findings: readonly LocatedFinding[]): string {
  const { name, checks, cases, seconds, skipped } = section;
  if (skipped !== undefined) return `${name.padEnd(12)}skipped: ${skipped}`;
  const failed = failedChecks(section, findings);
  const state = failed === 0 ? "ok" : `${failed} failed`;
  const counts = `${String(checks.length).padStart(4)} checks ${String(cases).padStart(8)} cases`;
  return `${name.padEnd(12)}${counts}  ${seconds.toFixed(1).padStart(6)} s  ${state}`;
}

const STATUS: Readonly<Record<string, string>> = {
  new: "NEW",
  expired: "EXPIRED: the baseline excused it until a day that has passed",
  gate: "FAILED",
};

function findingLines(finding: LocatedFinding): string[] {
  const { status, message, signature, verdict, impact, count, replay } = finding;
  return [
    `${STATUS[status]}: ${message}`,
    `  ${verdict}: ${signature}  (${impact}, ${count}x)`,
    ...markedScript(finding).map((line) => `    ${line}`),
    `  ${replay}`,
    "",
  ];
}
