// Mistakes in a small scope: the shortest program for each class, set of options and verdict. A
// cell is a job of its own, so that any number of workers comes to the same result.
import { nowMs } from "../base/clock.ts";
import { Pool } from "../pool/pool.ts";
import { heapFor, parseCore } from "../slub/named_core.ts";
import type { ProfileName } from "../slub/program/op.ts";
import type { BugName } from "../target/bug_names.ts";
import { type CellRequest, SearchCell } from "./cell.ts";
import { type Estimate, refuseLong, TIMEOUT_MS } from "./estimate.ts";
import type { ExhaustRequest } from "./exhaust.ts";
import { type ExhaustJobs, searchMistakes } from "./exhaust_jobs.ts";
import { MistakeSearch, type MistakesFound } from "./mistake_search.ts";
import { checkScope, type SearchScope } from "./vocabulary.ts";

/** A search of fewer programs is over before it has been estimated. */
const PROGRAMS_TO_ESTIMATE = 20_000;
/** Operations of the programs on which the speed is measured. */
const MEASURED_OPS = 3;

/** What `exhaustMistakes` takes. */
export interface MistakeRequest
  extends Pick<
    ExhaustRequest,
    | ("scope" | "target" | "profiles" | "options" | "machine" | "jobs")
    | ("isSure" | "onEstimate" | "onProgress" | "signal")
  > {
  readonly classes: readonly BugName[];
}

export interface MistakeCell extends MistakesFound {
  readonly profile: ProfileName;
  readonly options: string;
}

export interface Mistakes {
  readonly scope: SearchScope;
  readonly classes: readonly BugName[];
  /** Cells that were searched to their end. */
  readonly cells: readonly MistakeCell[];
  readonly seconds: number;
  readonly interrupted: boolean;
}

/**
 * Judges every program of a scope that has one mistake of these classes, in every cell. The same
 * request gives the same programs with any number of workers; 0 searches in this thread. Throws a
 * UserError for a scope or a machine that cannot be, and for a search that would take more than an
 * hour unless it is sure.
 */
export async function exhaustMistakes(request: MistakeRequest): Promise<Mistakes> {
  const { scope, classes, jobs, signal, isSure = false } = request;
  const startMs = nowMs();
  checkScope(scope);
  const cells = cellsOf(request);
  const estimate = estimateOf(request, cells);
  request.onEstimate?.(estimate);
  refuseLong(estimate, isSure);
  let done = 0;
  const total = cells.length;
  const advance = (cell: CellRequest) =>
    request.onProgress?.({ done: ++done, total, cell: `${cell.profile} ${cell.options}` });
  const found =
    jobs === 0
      ? searchHere(request, cells, advance)
      : await searchByWorkers(request, cells, advance);
  const seconds = (nowMs() - startMs) / 1000;
  return { scope, classes, cells: found, seconds, interrupted: signal?.aborted === true };
}

function cellsOf({ scope, profiles, options, machine = {}, target = "slub" }: MistakeRequest) {
  return profiles.flatMap((profile) =>
    options.map((letters): CellRequest => ({ scope, machine, target, profile, options: letters })),
  );
}

/** All cells have about as many programs; the speed of the first one is measured on short ones. */
function estimateOf({ classes, jobs }: MistakeRequest, cells: readonly CellRequest[]): Estimate {
  const programs = cells.reduce((sum, cell) => sum + searchOf(cell, classes).count(), 0);
  const counts = { programs: BigInt(programs), toRun: BigInt(programs) };
  if (programs < PROGRAMS_TO_ESTIMATE) return { ...counts, seconds: undefined };
  const ops = Math.min(cells[0].scope.ops, MEASURED_OPS);
  const short = searchOf({ ...cells[0], scope: { ...cells[0].scope, ops } }, classes);
  const startMs = nowMs();
  const measured = Math.max(short.run().programs, 1);
  const seconds = (nowMs() - startMs) / 1000;
  return { ...counts, seconds: (seconds * programs) / measured / Math.max(jobs, 1) };
}

function searchOf(cell: CellRequest, classes: readonly BugName[]): MistakeSearch {
  const heap = heapFor(parseCore(cell.target));
  return new MistakeSearch(heap, cell.scope, SearchCell.machineOf(cell), classes);
}

function searchHere(
  { classes, signal }: MistakeRequest,
  cells: readonly CellRequest[],
  advance: (cell: CellRequest) => void,
): readonly MistakeCell[] {
  const found: MistakeCell[] = [];
  for (const cell of cells) {
    if (signal?.aborted === true) break;
    found.push(foundIn(cell, searchMistakes({ cell, classes })));
    advance(cell);
  }
  return found;
}

async function searchByWorkers(
  { classes, signal, jobs, target = "slub" }: MistakeRequest,
  cells: readonly CellRequest[],
  advance: (cell: CellRequest) => void,
): Promise<readonly MistakeCell[]> {
  const file = { beside: import.meta.url, name: "exhaust_worker", input: { target } };
  const pool = new Pool<ExhaustJobs>({ file, size: jobs, limitMs: TIMEOUT_MS });
  pool.closeAt(signal);
  try {
    const found = await pool.map(
      cells,
      async (cell) => {
        const outcome = await pool.run("mistakes", { cell, classes });
        if (outcome.kind === "done") {
          advance(cell);
          return foundIn(cell, outcome.answer);
        }
        if (signal?.aborted === true) return undefined;
        const name = `${cell.profile} ${cell.options}`;
        throw new Error(`the mistakes of ${name} could not be searched: ${outcome.reason}`);
      },
      signal,
    );
    return found.filter((one) => one !== undefined);
  } finally {
    await pool.close();
  }
}

function foundIn({ profile, options }: CellRequest, found: MistakesFound): MistakeCell {
  return { profile, options, ...found };
}
