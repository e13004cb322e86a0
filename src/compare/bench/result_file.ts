// Runs of the benchmark as files. They may come from anywhere, so each field is looked at.
import { readFileSync } from "node:fs";
import { reasonOf } from "../../base/system_error.ts";
import { UserError } from "../../base/user_error.ts";
import { BENCH_FORMAT, type BenchResult } from "./result.ts";

/** What `slabfuzz bench --json` printed, read from a file. */
export function readBenchResult(path: string): BenchResult {
  const data = parsed(path) as Partial<BenchResult> | null;
  if (typeof data !== "object" || data === null || !("groups" in data)) {
    throw new UserError(`${path}: is no result of slabfuzz bench --json`);
  }
  if (data.format !== BENCH_FORMAT) {
    throw new UserError(`${path}: format: is ${data.format}, this slabfuzz reads ${BENCH_FORMAT}`);
  }
  checkGroups(path, data.groups);
  return data as BenchResult;
}

function parsed(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${path}: is no JSON`);
  }
}

function checkGroups(path: string, groups: unknown): void {
  if (!Array.isArray(groups)) throw new UserError(`${path}: groups: is no list`);
  for (const [i, group] of groups.entries()) {
    const place = `${path}: groups[${i}]`;
    if (typeof group?.name !== "string") throw new UserError(`${place}.name: is no text`);
    if (!Array.isArray(group.rows)) throw new UserError(`${place}.rows: is no list`);
    for (const [k, row] of group.rows.entries()) checkRow(`${place}.rows[${k}]`, row);
  }
}

function checkRow(place: string, row: unknown): void {
  const { name, sittings } = (row ?? {}) as { name?: unknown; sittings?: unknown };
  if (typeof name !== "string") throw new UserError(`${place}.name: is no text`);
  const isTimes = (value: unknown): boolean => typeof value === "number" && value > 0;
  if (!Array.isArray(sittings) || sittings.length === 0 || !sittings.every(isTimes)) {
    throw new UserError(`${place}.sittings: is no list of times`);
  }
}
