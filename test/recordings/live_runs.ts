// What runs of the live-kernel tool gave, as a maintainer recorded them in tools/kernel/runs.json:
// a list of {kernel, variant, seed, programs, differences}.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface LiveRun {
  readonly kernel: string;
  readonly variant: string;
  readonly seed: string | number;
  readonly programs: number;
  readonly differences: number;
}

const FILE = join(dirname(fileURLToPath(import.meta.url)), "../../tools/kernel/runs.json");

/** The recorded runs; none if the file does not exist. */
export function readLiveRuns(file = FILE): readonly LiveRun[] {
  if (!existsSync(file)) return [];
  const runs: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(runs) || !runs.every(isRun)) {
    throw new Error(`${file}: a list of {kernel, variant, seed, programs, differences} is needed`);
  }
  return runs;
}

function isRun(run: unknown): run is LiveRun {
  if (typeof run !== "object" || run === null) return false;
  const { kernel, variant, seed, programs, differences } = run as Record<string, unknown>;
  return (
    typeof kernel === "string" &&
    typeof variant === "string" &&
    (typeof seed === "string" || typeof seed === "number") &&
    Number.isInteger(programs) &&
    Number.isInteger(differences)
  );
}
