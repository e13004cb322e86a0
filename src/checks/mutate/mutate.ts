// A mutation run: all mutants of a target, or some of them, tried on watched worker threads.
import { nowMs } from "../../base/clock.ts";
import { overlaid, pick } from "../../base/fields.ts";
import { Digest } from "../../base/hash.ts";
import { Prng } from "../../base/prng.ts";
import { UserError } from "../../base/user_error.ts";
import type { Pool } from "../../pool/pool.ts";
import { isModule } from "../../targets/targets.ts";
import { goldenPlayers } from "../gate/golden.ts";
import { greedyCover, programNamed } from "../golden/quick_sample.ts";
import { CoreMutation } from "./core_mutation.ts";
import { complaintsAbout, type Equivalents, NO_EQUIVALENTS } from "./equivalents.ts";
import { IncrementalFile } from "./incremental.ts";
import { type MutantSelection, MutationJournal, type MutationJournalHeader } from "./journal.ts";
import { ModuleMutation } from "./module_mutation.ts";
import type { Mutant } from "./mutant.ts";
import type { MutantResult } from "./mutant_result.ts";
import type { MutationScope, MutationTarget, TargetWalk } from "./mutation_target.ts";
import type { MutateJob, MutateJobs } from "./protocol.ts";

export interface MutateRequest extends MutationScope, MutantSelection {
  readonly jobs?: number;
  /** Where the journal is; without it, there is none. */
  readonly out?: string | undefined;
  /** Goes on with the journal in `out`, and with its selection where none is said. */
  readonly resume?: boolean;
  /** Where answers are kept for the next run, and taken from; without it, nowhere. */
  readonly incremental?: string | undefined;
  readonly equivalents?: Equivalents | undefined;
  readonly signal?: AbortSignal;
  readonly onStart?: (start: MutateStart) => void;
  /** `done` counts those whose answers are kept, too. */
  readonly onResult?: (result: MutantResult, done: number) => void;
  /** For `quickSampleOf`: so many mutants of all are done. */
  readonly onCovered?: (done: number, of: number) => void;
}

export interface MutateStart {
  readonly mutants: number;
  readonly chosen: number;
  /** Programs that each goes through, at most. */
  readonly programs: number;
  /** Which mutants were chosen: what the request, or the journal, says. */
  readonly selection: MutantSelection;
}

export interface TriedMutant {
  readonly mutant: Mutant;
  readonly result: MutantResult;
  /** Why it is equivalent, where the list says that it is. */
  readonly equivalent: string | undefined;
}

export interface MutateResult extends MutateStart {
  readonly target: string;
  readonly tried: readonly TriedMutant[];
  /** How many of them kept the answer of an earlier run. */
  readonly kept: number;
  /** The lines of a source; none where they are not known. */
  readonly sourceLines: (source: string) => readonly string[];
  /** What is wrong with the list of equivalent mutants. */
  readonly complaints: readonly string[];
  readonly isInterrupted: boolean;
  /** Why the run ended before it was done: its journal could not be written to. */
  readonly unstored: UserError | undefined;
  readonly timeMs: number;
}

/** A run that is about to begin. */
interface PreparedRun {
  readonly start: MutateStart;
  readonly target: MutationTarget;
  readonly mutants: readonly Mutant[];
  /** Numbers of those to try. */
  readonly chosen: readonly number[];
  readonly walk: TargetWalk;
}

async function preparedRun(request: MutateRequest): Promise<PreparedRun> {
  const target = await targetOf(request);
  const { mutants } = target;
  if (mutants.length === 0) throw new UserError(nothingToMutate(request));
  const walk = await target.walk();
  const selection = pick<MutantSelection, keyof MutantSelection>(request, SELECTION);
  const chosen = sampled(mutants.length, selection);
  const { programs } = walk;
  const start = { mutants: mutants.length, chosen: chosen.length, programs, selection };
  request.onStart?.(start);
  return { start, target, mutants, chosen, walk };
}

const SELECTION = ["function", "file", "sample", "seed"] as const;

async function targetOf(request: MutateRequest): Promise<MutationTarget> {
  const isForeign = await isModule(request.target, request.exports);
  return isForeign ? await ModuleMutation.of(request) : new CoreMutation(request);
}

export async function mutate(asked: MutateRequest): Promise<MutateResult> {
  const startMs = nowMs();
  const request = resumed(asked);
  const { start, ...prepared } = await preparedRun(request);
  const opened = openJournal(request, headerOf(request, prepared, start));
  const run: Run = { ...prepared, ...opened, request, memory: memoryOf(request, prepared) };
  const kept = takeKept(run);
  const ended = await tryAll(run);
  const unstored = ended ?? storedProblem(run);
  return {
    unstored,
    ...start,
    target: request.target,
    sourceLines: (name) => run.target.module.map.linesOf(name),
    ...summed(run),
    kept,
    isInterrupted: request.signal?.aborted === true,
    timeMs: nowMs() - startMs,
  };
}

/** What a request leaves out of its selection, the journal says that it goes on with. */
function resumed(request: MutateRequest): MutateRequest {
  if (request.resume !== true || request.out === undefined) return request;
  return overlaid<MutateRequest>(
    { ...request, ...MutationJournal.selectionIn(request.out) },
    pick(request, SELECTION),
  );
}

function headerOf(
  { target }: MutateRequest,
  { target: { module }, walk }: Pick<Run, "target" | "walk">,
  { selection }: MutateStart,
): MutationJournalHeader {
  const digest = new Digest().bytes(module.file.bytes);
  return { target, module: digest.hex, programs: walk.answers, ...selection };
}

function nothingToMutate({ target, function: name, file }: MutateRequest): string {
  const inFunction = name === undefined ? "" : ` in a function ${JSON.stringify(name)}`;
  const inFile = file === undefined ? "" : ` in ${file}`;
  return `${target}: there is nothing to mutate${inFunction}${inFile}`;
}

/** The numbers of those to try, in order. */
function sampled(count: number, { sample = count, seed = 1 }: MutantSelection): readonly number[] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  if (sample >= count) return numbers;
  const prng = new Prng({ high: 0, low: seed });
  for (let i = 0; i < sample; i++) {
    const other = i + prng.below(count - i);
    [numbers[i], numbers[other]] = [numbers[other], numbers[i]];
  }
  return numbers.slice(0, sample).sort((one, two) => one - two);
}

interface OpenJournal {
  readonly journal: MutationJournal | undefined;
  readonly results: Map<string, MutantResult>;
}

function openJournal({ out, resume }: MutateRequest, header: MutationJournalHeader): OpenJournal {
  if (out === undefined) return { journal: undefined, results: new Map() };
  if (resume !== true) return { journal: MutationJournal.begin(out, header), results: new Map() };
  const { journal, results } = MutationJournal.resume(out, header);
  return { journal, results: new Map(results.map((result) => [result.id, result])) };
}

interface Run extends OpenJournal, Omit<PreparedRun, "start"> {
  readonly request: MutateRequest;
  /** Answers of earlier runs, and of this one for the next. */
  readonly memory: IncrementalFile | undefined;
}

function memoryOf(
  { incremental, target: name }: MutateRequest,
  { target }: Pick<Run, "target">,
): IncrementalFile | undefined {
  if (incremental === undefined) return undefined;
  const of = { target: name, inputs: target.inputs() };
  return new IncrementalFile(incremental, of, target.module.file);
}

/** Takes over the answers that still hold; returns how many they are. */
function takeKept({ memory, mutants, chosen, walk, results, journal }: Run): number {
  if (memory === undefined) return 0;
  const left = chosen.filter((number) => !results.has(mutants[number].id));
  const kept = left.flatMap((number) => {
    const isReached = walk.reachOf(mutants[number]).length > 0;
    return memory.answerOf(mutants[number], isReached) ?? [];
  });
  for (const result of kept) {
    results.set(result.id, result);
    journal?.add(result);
  }
  return kept.length;
}

/** Writes the answers down for the next run. Returns why that was not possible. */
function storedProblem({ memory, mutants, results, request }: Run): UserError | undefined {
  if (memory === undefined) return undefined;
  for (const mutant of mutants) {
    const result = results.get(mutant.id);
    if (result !== undefined) memory.add(mutant, result);
  }
  const isWhole = (request.function ?? request.file) === undefined;
  if (isWhole) memory.keepOnly(new Set(mutants.map(({ id }) => id)));
  try {
    memory.write();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/**
 * Stress programs that together tell apart every mutant which any of them does and no golden
 * program that a quick gate plays anyway: the quick sample.
 */
export async function quickSampleOf(request: MutateRequest): Promise<readonly string[]> {
  const { chosen, mutants, walk, target } = await preparedRun(request);
  if (!(target instanceof CoreMutation)) throw new UserError(NO_QUICK_SAMPLE);
  const equivalents = request.equivalents ?? NO_EQUIVALENTS;
  const left = chosen.filter((number) => !equivalents.has(mutants[number].id));
  const pool = poolFor(request, walk);
  let done = 0;
  try {
    const covers = await pool.map(
      left,
      async (number) => {
        const outcome = await pool.tryOnce("cover", jobFor(mutants[number], walk));
        request.onCovered?.(++done, left.length);
        return outcome.kind === "done" ? outcome.answer.seenBy : [];
      },
      request.signal,
    );
    return greedyCover(covers, costsOfPrograms());
  } finally {
    await pool.close();
  }
}

const NO_QUICK_SAMPLE = "a module has no golden programs, from which --cover chooses";

/** A program costs as much as it has operations. */
function costsOfPrograms(): (program: string) => number {
  const players = new Map(goldenPlayers().map((player) => [player.name, player]));
  return (program) => {
    const { set, number } = programNamed(program);
    return players.get(set)!.program(number).ops.length;
  };
}

function poolFor({ jobs = 1, signal }: MutateRequest, walk: TargetWalk): Pool<MutateJobs> {
  const pool = walk.newPool(jobs, TIMEOUT_MS);
  pool.closeAt(signal);
  return pool;
}

function jobFor(mutant: Mutant, walk: Pick<TargetWalk, "reachOf">): MutateJob {
  return { mutant, reached: walk.reachOf(mutant) };
}

/**
 * CPU time for one mutant, which takes a second at worst. A budget ends loops inside of a mutant;
 * what it cannot end, a harness in a mutant's endless loop, ends with its thread.
 */
const TIMEOUT_MS = 30_000;

/** Tries all that are left, each on the first worker that is free. Returns what ended it early. */
async function tryAll(run: Run): Promise<UserError | undefined> {
  const { request, mutants, chosen, journal, results, walk } = run;
  const left = chosen.filter((number) => !results.has(mutants[number].id));
  let done = chosen.length - left.length;
  const unstored = new AbortController();
  const take = (result: MutantResult): void => {
    results.set(result.id, result);
    request.onResult?.(result, ++done);
    try {
      journal?.add(result);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unstored.abort(error);
    }
  };
  const signal = AbortSignal.any([request.signal ?? [], unstored.signal].flat());
  const pool = poolFor({ ...request, signal }, walk);
  const work = async (number: number): Promise<void> => {
    const result = await tryMutant(pool, walk, mutants[number]);
    if (!pool.isClosed) take(result);
  };
  try {
    await pool.map(left, work, signal);
    return unstored.signal.reason;
  } finally {
    await pool.close();
    journal?.close();
  }
}

/** A mutant that its worker was lost with is one that the harness cannot cope with. */
export async function tryMutant(
  pool: Pool<MutateJobs>,
  walk: Pick<TargetWalk, "reachOf">,
  mutant: Mutant,
): Promise<MutantResult> {
  const outcome = await pool.run("try", jobFor(mutant, walk));
  if (outcome.kind === "done") return outcome.answer;
  const stumble = `the worker ${outcome.how}: ${outcome.reason}`;
  return { id: mutant.id, state: "failed", programs: 0, ms: TIMEOUT_MS, stumble };
}

function summed(run: Run): Pick<MutateResult, "tried" | "complaints"> {
  const { request, mutants, chosen, results } = run;
  const { equivalents = NO_EQUIVALENTS, function: name, file } = request;
  const tried = chosen.flatMap((number) => {
    const mutant = mutants[number];
    const result = results.get(mutant.id);
    return result === undefined ? [] : [{ mutant, result, equivalent: equivalents.get(mutant.id) }];
  });
  // A part of the mutants does not tell which of the others are gone.
  const all = (name ?? file) === undefined ? mutants.map(({ id }) => id) : equivalents.keys();
  const complaints = complaintsAbout(
    equivalents,
    new Set(all),
    tried.map(({ result }) => result),
  );
  return { tried, complaints };
}
