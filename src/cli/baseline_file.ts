// The baseline of a command: read from the file that it is told of, or from the usual one.
import { existsSync } from "node:fs";
import { today } from "../base/clock.ts";
import { readTextFile, writeWholeFile } from "../base/whole_file.ts";
import {
  type Baseline,
  EMPTY_BASELINE,
  entryFor,
  type KnownFinding,
  parseBaseline,
  printBaseline,
  statusIn,
} from "../checks/gate/baseline.ts";

export const DEFAULT_BASELINE = "slabfuzz.baseline";

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
