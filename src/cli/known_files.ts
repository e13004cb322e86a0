// Files that say what is known of a target: findings that are excused, what a core answers to the
// golden programs, what its operations cost. What they do not excuse is new.
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { today } from "../base/clock.ts";
import { packagePath } from "../base/package_file.ts";
import { readTextFile, writeWholeFile } from "../base/whole_file.ts";
import type { FuzzResult } from "../campaign/fuzz.ts";
import { type CostBaseline, parseCostBaseline } from "../checks/cost/baseline.ts";
import type { Baseline, KnownFinding } from "../checks/gate/baseline.ts";
import {
  EMPTY_BASELINE,
  entryFor,
  parseBaseline,
  printBaseline,
  statusIn,
} from "../checks/gate/baseline.ts";
import type { CostRequest } from "../checks/gate/cost_section.ts";
import { ownGoldenPath, parseGolden } from "../checks/gate/golden.ts";
import type { GoldenBaseline } from "../checks/gate/golden_section.ts";
import { isAlarm } from "../target/verdict.ts";
import { ExitCode } from "./exit_code.ts";
import { DEFAULT_BASELINE, type Gate } from "./options/campaign_options.ts";
import { OTHER_COST, OTHER_GOLDEN } from "./options/ci_options.ts";

/** Where the golden digests of a target are where no option says it. */
export function goldenFileOf(target: string): string {
  return target.endsWith(".wasm") ? OTHER_GOLDEN : relative(".", ownGoldenPath());
}

export function readGolden(path: string): GoldenBaseline {
  return { path, digests: parseGolden(readTextFile(path), path) };
}

/** The golden digests of a target; a file that no option names need not be there. */
export function findGolden(target: string, named?: string): GoldenBaseline | undefined {
  const path = named ?? goldenFileOf(target);
  return named === undefined && !existsSync(path) ? undefined : readGolden(path);
}

/** Where the baseline of a target's cost is where no option says it. */
export function costFileOf(target: string): string {
  return target === "slub" ? relative(".", packagePath("golden/cost.json")) : OTHER_COST;
}

/** A baseline of the cost of a target; a file that no option names need not be there. */
export function findCost(target: string, named?: string): CostBaseline | undefined {
  const path = named ?? costFileOf(target);
  if (named === undefined && !existsSync(path)) return undefined;
  return parseCostBaseline(readTextFile(path), path);
}

/** What the gate is told of the cost; `percent`: how much dearer a row may become. */
export function costForGate(target: string, named?: string, percent = 0): CostRequest | undefined {
  const baseline = findCost(target, named);
  if (baseline === undefined) return undefined;
  return { path: named ?? costFileOf(target), baseline, tolerance: percent / 100 };
}

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
