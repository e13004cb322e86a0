// A run of the benchmark in words: tables for a terminal, the form that trackers of benchmarks
// read, and what a comparison says.
import { executedInAll } from "../../wasm/meter.ts";
import type { BenchChange, BenchComparison } from "./compare.ts";
import type { BenchGroup, BenchResult, BenchRow, Detection } from "./result.ts";
import { causesIn, type SpaceCause, totalOf } from "./slub_contender.ts";

const NAME_WIDTH = 24;

export function benchLines({ machine, groups, detection }: BenchResult): readonly string[] {
  const tables = groups.flatMap((group) => ["", ...groupLines(group)]);
  return [machine, ...tables, ...spaceLines(groups), ...detectionLines(detection)];
}

function groupLines({ name, rows }: BenchGroup): readonly string[] {
  const lines = rows.map((row) =>
    line(row.name, [
      row.p10.toFixed(1),
      row.ratio.toFixed(2),
      `+${Math.round(100 * (row.median / row.p10 - 1))} %`,
      row.yardsticks.toFixed(2),
      executedText(row),
    ]),
  );
  return [line(name, ["ns/op", "ratio", "spread", "yardsticks", "executed"]), ...lines];
}

/** Loads, stores, blocks and calls of an operation together, as `slabfuzz cost` adds them up. */
export function executedText({ executed }: BenchRow): string {
  return executed === undefined ? "-" : executedInAll(executed).toFixed(1);
}

/** The same objects in every workload: the first group's say it. */
function spaceLines([group]: readonly BenchGroup[]): readonly string[] {
  const rows = group.rows.filter(({ space }) => space !== undefined);
  if (rows.length === 0) return [];
  const causes = causesIn(rows.map(({ space }) => space!));
  const lines = rows.map(({ name, space }) =>
    line(name, [...causes.map((cause) => space![cause].toFixed(1)), totalOf(space!).toFixed(1)]),
  );
  const head = line("", [...causes.map((cause) => SHORT[cause] ?? cause), "all"]);
  return ["", `bytes for each living object (${group.name})`, head, ...lines];
}

const SHORT: Readonly<Partial<Record<SpaceCause, string>>> = {
  "left red zone": "left zone",
  "right red zone": "right zone",
  "alignment padding": "aligned",
  "free pointer": "pointer",
  "requested size": "requested",
  "free objects": "free",
};

function detectionLines(detection: readonly Detection[]): readonly string[] {
  if (detection.length === 0) return [];
  const lines = detection.map(({ options, cases, detected }) =>
    line(options, [`${((100 * detected) / cases).toFixed(1)} %`, String(cases)]),
  );
  return ["", line("mistakes reported in time", ["share", "cases"]), ...lines];
}

function line(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(NAME_WIDTH)}${cells.map((cell) => ` ${cell.padStart(10)}`).join("")}`;
}

/** What trackers of benchmarks read: the smaller, the better. */
export function trackerRecords({ groups }: BenchResult): readonly object[] {
  return groups.flatMap((group) =>
    group.rows.map((row) => ({
      name: `${group.name}: ${row.name}`,
      unit: "yardsticks",
      value: row.yardsticks,
      range: rangeOf(row),
      extra: `${row.p10.toFixed(1)} ns/op, ${row.ratio.toFixed(2)} x ${group.baseline}`,
    })),
  );
}

function rangeOf({ sittings }: BenchRow): string {
  return `${Math.min(...sittings).toFixed(3)} .. ${Math.max(...sittings).toFixed(3)}`;
}

/** What a comparison says, a line each; the last one sums up. */
export function benchComparisonLines({ changes, added, gone }: BenchComparison): readonly string[] {
  const count = (says: BenchChange["says"]) => changes.filter((one) => one.says === says).length;
  const lines = changes.filter(({ says }) => says !== "no change").map(changeLine);
  if (added.length > 0) lines.push(`not in the other run: ${added.join("; ")}`);
  if (gone.length > 0) lines.push(`only in the other run: ${gone.join("; ")}`);
  if (changes.length === 0) return [...lines, "nothing to compare: no group is in both"];
  const counts = [`${count("slower")} slower`, `${count("faster")} faster`];
  return [...lines, `${counts.join(", ")}, ${count("no change")} unchanged`];
}

function changeLine({ name, part, chance, says }: BenchChange): string {
  const amount = `${part > 0 ? "+" : "-"}${Math.abs(100 * part).toFixed(1)} %`;
  return `${says} ${amount}  ${name}  (by chance: ${(100 * chance).toFixed(1)} %)`;
}
