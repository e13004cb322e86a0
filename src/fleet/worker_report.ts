// What a worker says of itself, once in a while: its heartbeat.
import * as v from "valibot";
import { readJson } from "../base/json_file.ts";
import { jsonAmount, jsonCount, jsonObject, jsonText } from "../base/schema.ts";
import { shortened, visible } from "../base/visible.ts";

export interface WorkerReport {
  /** slabfuzz and its build, such as `0.1.0 4f2a91bc`. */
  readonly build: string;
  /** The major version of Node that it runs on. */
  readonly node: number;
  readonly host: string;
  readonly jobs: number;
  /** Shards under way. */
  readonly running: number;
  /** Over the last seconds. */
  readonly casesPerSecond: number;
  readonly operationsPerSecond: number;
  /** When it said so: ms of the server's clock. */
  readonly atMs: number;
}

const LINE_MAX = 80;
const line = v.pipe(
  jsonText,
  v.transform((text) => shortened(visible(text), LINE_MAX)),
);

const REPORT = jsonObject({
  build: line,
  node: jsonCount,
  host: line,
  jobs: jsonCount,
  running: jsonCount,
  casesPerSecond: jsonAmount,
  operationsPerSecond: jsonAmount,
  atMs: jsonCount,
});

export function workerReportText(report: WorkerReport): string {
  return JSON.stringify(report);
}

/** Reads a report from Redis. Throws a UserError that begins with `name`. */
export function readWorkerReport(text: string, name: string): WorkerReport {
  return readJson({ text, name, kind: "report of a worker" }, REPORT);
}
