// Runs that are worth remembering: docs/conformance.md tells of those in runs.json.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkValue, jsonCount, jsonList, jsonObject, jsonText } from "../../src/base/schema.ts";

/** What one seed came to on one kernel and variant. */
export interface RecordedRun {
  readonly kernel: string;
  readonly variant: string;
  readonly seed: number;
  readonly programs: number;
  readonly differences: number;
}

const FILE = fileURLToPath(new URL("runs.json", import.meta.url));
const RUNS = jsonList(
  jsonObject({
    kernel: jsonText,
    variant: jsonText,
    seed: jsonCount,
    programs: jsonCount,
    differences: jsonCount,
  }),
);

/** The recorded runs; none if the file does not exist. */
export function readRuns(file = FILE): readonly RecordedRun[] {
  return existsSync(file) ? checkValue(JSON.parse(readFileSync(file, "utf8")), RUNS, file) : [];
}

/**
 * Adds the counts of a run to the recorded ones. A run from the first program on begins its seed
 * anew on the kernels that it asked; any other continues it.
 */
export function mergeRuns(
  recorded: readonly RecordedRun[],
  added: readonly RecordedRun[],
  continues: boolean,
): readonly RecordedRun[] {
  const isAsked = (run: RecordedRun) =>
    added.some(({ kernel, seed }) => kernel === run.kernel && seed === run.seed);
  const others = recorded.filter((run) => continues || !isAsked(run));
  const merged = new Map(others.map((run) => [keyOf(run), run]));
  for (const run of added) {
    const before = merged.get(keyOf(run));
    const programs = run.programs + (before?.programs ?? 0);
    const differences = run.differences + (before?.differences ?? 0);
    merged.set(keyOf(run), { ...run, programs, differences });
  }
  return [...merged.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export function recordRuns(added: readonly RecordedRun[], continues: boolean, file = FILE): void {
  const rows = mergeRuns(readRuns(file), added, continues).map(lineOf);
  writeFileSync(file, `[\n${rows.join(",\n")}\n]\n`);
}

/** As the formatter would have it. */
function lineOf(run: RecordedRun): string {
  const fields = Object.entries(run).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
  return `  { ${fields.join(", ")} }`;
}

function keyOf({ kernel, variant, seed }: RecordedRun): string {
  return `${kernel} ${variant} ${String(seed).padStart(12)}`;
}
