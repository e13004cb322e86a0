// Runs the benchmark: group after group, each in several sittings. A sitting makes its contenders
// anew, so that where their memory happens to lie is drawn again, and with it what the caches of
// the machine make of it: two runs differ by that, too, and the sittings say how much.
import { counted } from "../../base/count_text.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import type { ForeignChoice } from "../../module/load/choice.ts";
import { loadForeign } from "../../module/load/load.ts";
import { adoptModule } from "../../slub/core/load.ts";
import type { ProfileName, Program } from "../../slub/program/op.ts";
import { INJECTED_BUGS } from "../../target/bug_names.ts";
import { coreBytes } from "../../targets/core_files.ts";
import { COUNTERS, type Figures, Meter, metered } from "../../wasm/meter.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { type Score, score } from "../score/score.ts";
import { SCORE_OUTCOMES, type ScoreOutcome } from "../score/score_tally.ts";
import { ForeignContender, type ForeignRequest } from "./foreign_contender.ts";
import { type Contender, type Measured, measure, YARDSTICK, yardstick } from "./measure.ts";
import {
  type ModuleProgramRequest,
  moduleProgramContender,
  requirePlayable,
} from "./module_contender.ts";
import type { BenchGroup, BenchResult, BenchRow, Detection } from "./result.ts";
import { BENCH_FORMAT, isDisturbed } from "./result.ts";
import type { CoreRequest, Space } from "./slub_contender.ts";
import { programContender, SlubContender, spaceOf } from "./slub_contender.ts";
import { ROUND, sizesOf } from "./stream.ts";
import type { BenchWorkload } from "./workloads.ts";

/** The user's own program, to be played instead of workloads. */
interface BenchProgram {
  readonly name: string;
  readonly program: Program;
}

/** What `runBench` takes. */
export interface BenchRequest {
  /** The machine that it runs on, as text for the result. */
  readonly machine: string;
  /** uniform, lifo, fifo, grow, phases, larson, xmalloc: docs/bench.md says what each does. */
  readonly workloads: readonly BenchWorkload[];
  /** A program of the kernel's operations, to be played instead of workloads. */
  readonly program?: BenchProgram;
  /** The same of a module's allocator: played on its target, and on the other allocators. */
  readonly moduleProgram?: ModuleProgramRequest;
  /** Bytes of an object, 8 to 8192: `320`, `64,320` (each as often as the other), or `mix`. */
  readonly sizes: string;
  /** Objects alive, about; a group for each number. */
  readonly live: readonly number[];
  /** Sets of slub_debug letters, `-` for none. */
  readonly options: readonly string[];
  readonly profiles: readonly ProfileName[];
  /** A variant of the kernel; default up, on v3.10 v310. */
  readonly boot?: string;
  /** Other allocators, which have no options. */
  readonly targets: readonly ForeignChoice[];
  /** Milliseconds for each contender of a group, all sittings together. */
  readonly timeMs: number;
  /** The set of options that the others are compared with. */
  readonly baseline: string;
  /** Cases of each bug class under each set of options; 0: detection is not measured. */
  readonly detectionCases: number;
}

const SITTINGS = 8;

/** Says what is being done. */
/** What is measured now, and how many of how many sittings, or cases of a scorecard, are done. */
type BenchProgress = (what: string, done: number, total: number) => void;

/**
 * Measures the contenders of each group side by side, in eight sittings, in the calling thread. It
 * takes about `timeMs` for each contender of a group. Throws a UserError for a size, a machine or a
 * target that cannot be.
 */
export async function runBench(
  request: BenchRequest,
  onProgress: BenchProgress = () => {},
): Promise<BenchResult> {
  const groups: BenchGroup[] = [];
  const loads = loadsOf(request);
  for (const [at, load] of loads.entries()) {
    const onSitting = (sitting: number): void =>
      onProgress(load.name, at * SITTINGS + sitting, loads.length * SITTINGS);
    groups.push(await groupOf(request, load, onSitting));
  }
  return {
    format: BENCH_FORMAT,
    slabfuzz: slabfuzzVersion(),
    machine: request.machine,
    counters: COUNTERS,
    groups,
    detection: await detections(request, onProgress),
  };
}

/** What is going to be measured, and for about how long. Refuses what `runBench` refuses. */
export function benchPlan(request: BenchRequest): string {
  const loads = loadsOf(request);
  const contenders = loads[0].candidates.length;
  const seconds = (loads.length * contenders * request.timeMs) / 1000;
  const hasCases = request.detectionCases > 0 && request.moduleProgram === undefined;
  const cases = !hasCases ? "" : ", then what each set of options detects";
  return (
    `${counted(loads.length, "group")} of ${counted(contenders, "contender")}, ` +
    `${request.timeMs}ms for each: about ${Math.ceil(seconds)} s${cases}`
  );
}

function detections(
  { detectionCases: cases, options, profiles, boot, moduleProgram }: BenchRequest,
  onProgress: BenchProgress,
): Promise<readonly Detection[]> {
  if (cases === 0 || moduleProgram !== undefined) return Promise.resolve([]);
  return detectionOf({ profile: profiles[0], boot, options, cases, onProgress });
}

/** One that takes part: the core under some options, or another allocator. */
interface Candidate {
  readonly name: string;
  /** Letters of slub_debug; undefined for an allocator that has no options. */
  readonly options?: string;
  /** Made anew for each sitting. */
  readonly begin: () => Sitter;
  /** By operation, in the order of COUNTERS; undefined where it cannot be counted. */
  readonly executed: () => Figures | undefined;
}

/** A contender, and where its memory goes where that can be told. */
interface Sitter {
  readonly contender: Contender;
  readonly space?: () => Space;
}

/** What a group plays, and the contenders that play it. */
interface Load {
  readonly name: string;
  readonly workload: string;
  readonly sizes: string;
  readonly live: number;
  readonly candidates: readonly Candidate[];
}

function loadsOf(request: BenchRequest): readonly Load[] {
  const { program, moduleProgram, workloads, live, targets } = request;
  if (moduleProgram !== undefined) return [moduleLoad(moduleProgram, targets)];
  if (program !== undefined) return [programLoad(program, request)];
  return workloads.flatMap((one) => live.map((count) => workloadLoad(one, count, request)));
}

function workloadLoad(workload: BenchWorkload, live: number, request: BenchRequest): Load {
  const { sizes, boot, targets } = request;
  const traffic = { workload, live, mix: sizesOf(sizes) };
  const cores = coresOf(request).map((one): Candidate => {
    // What debug options cost is what their checks cost.
    const asked = { ...one, ...traffic, boot, isThorough: true };
    const begin = () => {
      const contender = new SlubContender(asked);
      return { contender, space: () => spaceOf(contender) };
    };
    return { ...one, begin, executed: () => executedBySlub(asked) };
  });
  const others = targets.map((choice): Candidate => {
    const name = choice.target;
    const asked = { name, choice, ...traffic };
    const begin = () => ({ contender: new ForeignContender(asked) });
    return { name, begin, executed: () => executedByForeign(asked) };
  });
  const name = `${workload}, ${sizes} B, ${live} live`;
  return { name, workload, sizes, live, candidates: [...cores, ...others] };
}

/** A program of the script language is for the core alone. */
function programLoad({ name, program }: BenchProgram, request: BenchRequest): Load {
  const candidates = coresOf(request).map(({ name: row, profile, options }): Candidate => {
    const machine = { profile, boot: request.boot, slubDebug: options };
    const begin = () => ({ contender: programContender({ name: row, program, machine }) });
    return { name: row, options, begin, executed: () => undefined };
  });
  return { name, workload: name, sizes: "-", live: 0, candidates };
}

/** One of a module's allocator is for allocators of modules: the first is the one it names. */
function moduleLoad(asked: ModuleProgramRequest, others: readonly ForeignChoice[]): Load {
  requirePlayable(asked);
  const candidates = [asked.choice, ...others].map((choice): Candidate => {
    const begin = () => ({ contender: moduleProgramContender({ ...asked, choice }) });
    return { name: choice.target, begin, executed: () => undefined };
  });
  return { name: asked.name, workload: asked.name, sizes: "-", live: 0, candidates };
}

interface CoreRow {
  readonly name: string;
  readonly profile: ProfileName;
  readonly options: string;
}

function coresOf({ profiles, options, boot }: BenchRequest): readonly CoreRow[] {
  return profiles.flatMap((profile) =>
    options.map((letters) => ({
      name: [profile, boot, letters].filter((word) => word !== undefined).join(" "),
      profile,
      options: letters,
    })),
  );
}

async function groupOf(
  request: BenchRequest,
  load: Load,
  onSitting: (done: number) => void,
): Promise<BenchGroup> {
  const sittings: Sitting[] = [];
  for (let sitting = 0; sitting < SITTINGS; sitting++) {
    onSitting(sitting);
    sittings.push(await sit(request, load));
  }
  return groupFrom(request, load, sittings);
}

interface Sitting {
  /** In the order of the candidates; the yardstick comes last. */
  readonly times: readonly Measured[];
  readonly spaces: readonly (Space | undefined)[];
}

async function sit({ timeMs }: BenchRequest, { candidates }: Load): Promise<Sitting> {
  const sitters: Sitter[] = candidates.map((candidate) => candidate.begin());
  const contenders = [...sitters.map(({ contender }) => contender), yardstick()];
  const times = await measure(contenders, timeMs / SITTINGS);
  return {
    times,
    spaces: sitters.map(({ space }) => space?.()),
  };
}

function groupFrom(
  { baseline }: BenchRequest,
  { name, workload, sizes, live, candidates }: Load,
  sittings: readonly Sitting[],
): BenchGroup {
  const base = Math.max(
    0,
    candidates.findIndex(({ options }) => options === baseline),
  );
  const baseTime = middle(sittings.map(({ times }) => times[base].p10));
  const rows = candidates.map((candidate, i): BenchRow => {
    const inYardsticks = sittings.map(({ times }) => pairedRatio(times[i], yardstickOf(times)));
    const p10 = middle(sittings.map(({ times }) => times[i].p10));
    const median = middle(sittings.map(({ times }) => times[i].median));
    return {
      name: candidate.name,
      options: candidate.options,
      p10,
      median,
      disturbed: isDisturbed({ p10, median }),
      ratio: p10 / baseTime,
      yardsticks: middle(inYardsticks),
      sittings: inYardsticks,
      executed: candidate.executed(),
      space: sittings[sittings.length - 1].spaces[i],
    };
  });
  const yard = middle(sittings.map(({ times }) => yardstickOf(times).p10));
  return { name, workload, sizes, live, baseline: candidates[base].name, yardstick: yard, rows };
}

function yardstickOf(times: readonly Measured[]): Measured {
  return times.find(({ name }) => name === YARDSTICK)!;
}

/** The middle one of the ratios of rounds that lay side by side. */
function pairedRatio(one: Measured, other: Measured): number {
  const rounds = Math.min(one.rounds.length, other.rounds.length);
  return middle(Array.from({ length: rounds }, (_, n) => one.rounds[n] / other.rounds[n]));
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const SEED = 1n;
const OPS = 60;
/** No fault of the options. */
const NOTHING_TO_SEE: ScoreOutcome = "not applicable";

interface DetectionRequest {
  readonly profile: ProfileName;
  readonly boot?: string;
  /** Sets of slub_debug letters. */
  readonly options: readonly string[];
  /** Of each class under each set. */
  readonly cases: number;
  readonly onProgress: BenchProgress;
}

async function detectionOf(request: DetectionRequest): Promise<readonly Detection[]> {
  const { profile, boot, options, cases, onProgress } = request;
  const found = await score({
    bugs: INJECTED_BUGS,
    profiles: [profile],
    options,
    machine: { boot },
    cases,
    seed: SEED,
    opCountMax: OPS,
    jobs: 1,
    onProgress: ({ cell, done, total }) =>
      onProgress(`what ${cell.options} sees of ${cell.bug}`, done, total),
  });
  return options.map((letters) => sumOf(found, letters));
}

function sumOf({ cells }: Score, options: string): Detection {
  const own = cells.filter((cell) => cell.options === options);
  const count = (outcome: ScoreOutcome): number =>
    own.reduce((sum, { data }) => sum + (data.outcomes[outcome] ?? 0), 0);
  const counted = SCORE_OUTCOMES.filter((outcome) => outcome !== NOTHING_TO_SEE);
  const cases = counted.reduce((sum, outcome) => sum + count(outcome), 0);
  return { options, cases, detected: count("detected") };
}

/**
 * What an operation executes is counted on a metered module: the same on every machine, unlike its
 * time.
 */
const METERED_CORE = "other:metered-for-bench";
let isAdopted = false;

function adoptMeteredCore(): void {
  if (isAdopted) return;
  adoptModule(METERED_CORE, new WebAssembly.Module(metered(new WasmFile(coreBytes("slub")))));
  isAdopted = true;
}

/** By operation, in the order of COUNTERS. */
function executedBySlub(request: CoreRequest): Figures {
  adoptMeteredCore();
  const contender = new SlubContender({ ...request, core: METERED_CORE });
  return countedRound(contender, contender.heap.core as unknown as WebAssembly.Exports);
}

/** The same; undefined where the module has unknown instructions. */
function executedByForeign(request: ForeignRequest): Figures | undefined {
  const bytes = meteredOrNot(loadForeign(request.choice).bytes);
  if (bytes === undefined) return undefined;
  const contender = new ForeignContender({ ...request, module: new WebAssembly.Module(bytes) });
  return countedRound(contender, contender.guest.exports);
}

function meteredOrNot(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  try {
    return metered(new WasmFile(bytes));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function countedRound(contender: Contender, exports: WebAssembly.Exports): Figures {
  const meter = new Meter(exports);
  const before = meter.read();
  contender.round();
  return meter.read().map((figure, i) => (figure - before[i]) / ROUND);
}
