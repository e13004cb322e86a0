// The result as JUnit XML: a suite for each section, a test case for each check, a failure for each
// check that saw something new, an error for each that could not finish. Known findings are told
// of, and do not fail.
import { visible, visibleText } from "../../base/visible.ts";
import type { CheckRecord, GateResult, SectionResult } from "../gate/result.ts";
import { isFailure, unfinishedChecks } from "../gate/result.ts";
import {
  failedChecks,
  failuresIn,
  type LocatedFinding,
  markedScript,
  messageIn,
  seenBy,
} from "./located.ts";

/** The file's text. */
export function junitOf(result: GateResult, findings: readonly LocatedFinding[]): string {
  const suites = result.sections.map((section) => suiteOf(section, findings));
  const tests = result.sections.reduce((sum, section) => sum + testsOf(section), 0);
  const failures = result.sections.reduce((sum, one) => sum + failedChecks(one, findings), 0);
  const errors = result.sections.reduce((sum, section) => sum + unfinishedChecks(section), 0);
  const outcome = `failures="${failures}" errors="${errors}"`;
  const counts = `tests="${tests}" ${outcome} time="${result.seconds}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xmlAttribute(`slabfuzz ci ${result.target}`)}" ${counts}>`,
    ...suites.flat(),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteOf(section: SectionResult, findings: readonly LocatedFinding[]): readonly string[] {
  const failures = failedChecks(section, findings);
  const skipped = section.skipped === undefined ? 0 : 1;
  const counts = `tests="${testsOf(section)}" failures="${failures}" skipped="${skipped}"`;
  const errors = `errors="${unfinishedChecks(section)}"`;
  const attributes = `name="${section.name}" ${counts} ${errors} time="${section.seconds}"`;
  return [
    `  <testsuite ${attributes}>`,
    ...(section.skipped === undefined ? [] : skippedCase(section)),
    ...section.checks.flatMap((check) => caseOf(section, check, findings)),
    "  </testsuite>",
  ];
}

function testsOf({ checks, skipped }: SectionResult): number {
  return checks.length + (skipped === undefined ? 0 : 1);
}

function skippedCase({ name, skipped = "" }: SectionResult): readonly string[] {
  return [
    `    <testcase classname="slabfuzz.${name}" name="${name}" time="0">`,
    `      <skipped message="${xmlAttribute(skipped)}"/>`,
    "    </testcase>",
  ];
}

function caseOf(
  { name: section }: SectionResult,
  check: CheckRecord,
  findings: readonly LocatedFinding[],
): readonly string[] {
  const { name, seconds } = check;
  const title = `classname="slabfuzz.${section}" name="${xmlAttribute(name)}"`;
  const attributes = `${title} time="${seconds}"`;
  const failures = failuresIn(check, findings);
  const known = seenBy(check, findings).filter((finding) => !isFailure(finding));
  const { unfinished } = check;
  if (failures.length === 0 && known.length === 0 && unfinished === undefined) {
    return [`    <testcase ${attributes}/>`];
  }
  const told = known.map(({ signature }) => escapedXml(`known: ${signature}`)).join("\n");
  return [
    `    <testcase ${attributes}>`,
    ...failures.map((finding) => failureElement(check, finding)),
    ...(unfinished === undefined ? [] : [errorElement(unfinished)]),
    ...(known.length === 0 ? [] : [`      <system-out>${told}</system-out>`]),
    "    </testcase>",
  ];
}

function failureElement(check: CheckRecord, finding: LocatedFinding): string {
  const { status, signature, reproducer, replay } = finding;
  const text = [
    signature,
    "",
    ...markedScript(finding),
    "",
    ...reproducer.explanation,
    ...reproducer.dump,
    replay,
  ];
  const attributes = `type="${status}" message="${xmlAttribute(messageIn(check, finding))}"`;
  return `      <failure ${attributes}>${escapedXml(text.join("\n"))}</failure>`;
}

/** A check that could not finish has neither passed nor failed. */
function errorElement(unfinished: string): string {
  return `      <error type="unfinished" message="${xmlAttribute(unfinished)}"/>`;
}

/** What an attribute says, on one line: no log that shows the file takes a part for its own. */
export function xmlAttribute(text: string): string {
  return escapedXml(visible(text));
}

/** XML has no way to write most control characters, and two that no text has. */
export function escapedXml(text: string): string {
  return visibleText(text)
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}
