// A whole run of the gate, as one call: what `slabfuzz ci` does, for programs that import slabfuzz.
//
//   const { findings } = await runGate({ target: "build/my.wasm", isQuick: true });
//
// All sections but the last are the same cases each time; that one is a campaign, and ends by the
// clock.
import { nowMs, today } from "../../base/clock.ts";
import { omit } from "../../base/fields.ts";
import { requireAllEntries } from "../../base/json_file.ts";
import { freshSeed } from "../../base/prng.ts";
import { parseCore } from "../../slub/named_core.ts";
import type { BugName } from "../../target/bug_names.ts";
import { type CampaignRequest, isModule, refuseLimits } from "../../targets/targets.ts";
import { type Baseline, EMPTY_BASELINE, statusIn } from "./baseline.ts";
import { canarySection } from "./canary_section.ts";
import { checkSection } from "./check_section.ts";
import { CoreGateTarget } from "./core_gate_target.ts";
import type { CorpusEntry } from "./corpus.ts";
import { corpusSection } from "./corpus_section.ts";
import { type CostRequest, costSection } from "./cost_section.ts";
import { exhaustSection } from "./exhaust_section.ts";
import { fuzzSection } from "./fuzz_section.ts";
import type { GateTarget } from "./gate_target.ts";
import { requireAllGolden } from "./golden.ts";
import { type GoldenBaseline, goldenSection } from "./golden_section.ts";
import { ModuleGateTarget } from "./module_gate_target.ts";
import { refuseClaims } from "./module_plan.ts";
import { fastChecks, sheafChecks } from "./plan.ts";
import { type GateFinding, type GateResult, SECTION_NAMES, type SectionName } from "./result.ts";
import type { RawFinding, SectionOutcome, SectionRequest } from "./section.ts";
import { writeUpFindings } from "./write_up.ts";

/** What `runGate` takes; every field may be left out. */
export interface GateRequest {
  /**
   * `slub` (the default), `canary:NAME`, a file that ends in .wasm, or whatever else a campaign
   * takes: a core with the exports of ours, or a module with an allocator of its own.
   */
  readonly target?: string;
  /** How a module is called whose exports say nothing: malloc=NAME,free=NAME,... */
  readonly exports?: string;
  /** Turns of loops that a module may make at a time, and bytes that its memory may have. */
  readonly fuel?: number;
  readonly memory?: number;
  /** Bug classes that a module claims to detect, by giving up in time; default none. */
  readonly detects?: readonly BugName[];
  /** The fast part only; default false. */
  readonly isQuick?: boolean;
  /** Worker threads; default 1. */
  readonly jobs?: number;
  /** Milliseconds of CPU time that one case may take; default 2000, of a module 10 000. */
  readonly timeoutMs?: number;
  /** Seed of the campaign at the end; by default a fresh one is drawn. */
  readonly seed?: bigint;
  /** How many milliseconds that campaign takes; default 30 000, with `isQuick` 2000. */
  readonly fuzzMs?: number;
  /** What it runs; by default some campaigns in turn, of a core with misuse, too. */
  readonly campaigns?: readonly CampaignRequest[];
  /** The entries that `readCorpus` gave; by default that section is skipped. */
  readonly corpus?: readonly CorpusEntry[];
  /** What the target is known to answer, and what its operations cost: from files, if any. */
  readonly golden?: GoldenBaseline;
  readonly cost?: CostRequest;
  /** Findings that are known and do not fail the gate; default none. */
  readonly baseline?: Baseline;
  /** Such as 2027-03-01: entries of the baseline expire by it; default the day of the clock. */
  readonly today?: string;
  /** Sections to run, all by default. */
  readonly sections?: readonly SectionName[];
  /** The seed is drawn, and the first case is about to run. */
  readonly onStart?: (start: GateStart) => void;
  readonly onProgress?: (progress: GateProgress) => void;
  /** Ends the run after the jobs that run at the moment; the result says `interrupted`. */
  readonly signal?: AbortSignal;
}

export interface GateStart {
  readonly target: string;
  readonly isQuick: boolean;
  readonly seed: bigint;
  readonly jobs: number;
}

export interface GateProgress {
  readonly section: SectionName | "findings";
  readonly done: number;
  readonly total: number;
}

const FUZZ_MS = 30_000;
const QUICK_FUZZ_MS = 2000;

/**
 * Runs the gate on a target, on watched worker threads, and writes no file. Throws a UserError for
 * a target that does not exist, or is neither a core nor a module with an allocator, never for what
 * a target does.
 */
export async function runGate(request: GateRequest = {}): Promise<GateResult> {
  const { isQuick = false, jobs = 1, seed = freshSeed(), timeoutMs, signal } = request;
  const target = await gateTargetOf(request);
  requireWholeFiles(target, request);
  const startMs = nowMs();
  const pool = target.newPool(jobs, timeoutMs);
  request.onStart?.({ target: target.name, isQuick, seed, jobs });
  try {
    const outcomes = await runSections(request, { target, pool, signal }, seed);
    const raw = outcomes.flatMap(({ findings }) => findings);
    const total = new Set(raw.map(({ finding }) => finding.signature)).size;
    const onDone = (done: number) => request.onProgress?.({ section: "findings", done, total });
    const written = await writeUpFindings(target, pool, raw, onDone);
    return {
      target: target.name,
      isQuick,
      seed,
      sections: outcomes.map(({ result }) => result),
      findings: judged(target, written, request),
      seconds: secondsSince(startMs),
      interrupted: signal?.aborted === true,
    };
  } finally {
    await pool.close();
  }
}

async function gateTargetOf(request: GateRequest): Promise<GateTarget> {
  const { target = "slub", exports, fuel, memory, detects = [] } = request;
  if (await isModule(target, exports)) {
    return await ModuleGateTarget.of({ target, exports, fuel, memory }, detects);
  }
  refuseLimits(target, { fuel, memory });
  refuseClaims(target, detects);
  return new CoreGateTarget(parseCore(target));
}

/** Entries that a file has lost would never be checked. */
function requireWholeFiles(target: GateTarget, { golden, cost }: GateRequest): void {
  if (golden !== undefined && target.core !== undefined) {
    requireAllGolden(golden.digests, golden.path, target.name);
  }
  if (cost === undefined) return;
  const { baseline: found, path: file } = cost;
  const remedy = `slabfuzz cost ${target.words} --update`;
  requireAllEntries({ found, names: target.costRows, file, remedy });
}

async function runSections(
  request: GateRequest,
  common: Omit<SectionRequest, "onProgress">,
  seed: bigint,
): Promise<readonly SectionOutcome[]> {
  const { target } = common;
  const checks = target.checks(request.isQuick === true);
  const { corpus, golden, cost } = request;
  const fuzzMs = request.fuzzMs ?? (request.isQuick === true ? QUICK_FUZZ_MS : FUZZ_MS);
  const runners: Readonly<Record<SectionName, (one: SectionRequest) => Promise<SectionOutcome>>> = {
    invariants: (one) => checkSection("invariants", ["invariants"], checks, one),
    detectors: (one) => checkSection("detectors", ["detectors", "twins"], checks, one),
    canaries: (one) => canarySection([...fastChecks(), ...sheafChecks()], one),
    exhaust: (one) => exhaustSection(request.isQuick === true, one),
    golden: (one) => goldenSection(golden, request.isQuick === true, one),
    cost: (one) => costSection(cost, one),
    corpus: (one) => corpusSection(corpus, one),
    fuzz: (one) => {
      return fuzzSection({ timeMs: fuzzMs, slices: target.slices(seed, request.campaigns) }, one);
    },
  };
  const outcomes: SectionOutcome[] = [];
  for (const section of request.sections ?? SECTION_NAMES) {
    if (common.signal?.aborted === true) break;
    const startMs = nowMs();
    const onProgress = (done: number, total: number) =>
      request.onProgress?.({ section, done, total });
    const { result, findings } = await runners[section]({ ...common, onProgress });
    outcomes.push({ result: { ...result, seconds: secondsSince(startMs) }, findings });
  }
  return outcomes;
}

function secondsSince(startMs: number): number {
  return Math.round(nowMs() - startMs) / 1000;
}

/** What the baseline says of each. */
function judged(
  target: GateTarget,
  findings: readonly (RawFinding & Pick<GateFinding, "reproducer">)[],
  { baseline = EMPTY_BASELINE, today: day = today() }: GateRequest,
): readonly GateFinding[] {
  return findings
    .map(({ section, check, finding, message, isExcusable, reproducer }) => {
      const shown = omit(finding, "opCount", "caseNumber");
      const status = isExcusable ? statusIn(baseline, finding, day) : ("gate" as const);
      const rules = target.rulesOf(check);
      const words = reproducer.broke === undefined ? message : `${message} (${reproducer.broke})`;
      const seen = { section, check: check.name, rules, message: words };
      return { ...shown, ...seen, reproducer, status };
    })
    .sort(byWeight);
}

/** What needs attention comes first, then what is short to read. */
function byWeight(one: GateFinding, other: GateFinding): number {
  const difference = weightOf(one) - weightOf(other);
  return difference !== 0 ? difference : one.reproducer.operations - other.reproducer.operations;
}

/** A program of the corpus that fails, or is answered otherwise, mostly tells what others do. */
function weightOf({ status, section }: GateFinding): number {
  if (status === "known") return 3;
  if (section === "corpus" || section === "golden") return 2;
  return status === "gate" ? 0 : 1;
}
