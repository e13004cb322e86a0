// Runs of the benchmark as files. They may come from anywhere, so each field is looked at.
import {
  parseObject,
  requireList,
  requireObject,
  requireText,
  requireVersion,
} from "../../base/json_file.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile } from "../../base/whole_file.ts";
import { BENCH_FORMAT, type BenchResult } from "./result.ts";

/** What `slabfuzz bench --json` printed, read from a file. */
export function readBenchResult(path: string): BenchResult {
  const kind = "result of slabfuzz bench --json";
  const data = parseObject({ text: readTextFile(path), name: path, kind });
  if (!("groups" in data)) throw new UserError(`${path}: is no ${kind}`);
  requireVersion(data["format"], BENCH_FORMAT, `${path}: format`);
  checkGroups(path, data["groups"]);
  return data as unknown as BenchResult;
}

function checkGroups(path: string, groups: unknown): void {
  for (const [i, group] of requireList(groups, `${path}: groups`).entries()) {
    const place = `${path}: groups[${i}]`;
    const { name, rows } = requireObject(group, place);
    requireText(name, `${place}.name`);
    const list = requireList(rows, `${place}.rows`);
    for (const [k, row] of list.entries()) checkRow(`${place}.rows[${k}]`, row);
  }
}

function checkRow(place: string, row: unknown): void {
  const { name, sittings } = requireObject(row, place);
  requireText(name, `${place}.name`);
  const isTimes = (value: unknown): boolean => typeof value === "number" && value > 0;
  if (!Array.isArray(sittings) || sittings.length === 0 || !sittings.every(isTimes)) {
    throw new UserError(`${place}.sittings: must be a list of times`);
  }
}
