// A mutation run: all mutants of a target, or some of them, tried on watched worker threads.
import { dirname, join } from "node:path";
import { nowMs } from "../../base/clock.ts";
import { Digest } from "../../base/hash.ts";
import { hex64OfWords } from "../../base/hex.ts";
import { Prng } from "../../base/prng.ts";
import { reworded, UserError } from "../../base/user_error.ts";
import { readBinaryFile, readTextFile } from "../../base/whole_file.ts";
import { Pool } from "../../pool/pool.ts";
import { compileOtherCore } from "../../slub/core/other_core.ts";
import { pathOfCore } from "../../targets/core_files.ts";
import { ByteReader } from "../../wasm/leb128.ts";
import { SourceMap } from "../../wasm/source_map.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { goldenPlayers } from "../gate/golden.ts";
import { greedyCover, programNamed } from "../golden/quick_sample.ts";
import { complaintsAbout, type Equivalents, NO_EQUIVALENTS } from "./equivalents.ts";
import { MutationJournal, type MutationJournalHeader } from "./journal.ts";
import { type MutableModule, type Mutant, mutantsOf } from "./mutant.ts";
import type { MutantResult } from "./mutant_tester.ts";
import type { ModuleSource, MutateInput, MutateJobs } from "./protocol.ts";
import { allTestSets, Reference } from "./reference.ts";

export interface MutateRequest {
  readonly target: string;
  /** Only in the function of that name. */
  readonly function?: string;
  /** Only in the source file, or folder, with that path. */
  readonly file?: string;
  /** So many mutants, drawn by the seed; without it, all. */
  readonly sample?: number;
  readonly seed?: number;
  readonly jobs?: number;
  /** Where the journal is; without it, there is none. */
  readonly out?: string;
  /** Goes on with the journal in `out`. */
  readonly resume?: boolean;
  readonly equivalents?: Equivalents;
  readonly signal?: AbortSignal;
  readonly onStart?: (start: MutateStart) => void;
  readonly onResult?: (result: MutantResult, done: number) => void;
  /** For `quickSampleOf`: so many mutants of all are done. */
  readonly onCovered?: (done: number, of: number) => void;
}

export interface MutateStart {
  readonly mutants: number;
  readonly chosen: number;
  /** Programs that each goes through, at most. */
  readonly programs: number;
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
  /** The lines of a source; none where the source map does not hold them. */
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
  readonly map: SourceMap;
  readonly mutants: readonly Mutant[];
  /** Numbers of those to try. */
  readonly chosen: readonly number[];
  readonly reference: Reference;
  readonly input: MutateInput;
}

async function preparedRun(request: MutateRequest): Promise<PreparedRun> {
  const { source, sourcesOf } = mutationTarget(request.target);
  const module: MutableModule = {
    file: new WasmFile(source.bytes),
    map: new SourceMap(source.map, source.name),
  };
  const { file, function: name } = request;
  const sources = file === undefined ? sourcesOf(module.map.sources) : [file];
  const choice = { sources, function: name };
  const mutants = mutantsOf(module, choice);
  if (mutants.length === 0) throw new UserError(nothingToMutate(request));
  const reference = await Reference.of(module, mutants, allTestSets());
  const { expectations } = reference;
  const chosen = sampled(mutants.length, request);
  const programs = expectations.testSets.reduce((sum, { answers }) => sum + answers.length, 0);
  const start = { mutants: mutants.length, chosen: chosen.length, programs };
  request.onStart?.(start);
  const input = { source, choice, expectations };
  return { start, map: module.map, mutants, chosen, reference, input };
}

export async function mutate(request: MutateRequest): Promise<MutateResult> {
  const startMs = nowMs();
  if (request.resume === true && request.out !== undefined) {
    MutationJournal.requireIn(request.out);
  }
  const { start, ...run } = await preparedRun(request);
  const { mutants, chosen, input } = run;
  const { source, expectations } = input;
  const header: MutationJournalHeader = {
    target: request.target,
    module: digestOf((digest) => digest.bytes(source.bytes)),
    programs: digestOf((digest) => {
      for (const { answers } of expectations.testSets)
        for (const answer of answers) digest.long(answer);
    }),
  };
  const { journal, results } = openJournal(request, header);
  return {
    unstored: await tryAll({ ...run, request, journal, results }),
    ...start,
    target: request.target,
    sourceLines: (name) => run.map.linesOf(name),
    ...summed(request, mutants, chosen, results),
    isInterrupted: request.signal?.aborted === true,
    timeMs: nowMs() - startMs,
  };
}

function nothingToMutate({ target, function: name, file }: MutateRequest): string {
  const inFunction = name === undefined ? "" : ` in a function ${JSON.stringify(name)}`;
  const inFile = file === undefined ? "" : ` in ${file}`;
  return `${target}: there is nothing to mutate${inFunction}${inFile}`;
}

/** The numbers of those to try, in order. */
function sampled(count: number, { sample = count, seed = 1 }: MutateRequest): readonly number[] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  if (sample >= count) return numbers;
  const prng = new Prng({ high: 0, low: seed });
  for (let i = 0; i < sample; i++) {
    const other = i + prng.below(count - i);
    [numbers[i], numbers[other]] = [numbers[other], numbers[i]];
  }
  return numbers.slice(0, sample).sort((one, two) => one - two);
}

function digestOf(take: (digest: Digest) => void): string {
  const digest = new Digest();
  take(digest);
  return hex64OfWords(digest.high, digest.low);
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
}

/**
 * Stress programs that together tell apart every mutant which any of them does and no golden
 * program that a quick gate plays anyway: the quick sample.
 */
export async function quickSampleOf(request: MutateRequest): Promise<readonly string[]> {
  const { chosen, input, mutants, reference } = await preparedRun(request);
  const equivalents = request.equivalents ?? NO_EQUIVALENTS;
  const left = chosen.filter((number) => !equivalents.has(mutants[number].id));
  const pool = poolFor(request, input);
  pool.closeAt(request.signal);
  let done = 0;
  try {
    const covers = await pool.map(
      left,
      async (mutant) => {
        const job = { mutant, reached: reference.reachOf(mutants[mutant]) };
        const outcome = await pool.tryOnce("cover", job);
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

/** A program costs as much as it has operations. */
function costsOfPrograms(): (program: string) => number {
  const players = new Map(goldenPlayers().map((player) => [player.name, player]));
  return (program) => {
    const { set, number } = programNamed(program);
    return players.get(set)!.program(number).ops.length;
  };
}

function poolFor({ jobs: size = 1 }: MutateRequest, input: MutateInput): Pool<MutateJobs> {
  const file = { beside: import.meta.url, name: "worker", input };
  return new Pool<MutateJobs>({ file, size, limitMs: TIMEOUT_MS });
}

/**
 * CPU time for one mutant, which takes a second at worst. A budget ends loops inside of a mutant;
 * what it cannot end, a harness in a mutant's endless loop, ends with its thread.
 */
const TIMEOUT_MS = 30_000;

/** Tries all that are left, each on the first worker that is free. Returns what ended it early. */
async function tryAll(run: Run): Promise<UserError | undefined> {
  const { request, mutants, chosen, journal, results } = run;
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
  const pool = poolFor(request, run.input);
  const signal = AbortSignal.any([request.signal ?? [], unstored.signal].flat());
  pool.closeAt(signal);
  const work = async (number: number): Promise<void> => {
    const result = await tryMutant(pool, run, number);
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
  { mutants, reference }: Pick<Run, "mutants" | "reference">,
  number: number,
): Promise<MutantResult> {
  const mutant = mutants[number];
  const reached = reference.reachOf(mutant);
  const outcome = await pool.run("try", { mutant: number, reached });
  if (outcome.kind === "done") return outcome.answer;
  const stumble = `the worker ${outcome.how}: ${outcome.reason}`;
  return { id: mutant.id, state: "failed", programs: 0, ms: TIMEOUT_MS, stumble };
}

function summed(
  { equivalents = NO_EQUIVALENTS, function: name, file }: MutateRequest,
  mutants: readonly Mutant[],
  chosen: readonly number[],
  results: ReadonlyMap<string, MutantResult>,
): Pick<MutateResult, "tried" | "complaints"> {
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

/** Where the allocator of our core is; everything of another module but its libraries. */
const OWN_SOURCES = ["assembly/page/", "assembly/slab/"];
const LIBRARY = "~lib/";

interface MutationTarget {
  readonly source: ModuleSource;
  /** Which sources to mutate, given those that the map names. */
  readonly sourcesOf: (sources: readonly string[]) => readonly string[];
}

/** `slub`, or a .wasm file that has the exports of a core and a source map. */
function mutationTarget(name: string): MutationTarget {
  if (name === "slub") {
    return { source: moduleAt(pathOfCore("mutable")), sourcesOf: () => OWN_SOURCES };
  }
  if (!name.endsWith(".wasm")) {
    throw new UserError(`${JSON.stringify(name)} can not be mutated: slub can, or a .wasm file`);
  }
  const sourcesOf = (sources: readonly string[]): readonly string[] =>
    sources.filter((source) => !source.startsWith(LIBRARY));
  return { source: moduleAt(name), sourcesOf };
}

function moduleAt(path: string): ModuleSource {
  const bytes = new Uint8Array(readBinaryFile(path));
  compileOtherCore(bytes, path);
  const map = join(dirname(path), mapOf(bytes, path));
  const reword = (message: string) => `${path}: its source map ${message}`;
  return { name: map, bytes, map: reworded(reword, () => readTextFile(map)) };
}

/** The module says where its source map is. */
function mapOf(bytes: Uint8Array, path: string): string {
  const section = new WasmFile(bytes).custom("sourceMappingURL");
  if (section !== undefined) return decodeURIComponent(new ByteReader(section).text());
  throw new UserError(`${path}: has no source map: build it with one (asc --sourceMap --debug)`);
}
