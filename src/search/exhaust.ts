// An exhaustive search: every program of a scope, or one that does the same to the heap, on every
// kernel and set of options asked for. Cells are cut into parts, and the parts run on watched
// workers; which worker ran which leaves no trace in the result.
import { nowMs } from "../base/clock.ts";
import { digestOfText } from "../base/hash.ts";
import { UserError } from "../base/user_error.ts";
import { slabfuzzVersion } from "../base/version.ts";
import { driverBuild } from "../campaign/driver_build.ts";
import { type Shard, WHOLE } from "../campaign/ranges.ts";
import { Pool } from "../pool/pool.ts";
import { buildOfCore } from "../slub/core/load.ts";
import { onCore, parseCore } from "../slub/named_core.ts";
import { decode } from "../slub/program/decode.ts";
import type { ProfileName } from "../slub/program/op.ts";
import { printScript } from "../slub/program/text.ts";
import type { MachineOverrides } from "../target/options.ts";
import { SearchCell } from "./cell.ts";
import { type Estimate, refuseLong, TIMEOUT_MS } from "./estimate.ts";
import { type ExhaustJobs, PartExplorer, type PartJob } from "./exhaust_jobs.ts";
import {
  type DonePart,
  ExhaustJournal,
  hasExhaustJournal,
  readExhaustJournal,
} from "./exhaust_journal.ts";
import { ExploredSum } from "./explored_sum.ts";
import type { BrokenProgram, Explored } from "./explorer.ts";
import type { SearchScope } from "./vocabulary.ts";

/** Programs on which the speed of a cell is measured, at least. */
const PROGRAMS_TO_MEASURE = 20_000;
/** A search of fewer programs is over before it has been estimated. */
const PROGRAMS_TO_ESTIMATE = 1_000_000n;

/** What `exhaust` takes. */
export interface ExhaustRequest {
  readonly scope: SearchScope;
  /** `slub`, `canary:NAME`, or a core of another build; default slub. */
  readonly target?: string;
  readonly profiles: readonly ProfileName[];
  /** Sets of slub_debug letters, `-` for none. */
  readonly options: readonly string[];
  /** What the machines have in common. */
  readonly machine?: MachineOverrides;
  /** Worker threads; 0 explores in this thread. */
  readonly jobs: number;
  /** Which of the parts are this run's business. */
  readonly shard?: Shard;
  /** A folder for the journal. */
  readonly out?: string | undefined;
  /** Goes on with what the folder's journal has. */
  readonly resume?: boolean;
  /** Folders of shards: nothing is run, their results are put together. */
  readonly merge?: readonly string[];
  /** It may take more than an hour. */
  readonly isSure?: boolean;
  /** Called with what is about to be done, before it begins. */
  readonly onEstimate?: (estimate: Estimate) => void;
  readonly onProgress?: (progress: ExhaustProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ExhaustProgress {
  /** Programs that were run, and are to be run. */
  readonly done: number;
  readonly total: number;
  readonly cell: string;
}

/** What came of one kernel and set of options. */
export interface ExhaustCell {
  readonly profile: ProfileName;
  readonly options: string;
  readonly boot: string;
  /** Programs of the scope, counted without running them. */
  readonly programs: bigint;
  /** Those of them that are to be run, and that were. */
  readonly toRun: bigint;
  readonly run: number;
  /** The same by how many operations they have, from 1 on. */
  readonly byLength: readonly number[];
  /** Different states of the heap. */
  readonly states: number;
  /** Programs that broke a rule; nothing that goes on from them was run. */
  readonly broken: number;
  /** The shortest of them. */
  readonly first: (BrokenProgram & { readonly script: string }) | undefined;
  readonly digest: string;
  /** All parts were explored: what the counts say is true of the whole scope. */
  readonly isComplete: boolean;
}

export interface Exhausted {
  readonly scope: SearchScope;
  readonly target: string;
  readonly cells: readonly ExhaustCell[];
  readonly seconds: number;
  readonly interrupted: boolean;
}

/**
 * Runs every program of a scope, or one of those that are alike, in every cell. The same request
 * gives the same counts and digests with any number of workers and shards. Throws a UserError for a
 * scope or a machine that cannot be, for a search that would take more than an hour unless it is
 * sure, and for a journal of another search.
 */
export async function exhaust(request: ExhaustRequest): Promise<Exhausted> {
  const run = new ExhaustRun(request);
  if (request.merge === undefined) await run.explore();
  return run.result;
}

/** A part of a cell, by its number among all parts. */
interface Task {
  readonly number: number;
  readonly open: OpenCell;
  readonly job: PartJob;
}

interface OpenCell {
  readonly cell: SearchCell;
  readonly sum: ExploredSum;
  partsDone: number;
}

class ExhaustRun {
  readonly #request: ExhaustRequest;
  readonly #target: string;
  readonly #cells: readonly OpenCell[];
  readonly #tasks: readonly Task[];
  readonly #done = new Map<number, DonePart>();
  readonly #startMs = nowMs();
  #journal: ExhaustJournal | undefined;

  constructor(request: ExhaustRequest) {
    const { profiles, options, scope, machine = {} } = request;
    this.#request = request;
    this.#target = parseCore(request.target ?? "slub").name;
    const shared = { scope, machine, target: this.#target };
    const requests = profiles.flatMap((profile) =>
      options.map((letters) => ({ ...shared, profile, options: letters })),
    );
    this.#cells = requests.map((one) => {
      return { cell: new SearchCell(one), sum: new ExploredSum(), partsDone: 0 };
    });
    const tasks = this.#cells.flatMap((open) =>
      open.cell.parts.map((part) => ({ open, job: { cell: open.cell.request, part } })),
    );
    this.#tasks = tasks.map((task, number) => ({ ...task, number }));
    for (const folder of this.#foldersToRead()) {
      for (const done of readExhaustJournal(folder, this.#search)) this.#take(done);
    }
  }

  #foldersToRead(): readonly string[] {
    const { merge, out, resume = false } = this.#request;
    if (merge !== undefined) return merge;
    if (out === undefined) {
      if (resume) throw new UserError("--resume: say which search by --out FOLDER");
      return [];
    }
    if (resume) return [out];
    if (!hasExhaustJournal(out)) return [];
    throw new UserError(
      `${out}: holds a search already: go on with it by --resume, or name another`,
    );
  }

  /** What tells this search from all others: what it runs, and on what. */
  get #search(): string {
    const core = buildOfCore(parseCore(this.#target).core);
    const cells = this.#cells.map(({ cell }) => cell.request);
    return digestOfText(JSON.stringify([slabfuzzVersion(), driverBuild(), core, cells]));
  }

  /** A part that was explored before, or is explored now; undefined if it is known. */
  #take({ part, explored }: DonePart): DonePart | undefined {
    const task = this.#tasks[part];
    const isKnown = (op: number) => op < (task?.open.cell.vocabulary.ops.length ?? 0);
    if (task === undefined || explored.first?.ops.every(isKnown) === false) {
      throw new UserError(`the journal has a part ${part} that is none of this search`);
    }
    if (this.#done.has(part)) return undefined;
    const done = { part, explored: task.open.sum.add(explored) };
    this.#done.set(part, done);
    task.open.partsDone++;
    return done;
  }

  async explore(): Promise<void> {
    const { out, jobs } = this.#request;
    const estimate = this.#estimate();
    this.#request.onEstimate?.(estimate);
    refuseLong(estimate, this.#request.isSure === true);
    const known = [...this.#done.values()];
    if (out !== undefined) this.#journal = new ExhaustJournal(out, this.#search, known);
    const left = this.#tasks.filter((task) => this.#isMine(task) && !this.#done.has(task.number));
    try {
      if (jobs === 0) this.#exploreHere(left);
      else await this.#exploreByWorkers(left);
    } finally {
      this.#journal?.close();
    }
  }

  #isMine({ number }: Task): boolean {
    const { index, count } = this.#request.shard ?? WHOLE;
    return number % count === index - 1;
  }

  #estimate(): Estimate {
    const sum = (count: (cell: SearchCell) => bigint) =>
      this.#cells.reduce((total, { cell }) => total + count(cell), 0n);
    const counts = { programs: sum((cell) => cell.programs), toRun: sum((cell) => cell.toRun) };
    if (counts.toRun < PROGRAMS_TO_ESTIMATE) return { ...counts, seconds: undefined };
    const explorer = new PartExplorer(this.#target);
    const seconds = this.#cells.reduce((total, { cell }) => {
      return total + Number(cell.toRun) / speedOf(explorer, cell);
    }, 0);
    const { count } = this.#request.shard ?? WHOLE;
    return { ...counts, seconds: seconds / Math.max(this.#request.jobs, 1) / count };
  }

  #exploreHere(tasks: readonly Task[]): void {
    const explorer = new PartExplorer(this.#target);
    for (const task of tasks) {
      if (this.#request.signal?.aborted === true) return;
      this.#give(task, explorer.explore(task.job));
    }
  }

  async #exploreByWorkers(tasks: readonly Task[]): Promise<void> {
    const { jobs, signal } = this.#request;
    const input = { target: this.#target };
    const file = { beside: import.meta.url, name: "exhaust_worker", input };
    const pool = new Pool<ExhaustJobs>({ file, size: jobs, limitMs: TIMEOUT_MS });
    pool.closeAt(signal);
    try {
      await pool.map(tasks, (task) => this.#exploreByWorker(pool, task), signal);
    } finally {
      await pool.close();
    }
  }

  async #exploreByWorker(pool: Pool<ExhaustJobs>, task: Task): Promise<void> {
    const outcome = await pool.run("explore", task.job);
    if (outcome.kind === "done") this.#give(task, outcome.answer);
    else if (this.#request.signal?.aborted !== true) {
      const { name } = task.open.cell;
      throw new Error(`a part of ${name} could not be explored: ${outcome.reason}`);
    }
  }

  #give(task: Task, explored: Explored): void {
    const done = this.#take({ part: task.number, explored });
    if (done !== undefined) this.#journal?.add(done);
    const run = this.#cells.reduce((sum, open) => sum + open.sum.run, 0);
    const total = this.#cells.reduce((sum, { cell }) => sum + Number(cell.toRun), 0);
    this.#request.onProgress?.({ done: run, total, cell: task.open.cell.name });
  }

  get result(): Exhausted {
    const { scope, signal } = this.#request;
    return {
      scope,
      target: this.#target,
      cells: this.#cells.map((open) => this.#cellOf(open)),
      seconds: (nowMs() - this.#startMs) / 1000,
      interrupted: signal?.aborted === true,
    };
  }

  #cellOf({ cell, sum, partsDone }: OpenCell): ExhaustCell {
    const { profile, options } = cell.request;
    const { first } = sum;
    return {
      ...{ profile, options, boot: cell.boot, programs: cell.programs, toRun: cell.toRun },
      ...{ run: sum.run, byLength: sum.programs, states: sum.states, broken: sum.broken },
      first: first && { ...first, script: this.#scriptOf(cell, first) },
      digest: sum.digest,
      isComplete: partsDone === cell.parts.length,
    };
  }

  #scriptOf({ vocabulary, machine }: SearchCell, { ops, problem }: BrokenProgram): string {
    const program = decode(vocabulary.program(ops), machine, [problem]);
    return printScript(onCore(program, { name: this.#target }));
  }
}

/**
 * Programs a second, measured on short ones. The first search makes the heaps ready; the oracle
 * judges each heap state once, so that few programs would look slow.
 */
function speedOf(explorer: PartExplorer, { request }: SearchCell): number {
  const { scope } = request;
  for (let ops = 1; ; ops++) {
    const startMs = nowMs();
    const { programs } = explorer.explore({ cell: request, part: { prefix: [], ops } });
    const seconds = (nowMs() - startMs) / 1000;
    const run = programs.reduce((sum, count) => sum + count, 0);
    if (run >= PROGRAMS_TO_MEASURE || ops === scope.ops) return run / Math.max(seconds, 0.001);
  }
}
