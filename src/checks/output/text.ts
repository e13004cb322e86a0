// The result as text for a terminal: a line for each section, then what failed, with the smallest
// program that shows it.
import { counted } from "../../base/count_text.ts";
import type { GateResult, SectionResult } from "../gate/result.ts";
import {
  isFailure,
  isUnfinished,
  ranNothing,
  unfinishedChecks,
  unfinishedTexts,
} from "../gate/result.ts";
import { excerptOf, failedChecks, type LocatedFinding } from "./located.ts";

/** A longer list does not fit a terminal; the files have all of them. */
const SHOWN_MAX = 5;

/** The whole summary. */
export function gateLines(result: GateResult, findings: readonly LocatedFinding[]): string[] {
  const failing = findings.filter(isFailure);
  const rest = failing.length - SHOWN_MAX;
  return [
    ...result.sections.flatMap((section) => sectionLines(section, findings)),
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
  const counts = `${counted(checks, "check")}, ${counted(cases, "case")}`;
  const extent = `${counts} in ${seconds.toFixed(1)} s`;
  const known = findings.length - findings.filter(isFailure).length;
  const knownText = known === 0 ? "" : `, ${known} known`;
  if (ranNothing(result) && !isUnfinished(result))
    return `failed: the gate ran no case, it has shown nothing (${extent})`;
  const failed = findingsText(result);
  if (result.interrupted) return `interrupted: ${failed}${knownText} (${extent})`;
  if (failed === NOTHING && isUnfinished(result)) {
    return `not finished: ${unfinishedOf(result)}${knownText} (${extent})`;
  }
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

/** A check that ran out of time says nothing about the target. */
function unfinishedOf(result: GateResult): string {
  const count = unfinishedTexts(result).length;
  return `${count} ${count === 1 ? "check" : "checks"} could not finish in time`;
}

/** A line for the section, and one for each check of it that could not finish. */
function sectionLines(
  section: SectionResult,
  findings: readonly LocatedFinding[],
): readonly string[] {
  const { name, checks, cases, seconds, skipped } = section;
  if (skipped !== undefined) return [`${name.padEnd(12)}skipped: ${skipped}`];
  const state = stateOf(failedChecks(section, findings), unfinishedChecks(section));
  const counts = `${String(checks.length).padStart(4)} checks ${String(cases).padStart(8)} cases`;
  return [
    `${name.padEnd(12)}${counts}  ${seconds.toFixed(1).padStart(6)} s  ${state}`,
    ...unfinishedTexts({ sections: [section] })
      .slice(0, SHOWN_MAX)
      .map((text) => `  ${text}`),
  ];
}

function stateOf(failed: number, unfinished: number): string {
  const words = [
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(unfinished === 0 ? [] : [`${unfinished} not finished`]),
  ];
  return words.length === 0 ? "ok" : words.join(", ");
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
    ...excerptOf(finding).map((line) => `    ${line}`),
    `  ${replay}`,
    "",
  ];
}

/** GitHub shows so many of a step, and drops the rest. */
const ANNOTATIONS_MAX = 10;

/**
 * Annotations of a GitHub workflow: one line on stdout for each finding that fails, and for each
 * check that could not finish.
 */
export function annotationLines(
  result: GateResult,
  findings: readonly LocatedFinding[],
): readonly string[] {
  const lines = [
    ...findings.filter(isFailure).map(findingAnnotation),
    ...unfinishedTexts(result).map(
      (text) => `::error title=slabfuzz%3A not finished::${data(text)}`,
    ),
  ];
  if (lines.length <= ANNOTATIONS_MAX) return lines;
  const shown = lines.slice(0, ANNOTATIONS_MAX - 1);
  return [...shown, `::error title=slabfuzz::${lines.length - shown.length} more findings`];
}

function findingAnnotation({
  path,
  reproducer,
  message,
  signature,
  replay,
}: LocatedFinding): string {
  const place = `file=${property(path)},line=${reproducer.line}`;
  const title = `title=${property(`slabfuzz: ${signature}`)}`;
  return `::error ${place},${title}::${data(`${message}\n${replay}`)}`;
}

function data(text: string): string {
  return text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function property(text: string): string {
  return data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
