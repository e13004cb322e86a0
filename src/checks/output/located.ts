// Where a finding's program lies, for reports that point at lines of files.

import { slabfuzzVersion } from "../../base/version.ts";
import { failureOf } from "../../target/failure.ts";
import { brokenRule } from "../../target/signature.ts";
import type { CheckRecord, GateFinding, GateResult, SectionResult } from "../gate/result.ts";
import { hasPassed, isFailure } from "../gate/result.ts";

/** A finding, and the file that its script is in, as seen from the folder that slabfuzz runs in. */
export interface LocatedFinding extends GateFinding {
  /** With slashes, on every system. */
  readonly path: string;
  /** One line to paste. */
  readonly replay: string;
}

/** The script, with a mark before the line that shows the finding. */
export function markedScript({ reproducer }: GateFinding): readonly string[] {
  const lines = reproducer.script.trimEnd().split("\n");
  return lines.map((line, index) => `${index + 1 === reproducer.line ? ">" : " "} ${line}`);
}

/** A longer excerpt would hide the text around it. */
const EXCERPT_LINES = 20;
/** Of an excerpt, so many lines follow the one with the mark. */
const LINES_BEHIND = 4;

/** The marked script, or of a long one the lines around the mark, and where all of it is. */
export function excerptOf(finding: LocatedFinding): readonly string[] {
  const lines = markedScript(finding);
  const most = Math.max(0, lines.length - EXCERPT_LINES);
  const first = Math.max(0, finding.reproducer.line + LINES_BEHIND - EXCERPT_LINES);
  const from = Math.min(most, first);
  if (most === 0) return lines;
  const shown = lines.slice(from, from + EXCERPT_LINES);
  const words = `lines ${from + 1} to ${from + shown.length} of ${lines.length}`;
  return [...shown, `  ... (${words}, all are in ${finding.path})`];
}

/** One sentence about a finding in a check, which need not be the first one that saw it. */
export function messageIn(
  { name }: CheckRecord,
  { check, message, signature }: GateFinding,
): string {
  const isFirst = check === name || check.endsWith(` ${name}`);
  return isFirst ? message : `${name}: shows ${signature}, as ${check} does`;
}

/** `invariant/misaligned`, `detector/off-by-one`: what kind of failure it is. */
export function ruleOf({ section, parts, class: bug, check }: GateFinding): string {
  if (section === "canaries") return "gate/canary-missed";
  if (section === "corpus") return "corpus/changed";
  if (section === "golden" && failureOf(parts) === undefined) return "golden/changed";
  if (section === "cost") return "cost/dearer";
  const invariant = brokenRule(parts);
  if (invariant !== undefined) return `invariant/${invariant}`;
  if (section === "exhaust") return "exhaust/broken";
  return check.startsWith("twins") ? `twin/${bug}` : `detector/${bug}`;
}

/** Those findings of a check that make the gate fail. */
export function failuresIn<F extends GateFinding>(
  check: CheckRecord,
  findings: readonly F[],
): readonly F[] {
  return seenBy(check, findings).filter(isFailure);
}

/** What a check saw. */
export function seenBy<F extends GateFinding>(
  check: CheckRecord,
  findings: readonly F[],
): readonly F[] {
  return findings.filter((finding) => {
    if (finding.section === "canaries") return finding.check === `canary ${check.name}`;
    if (finding.section === "corpus") return finding.check === `corpus ${check.name}`;
    return check.signatures.includes(finding.signature) && !check.passed;
  });
}

/** How many checks of a section fail. */
export function failedChecks({ checks }: SectionResult, findings: readonly GateFinding[]): number {
  return checks.filter((check) => failuresIn(check, findings).length > 0).length;
}

const FORMAT = "slabfuzz-ci";
const VERSION = 1;

export function gateRecord(result: GateResult, findings: readonly LocatedFinding[]): object {
  const { target, isQuick, seed, seconds, interrupted, sections } = result;
  return {
    format: FORMAT,
    version: VERSION,
    slabfuzz: slabfuzzVersion(),
    target,
    quick: isQuick,
    seed: String(seed),
    seconds,
    interrupted,
    passed: hasPassed({ ...result, findings }),
    sections: sections.map(({ skipped, ...section }) => ({ ...section, skipped: skipped ?? null })),
    findings: findings.map(findingRecord),
  };
}

function findingRecord({ reproducer, path, replay, parts: _, ...finding }: LocatedFinding): object {
  const { token, script, operations, operationsBefore, line, explanation, dump } = reproducer;
  return {
    ...finding,
    path,
    line,
    operations,
    operationsBefore,
    script,
    story: explanation,
    dump,
    token: token ?? null,
    replay,
  };
}
