// The result as Markdown, for the summary of a workflow's step: what ran, and each finding with its
// program, the bytes that it damaged, and the line that replays it.
import { counted } from "../../base/count_text.ts";
import { visibleText } from "../../base/visible.ts";
import type { GateResult, SectionResult } from "../gate/result.ts";
import { hasPassed, isFailure, unfinishedChecks, unfinishedTexts } from "../gate/result.ts";
import { excerptOf, failedChecks, type LocatedFinding } from "./located.ts";
import { findingHeadline } from "./text.ts";

/** A summary has a mebibyte at most. */
const SHOWN_MAX = 50;

export function markdownOf(result: GateResult, findings: readonly LocatedFinding[]): string {
  const shown = findings.slice(0, SHOWN_MAX);
  const rest = findings.length - shown.length;
  return [
    `## ${hasPassed(result) ? "✅" : "❌"} slabfuzz ci: ${inText(findingHeadline(result))}`,
    "",
    "| section | checks | cases | failed | seconds |",
    "|---|---:|---:|---:|---:|",
    ...result.sections.map((section) => rowOf(section, findings)),
    "",
    ...notFinished(result),
    ...shown.flatMap(findingLines),
    ...(rest === 0 ? [] : [`… and ${rest} more findings.`, ""]),
    `Target ${code(result.target)}, seed ${code(String(result.seed))}.`,
    "",
  ].join("\n");
}

function rowOf(section: SectionResult, findings: readonly LocatedFinding[]): string {
  const { name, checks, cases, seconds, skipped } = section;
  if (skipped !== undefined) return `| ${name} | ${inText(skipped)} | | | |`;
  const failed = failedChecks(section, findings);
  const unfinished = unfinishedChecks(section);
  const state = unfinished === 0 ? failed : `${failed}, ${unfinished} not finished`;
  return `| ${name} | ${checks.length} | ${cases} | ${state} | ${seconds.toFixed(1)} |`;
}

/** A check that ran out of time says nothing about the target. */
function notFinished(result: GateResult): readonly string[] {
  const texts = unfinishedTexts(result);
  const lines = texts.slice(0, SHOWN_MAX).map((text) => `- ${inText(text)}`);
  return texts.length === 0
    ? []
    : ["Not finished, which says nothing of the target:", "", ...lines, ""];
}

function findingLines(finding: LocatedFinding): readonly string[] {
  const { status, message, signature, impact, count, reproducer, replay } = finding;
  return [
    `<details${isFailure(finding) ? " open" : ""}><summary>${status}: ${inText(message)}</summary>`,
    "",
    `Signature ${code(signature)}, impact ${inText(impact)}, seen ${counted(count, "time")}.`,
    "",
    ...fenced(excerptOf(finding)),
    ...(reproducer.dump.length === 0
      ? []
      : ["Damaged bytes, before and after:", "", ...fenced(reproducer.dump)]),
    ...(reproducer.explanation.length === 0 ? [] : fenced(reproducer.explanation)),
    ...fenced([replay]),
    "</details>",
    "",
  ];
}

/** A fence that is longer than any within. */
function fenced(lines: readonly string[]): readonly string[] {
  const text = visibleText(lines.join("\n"));
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, text, fence, ""];
}

function code(text: string): string {
  return `<code>${inText(text)}</code>`;
}

/** Text that means nothing to Markdown or HTML. */
function inText(text: string): string {
  return visibleText(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]()#+|~!]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replace(/\s*\n\s*/g, " ");
}
