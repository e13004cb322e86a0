// The findings of a target that are excused (baseline.json): which of them are known today, and
// what that makes of the exit code of a command. What is not excused is new.
import { existsSync } from "node:fs";
import { today } from "../base/clock.ts";
import { readTextFile, writeWholeFile } from "../base/whole_file.ts";
import type { FuzzResult } from "../campaign/fuzz.ts";
import type { Baseline, KnownFinding } from "../checks/gate/baseline.ts";
import {
  EMPTY_BASELINE,
  entryFor,
  parseBaseline,
  printBaseline,
  statusIn,
} from "../checks/gate/baseline.ts";
import { isAlarm } from "../target/verdict.ts";
import { ExitCode } from "./exit_code.ts";
import { DEFAULT_BASELINE, type Gate } from "./options/campaign_options.ts";

/** The baseline in a file; without a name the usual one, or an empty one. */
export function readBaseline(path: string | undefined, mayBeMissing = false): Baseline {
  const file = path ?? DEFAULT_BASELINE;
  if (!existsSync(file) && (path === undefined || mayBeMissing)) return EMPTY_BASELINE;
  return parseBaseline(readTextFile(file), file);
}

export function writeBaseline(path: string | undefined, baseline: Baseline): void {
  writeWholeFile(path ?? DEFAULT_BASELINE, printBaseline(baseline));
}

/** Whether a finding is one that the baseline excuses, today. */
export function isKnown(baseline: Baseline, finding: KnownFinding): boolean {
  return statusIn(baseline, finding, today()) === "known";
}

/** One line for each finding that the baseline excused until its day. */
export function expiredLines(
  baseline: Baseline,
  findings: readonly KnownFinding[],
): readonly string[] {
  const expired = findings.filter((one) => statusIn(baseline, one, today()) === "expired");
  return expired.map((finding) => {
    const { reason = "", owner = "", expires = "" } = entryFor(baseline, finding) ?? {};
    return `expired on ${expires}: ${finding.signature} (${reason}; ask ${owner})`;
  });
}

/**
 * A finding that does not happen each time is a failure of slabfuzz; twins may give none. What the
 * baseline excuses is not new.
 */
export function failureCode(
  gate: Gate,
  { interrupted, summary, options }: FuzzResult,
  baseline: Baseline = EMPTY_BASELINE,
): ExitCode {
  if (interrupted) return ExitCode.INTERRUPTED;
  const { findings } = summary;
  const counted = {
    none: false,
    any: findings.length > 0,
    new: findings.some((finding) => {
      const { verdict, stable } = finding;
      if (stable && isKnown(baseline, finding)) return false;
      return options.twins || isNew(gate, verdict) || !stable;
    }),
  };
  return counted[gate.failOn ?? "new"] ? ExitCode.FINDINGS : ExitCode.OK;
}

/** The config may count verdicts as new that are no failures by themselves. */
function isNew({ countAsNew = [] }: Gate, verdict: string): boolean {
  return isAlarm(verdict) || countAsNew.some((one) => one === verdict);
}
