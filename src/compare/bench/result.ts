// What a run of the benchmark found, as data. docs/bench.md has the fields. A file of them may
// come from anywhere, so each field is looked at when it is read.
import * as v from "valibot";
import { readJson } from "../../base/json_file.ts";
import { jsonAmount, jsonList, jsonObject, jsonText, jsonVersion } from "../../base/schema.ts";
import { readTextFile } from "../../base/whole_file.ts";
import type { Space } from "./slub_contender.ts";

export const BENCH_FORMAT = 1;

/** One contender of a group. */
export interface BenchRow {
  /** `v6.1 up FZP`. */
  readonly name: string;
  /** Letters of slub_debug; undefined for what has none. */
  readonly options?: string;
  /** Nanoseconds an operation: a tenth of the rounds, and half of them, were faster. */
  readonly p10: number;
  readonly median: number;
  /** Time in multiples of the group's baseline, and of the yardstick. */
  readonly ratio: number;
  readonly yardsticks: number;
  /** Other work had the machine while it was measured: nothing is compared with it. */
  readonly disturbed?: boolean;
  /** The same of every sitting: what another run is compared with. */
  readonly sittings: readonly number[];
  /** What an operation executes, in the order of `counters`; undefined where not countable. */
  readonly executed?: readonly number[];
  /** Bytes of an object by cause; undefined for allocators whose memory cannot be read. */
  readonly space?: Space;
}

/** How far the median may lie above p10, as a part of it, where the machine is free. */
const SPREAD_MAX = 0.5;

export function isDisturbed({ p10, median }: Pick<BenchRow, "p10" | "median">): boolean {
  return median / p10 - 1 > SPREAD_MAX;
}

/** Contenders that took turns. */
export interface BenchGroup {
  /** `uniform, 320 B, 512 live`. */
  readonly name: string;
  readonly workload: string;
  readonly sizes: string;
  readonly live: number;
  readonly baseline: string;
  /** Nanoseconds an operation of the yardstick. */
  readonly yardstick: number;
  readonly rows: readonly BenchRow[];
}

/** What a run of the benchmark found; docs/bench.md has the fields. */
export interface BenchResult {
  readonly format: typeof BENCH_FORMAT;
  /** The version that measured. */
  readonly slabfuzz: string;
  /** `2 x AMD EPYC, Node v20.20.2, linux`. */
  readonly machine: string;
  /** The names of the counters: `loads`, `stores` ... */
  readonly counters: readonly string[];
  /** One for each workload and number of live objects. */
  readonly groups: readonly BenchGroup[];
  /** How many of the bug classes each set of options reports in time. */
  readonly detection: readonly Detection[];
}

export interface Detection {
  readonly options: string;
  /** Cases with a mistake, and those reported before the mistake did harm. */
  readonly cases: number;
  readonly detected: number;
}

/** A comparison tries all ways to deal two lists out: longer lists take too long. */
const SITTINGS_MAX = 12;
const times = v.pipe(
  v.array(v.pipe(jsonAmount, v.gtValue(0, "must be more than 0")), "must be a list of times"),
  v.minLength(1, "must be a list of times"),
  v.maxLength(SITTINGS_MAX, `must be a list of at most ${SITTINGS_MAX} times`),
);
const FILE = jsonObject({
  format: jsonVersion(BENCH_FORMAT),
  groups: jsonList(
    jsonObject({
      name: jsonText,
      rows: jsonList(
        jsonObject({ name: jsonText, p10: jsonAmount, median: jsonAmount, sittings: times }),
      ),
    }),
  ),
});

/** What a comparison needs of an earlier run. */
export interface EarlierBench {
  readonly groups: readonly EarlierGroup[];
}

export interface EarlierGroup {
  readonly name: string;
  readonly rows: readonly EarlierRow[];
}

export type EarlierRow = Pick<BenchRow, "name" | "p10" | "median" | "sittings">;

/** What `slabfuzz bench --json` printed, read from a file. */
export function readBenchResult(path: string): EarlierBench {
  const kind = "result of slabfuzz bench --json";
  return readJson({ text: readTextFile(path), name: path, kind }, FILE);
}
