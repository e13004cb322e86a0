// The scorecard of the detectors: every bug class under every set of options, over many cases whose
// truth is known, and over some with the mistake put right. A cell is one class under one set on
// one kernel; its cases are those of `slabfuzz fuzz --bugs CLASS` with the same seed, each aimed at
// the layout that it runs on.
//
// Cells are cut into parts, and the parts run on watched workers; which worker ran
// which leaves no trace in the result.
import { nowMs } from "../../base/clock.ts";
import { DigestSum } from "../../base/hash.ts";
import { hex64OfWords } from "../../base/hex.ts";
import { UserError } from "../../base/user_error.ts";
import { Pool } from "../../pool/pool.ts";
import { loadModule } from "../../slub/core/load.ts";
import { bugsOn } from "../../slub/gen/features.ts";
import { DEFAULT_SHAPE } from "../../slub/gen/options.ts";
import type { SlubOptions } from "../../slub/options.ts";
import { machineOf } from "../../slub/options.ts";
import { bootLineOf } from "../../slub/program/boot_line.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { unprovenOptions } from "../../slub/program/proof.ts";
import type { BugName } from "../../target/bug_names.ts";
import { CASES_MAX, type MachineOverrides } from "../../target/options.ts";
import type { ScoreInput, ScoreJobs, ScorePart } from "./score_part.ts";
import { SCORE_OUTCOMES, type ScoreData, type ScoreOutcome, ScoreTally } from "./score_tally.ts";

/** Cases that a worker is given at once. */
const PART_CASES = 250;
/** A benign twin for so many cases: reports about nothing are counted over all classes together. */
const CASES_PER_TWIN = 4;
/** CPU time that one case may take. */
const TIMEOUT_MS = 20_000;

/** What `score` takes. */
export interface ScoreRequest {
  readonly bugs: readonly BugName[];
  readonly profiles: readonly ProfileName[];
  /** Sets of slub_debug letters, `-` for none. */
  readonly options: readonly string[];
  /** What the machines have in common. */
  readonly machine?: MachineOverrides;
  /** Cases of each class under each set; a quarter as many benign twins run beside them. */
  readonly cases: number;
  readonly seed: bigint;
  /** Operations of a program before its ending, at most; default 100. */
  readonly opCountMax?: number;
  /** Worker threads. */
  readonly jobs: number;
  /** Called after each part. */
  readonly onProgress?: (progress: ScoreProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ScoreProgress {
  readonly done: number;
  readonly total: number;
  readonly timeMs: number;
  /** What was run last. */
  readonly cell: Cell;
}

/** One class under one set of options on one kernel. */
interface Cell {
  readonly profile: ProfileName;
  readonly options: string;
  readonly boot: string;
  /** Kernel options of the machine that no recorded kernel has. */
  readonly unproven: readonly string[];
  readonly bug: BugName;
}

export interface ScoreCell extends Cell {
  readonly data: ScoreData;
}

/** The scorecard as counts: how the mistakes of each class fared under each set of options. */
export interface Score {
  /** In decimal. */
  readonly seed: string;
  /** Cases of each class under each set. */
  readonly casesEach: number;
  /** Operations of a program before its ending, at most. */
  readonly ops: number;
  readonly bugs: readonly BugName[];
  readonly profiles: readonly ProfileName[];
  readonly options: readonly string[];
  readonly cells: readonly ScoreCell[];
  /** Over all cases and twins. */
  readonly cases: number;
  readonly operations: number;
  readonly seconds: number;
  readonly digest: string;
  /** A signal stopped it before the end. */
  readonly interrupted: boolean;
}

/**
 * Runs all cells on worker threads: so many cases of every class under every set of options on
 * every kernel. The same request gives the same counts and digest with any number of workers.
 * Throws a UserError for a machine that cannot be, or more cases than a seed has, and an Error for
 * a part that could not be finished for a reason that has nothing to do with the target.
 */
export async function score(request: ScoreRequest): Promise<Score> {
  const cells = openCellsOf(request);
  if (request.cases > CASES_MAX) throw new UserError(`--cases: a seed has ${CASES_MAX}`);
  const run = new ScoreRun(request, cells);
  const input: ScoreInput = { module: loadModule("release") };
  const file = { beside: import.meta.url, name: "score_worker", input };
  const pool = new Pool<ScoreJobs>({ file, size: request.jobs, limitMs: TIMEOUT_MS });
  try {
    await pool.each(
      () => run.take(),
      (task) => runTask(pool, task, run),
    );
  } finally {
    await pool.close();
  }
  return run.score;
}

/** A cell under way. */
interface OpenCell {
  readonly cell: Cell;
  readonly tally: ScoreTally;
}

export function openCellsOf({ profiles, options, bugs, machine }: ScoreRequest): OpenCell[] {
  return profiles.flatMap((profile) =>
    options.flatMap((letters) => {
      const overrides = { ...machine, profile, slubDebug: letters };
      const aimed = machineOf({ machine: overrides } as SlubOptions);
      const [boot, unproven] = [bootLineOf(aimed), unprovenOptions(aimed)];
      return bugsOn(profile, bugs).map((bug) => {
        const cell = { profile, options: letters, boot, unproven, bug };
        return { cell, tally: new ScoreTally() };
      });
    }),
  );
}

function optionsOf(request: ScoreRequest, cell: Cell, twins: boolean): SlubOptions {
  const { machine, seed, opCountMax = DEFAULT_SHAPE.opCountMax } = request;
  return {
    ...DEFAULT_SHAPE,
    bugs: [cell.bug],
    twins,
    opCountMax,
    seed,
    target: "slub",
    machine: { ...machine, profile: cell.profile, slubDebug: cell.options },
  };
}

/** A part of an open cell. */
interface Task {
  readonly open: OpenCell;
  readonly part: ScorePart;
}

/** What is left to do, and what was done. */
export class ScoreRun {
  readonly #request: ScoreRequest;
  readonly #cells: readonly OpenCell[];
  readonly #tasks: Iterator<Task>;
  readonly #returned: Task[] = [];
  readonly #total: number;
  readonly #startMs = nowMs();
  #done = 0;

  constructor(request: ScoreRequest, cells: readonly OpenCell[]) {
    this.#request = request;
    this.#cells = cells;
    this.#tasks = tasksOf(request, cells);
    this.#total = (request.cases + twinsOf(request)) * cells.length;
  }

  take(): Task | undefined {
    if (this.#request.signal?.aborted) return undefined;
    const returned = this.#returned.pop();
    if (returned !== undefined) return returned;
    const { value, done } = this.#tasks.next();
    return done === true ? undefined : value;
  }

  give({ open, part }: Task, data: ScoreData): void {
    open.tally.merge(data);
    this.#advance(open.cell, part.count);
  }

  /** A case that hung or killed its worker counts as a failure; the others are run again. */
  lose({ open, part }: Task, index: number): void {
    const { options, first, count } = part;
    open.tally.addFailure(options.twins);
    this.#advance(open.cell, 1);
    const before = { options, first, count: index };
    const behind = { options, first: first + index + 1, count: count - index - 1 };
    for (const rest of [before, behind]) {
      if (rest.count > 0) this.#returned.push({ open, part: rest });
    }
  }

  #advance(cell: Cell, count: number): void {
    this.#done += count;
    const timeMs = nowMs() - this.#startMs;
    this.#request.onProgress?.({ done: this.#done, total: this.#total, timeMs, cell });
  }

  get score(): Score {
    const { seed, cases, bugs, profiles, options, opCountMax, signal } = this.#request;
    const cells = this.#cells.map(({ cell, tally }) => ({ ...cell, data: tally.data }));
    const digest = new DigestSum();
    for (const { data } of cells) digest.add(data.digestHigh, data.digestLow);
    return {
      seed: String(seed),
      casesEach: cases,
      ops: opCountMax ?? DEFAULT_SHAPE.opCountMax,
      ...{ bugs, profiles, options, cells },
      cases: this.#done,
      operations: cells.reduce((sum, { data }) => sum + data.operations, 0),
      seconds: (nowMs() - this.#startMs) / 1000,
      digest: hex64OfWords(digest.high, digest.low),
      interrupted: signal?.aborted === true && this.#done < this.#total,
    };
  }
}

function twinsOf({ cases }: ScoreRequest): number {
  return Math.ceil(cases / CASES_PER_TWIN);
}

/** Cell by cell, the cases and then their twins. */
function* tasksOf(request: ScoreRequest, cells: readonly OpenCell[]): Generator<Task> {
  for (const open of cells) {
    for (const twins of [false, true]) {
      const options = optionsOf(request, open.cell, twins);
      const cases = twins ? twinsOf(request) : request.cases;
      for (let first = 0; first < cases; first += PART_CASES) {
        const count = Math.min(PART_CASES, cases - first);
        yield { open, part: { options, first, count } };
      }
    }
  }
}

async function runTask(pool: Pool<ScoreJobs>, task: Task, run: ScoreRun): Promise<void> {
  const outcome = await pool.run("run", task.part);
  if (outcome.kind === "done") run.give(task, outcome.answer);
  else if (outcome.isConfirmed) run.lose(task, outcome.index);
  else throw new Error(`a part of the scorecard could not be finished: ${outcome.reason}`);
}

/** The cells of a kernel under a set of options, by class in the order asked for. */
export function cellsUnder(
  { cells }: Pick<Score, "cells">,
  profile: ProfileName,
  options: string,
): readonly ScoreCell[] {
  return cells.filter((cell) => cell.profile === profile && cell.options === options);
}

/** The sum of some cells. */
export function sumOf(cells: readonly ScoreCell[]): ScoreData {
  const tally = new ScoreTally();
  for (const { data } of cells) tally.merge(data);
  return tally.data;
}

/** Cases in which there was something to see. */
export function applicable({ cases, outcomes }: ScoreData): number {
  return cases - (outcomes["not applicable"] ?? 0);
}

/** Outcomes that came up, best first. */
export function outcomesIn(cells: readonly ScoreCell[]): ScoreOutcome[] {
  return SCORE_OUTCOMES.filter((one) => cells.some(({ data }) => (data.outcomes[one] ?? 0) > 0));
}
