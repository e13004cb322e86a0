// Files that say what is known of a core: what it answers to the golden programs, and what its
// operations cost.
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { readTextFile } from "../base/whole_file.ts";
import { parseCostBaseline } from "../checks/cost/baseline.ts";
import type { CostBaseline } from "../checks/cost/compare.ts";
import type { CostRequest } from "../checks/gate/cost_section.ts";
import { ownGoldenPath, parseGolden } from "../checks/gate/golden.ts";
import type { GoldenBaseline } from "../checks/gate/golden_section.ts";

/** Of a core that somebody else has built; ours is known in the package. */
export const OTHER_GOLDEN = "slabfuzz.golden.json";
export const DEFAULT_COST = "slabfuzz.cost.json";

/** Where the golden digests of a target are, if nobody says. */
export function goldenFileOf(target: string): string {
  return target.endsWith(".wasm") ? OTHER_GOLDEN : relative(".", ownGoldenPath());
}

export function readGolden(path: string): GoldenBaseline {
  return { path, digests: parseGolden(readTextFile(path), path) };
}

/** The golden digests of a target; a file that nobody named need not be there. */
export function findGolden(target: string, named?: string): GoldenBaseline | undefined {
  const path = named ?? goldenFileOf(target);
  return named === undefined && !existsSync(path) ? undefined : readGolden(path);
}

/** A baseline of the cost; a file that nobody named need not be there. */
export function findCost(named?: string): CostBaseline | undefined {
  const path = named ?? DEFAULT_COST;
  if (named === undefined && !existsSync(path)) return undefined;
  return parseCostBaseline(readTextFile(path), path);
}

/** What the gate is told of the cost; `percent`: how much dearer a row may become. */
export function costForGate(named?: string, percent = 0): CostRequest | undefined {
  const baseline = findCost(named);
  if (baseline === undefined) return undefined;
  return { path: named ?? DEFAULT_COST, baseline, tolerance: percent / 100 };
}
