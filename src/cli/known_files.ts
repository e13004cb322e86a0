// Files that say what is known of a target: what a core answers to the golden programs, and what
// its operations cost. (Findings that are excused: known_findings.ts.)
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { packagePath } from "../base/package_file.ts";
import { readTextFile } from "../base/whole_file.ts";
import { type CostBaseline, parseCostBaseline } from "../checks/cost/baseline.ts";
import type { CostRequest } from "../checks/gate/cost_section.ts";
import { ownGoldenPath, parseGolden } from "../checks/gate/golden.ts";
import type { GoldenBaseline } from "../checks/gate/golden_section.ts";
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
