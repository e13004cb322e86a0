// What a team's own test suite imports as slabfuzz/vitest: the checks of single programs and of one
// kind of programs, and those of the gate, one test each. They throw errors with all that is
// needed to go on, and so fit vitest and any other runner.
//
//   import { allocatorChecks, checkAllocator } from "slabfuzz/vitest";
//   it("keeps its rules", () => checkAllocator({ cases: 2000, machine: { slubDebug: "FZP" } }));
//   describe("my core", () => {
//     for (const { name, run } of allocatorChecks({ target: "build/my.wasm" })) it(name, run);
//   });
import "../../targets/core_files.ts";
import { choiceOf } from "../../module/load/choice.ts";
import { meansModule } from "../../module/load/meant.ts";
import { moduleOptions } from "../../module/options.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { CaseEngine } from "../../slub/engine.ts";
import { heapFor, onCore, parseCore } from "../../slub/named_core.ts";
import { type SlubRequest, slubOptions } from "../../slub/options.ts";
import { machineFor } from "../../slub/program/boot.ts";
import { decode } from "../../slub/program/decode.ts";
import type { Program } from "../../slub/program/op.ts";
import { parseScript, printScript } from "../../slub/program/text.ts";
import { judgeProgram } from "../../slub/run/case.ts";
import { CandidateRunner } from "../../slub/shrink/candidate_runner.ts";
import { shrink } from "../../slub/shrink/shrink.ts";
import { tokenOfCase } from "../../slub/token.ts";
import type { BugName } from "../../target/bug_names.ts";
import type { MachineOverrides } from "../../target/options.ts";
import type { AnyCheck, Check, CheckFinding } from "../gate/check.ts";
import { messageOf } from "../gate/check_section.ts";
import { ModuleBench } from "../gate/module_bench.ts";
import {
  claimChecks,
  type ModuleCheckPlan,
  moduleChecks,
  refuseClaims,
} from "../gate/module_plan.ts";
import { fastChecks, fullChecks } from "../gate/plan.ts";
import { type Reproducer, reproducerOf } from "../gate/reproducer.ts";
import { runChecks } from "../gate/run_checks.ts";

export interface AllocatorChecksRequest {
  /** `slub`, `canary:NAME`, a file that ends in .wasm, or a package with an allocator. */
  readonly target?: string;
  /** How a module is called whose exports say nothing: malloc=NAME,free=NAME,... */
  readonly exports?: string;
  /** All checks of a full `slabfuzz ci`, and not only the fast ones. */
  readonly full?: boolean;
  /** Bug classes that a module claims to detect, by giving up in time; default none. */
  readonly detects?: readonly BugName[];
}

/** One check of the gate as a test. */
export interface AllocatorCheck {
  readonly name: string;
  /** Throws a FindingError with the smallest program, if anything is wrong. */
  readonly run: () => void;
}

/** The checks of `slabfuzz ci` on an allocator, sections (a) and (b), each as a test. */
export function allocatorChecks(request: AllocatorChecksRequest = {}): readonly AllocatorCheck[] {
  const { target = "slub", exports, full = false, detects = [] } = request;
  if (meansModule(target, exports)) {
    const checks = moduleChecks(choiceOf({ target, exports }), !full, detects);
    return checks.map((check) => ({ name: check.name, run: () => runModuleCheck(check) }));
  }
  refuseClaims(target, detects);
  const checks = full ? fullChecks() : fastChecks();
  return checks.map((check) => ({ name: check.name, run: () => runCheck(target, check) }));
}

function runCheck(targetName: string, check: Check): void {
  const target = parseCore(targetName);
  const [{ findings }] = runChecks(target, [check], { endsAtFinding: true });
  if (findings.length > 0) throw errorOfCheck(targetName, check, findings[0]);
}

function errorOfCheck(targetName: string, check: Check, finding: CheckFinding): FindingError {
  const reproducer = reproducerOf(parseCore(targetName), check, finding);
  return errorOfReproducer(check, finding, reproducer);
}

function errorOfReproducer(
  check: AnyCheck,
  finding: CheckFinding,
  { script, token, explanation, dump }: Reproducer,
): FindingError {
  const { verdict, signature } = finding;
  const replay = token === undefined ? [] : [`replay: slabfuzz replay ${token}`];
  const lines = [messageOf(check, finding), `${verdict}: ${signature}`, "", script];
  return new FindingError({ verdict, signature, script }, [
    ...lines,
    ...explanation,
    ...dump,
    ...replay,
  ]);
}

/** A loop of the module without an end has fuel, and is a finding as others are. */
function runModuleCheck(check: ModuleCheckPlan): void {
  const bench = ModuleBench.here(check.options);
  const [finding] = bench.check(check, { endsAtFinding: true }).findings;
  if (finding === undefined) return;
  throw errorOfReproducer(check, finding, bench.reproducer(check, finding));
}

const DEFAULT_CASES = 1000;
/** A program of a module has up to 2000 operations. */
const DEFAULT_MODULE_CASES = 100;
/** The default seed: a test suite should do the same each time. */
const DEFAULT_SEED = 1n;

export interface CheckRequest extends Omit<SlubRequest, "bugs" | "twins"> {
  /** Default 1000, of a module 100. */
  readonly cases?: number;
  /** How a module is called whose exports say nothing: malloc=NAME,free=NAME,... */
  readonly exports?: string;
  /** Bug classes that a module claims to detect, by giving up in time; default none. */
  readonly detects?: readonly BugName[];
}

/** What a check found wrong. */
export class FindingError extends Error {
  override readonly name = "FindingError";
  readonly verdict: string;
  readonly signature: string;
  /** The smallest program that shows it, as a script. */
  readonly script: string;

  constructor(finding: Omit<FindingError, keyof Error | "name">, lines: readonly string[]) {
    super(lines.join("\n"));
    this.verdict = finding.verdict;
    this.signature = finding.signature;
    this.script = finding.script;
  }
}

/**
 * Runs clean programs with every invariant checked, on a core or on a module with an allocator of
 * its own, and then as many with each mistake that the module claims to detect; throws a
 * FindingError at the first that shows anything, or for a class of which nothing was detected.
 */
export function checkAllocator({
  cases,
  exports,
  detects = [],
  ...request
}: CheckRequest = {}): void {
  const { target = "slub" } = request;
  if (!meansModule(target, exports)) {
    refuseClaims(target, detects);
    checkCore(request, cases);
    return;
  }
  const options = moduleOptions({
    ...{ seed: DEFAULT_SEED, ...request, target, exports },
    bugs: ["none"],
  });
  const count = cases ?? DEFAULT_MODULE_CASES;
  runModuleCheck({ name: target, kind: "invariants", options, cases: count, caught: [] });
  for (const check of claimChecks(choiceOf({ target, exports }), true, detects)) {
    runModuleCheck({ ...check, cases: count });
  }
}

function checkCore(request: Omit<SlubRequest, "bugs" | "twins">, cases = DEFAULT_CASES): void {
  const options = slubOptions({ seed: DEFAULT_SEED, ...request, bugs: ["none"] });
  const engine = new CaseEngine(options);
  for (let number = 0; number < cases; number++) {
    engine.run(number);
    if (engine.verdict === "ok") continue;
    const { verdict, signature, image } = engine;
    const shown = { verdict, signature: signature.text };
    const token = tokenOfCase(options, engine.machine, image, number);
    const target = parseCore(options.target);
    const newHeap = () => heapFor(target);
    const program = onCore(decode(image, engine.machine), target);
    const replay = `replay: slabfuzz replay ${token}`;
    throw errorOf(shown, smallest(program, newHeap), [`case ${number}`], replay);
  }
}

/** Throws if a program, or a script, shows anything at all. */
export function expectNoFinding(source: Program | string, machine: MachineOverrides = {}): void {
  const program = programOf(source);
  const resolved = machineFor(program, machine);
  const { verdict, signature } = judgeProgram(program, resolved);
  if (verdict === "ok") return;
  const shrunk = shrink(program, { machine }).program;
  const replay = "replay: save the script and run slabfuzz replay FILE";
  throw errorOf({ verdict, signature }, shrunk, [], replay);
}

/** Throws unless a program, or a script, shows just that. */
export function expectFinding(
  source: Program | string,
  expected: { readonly verdict?: string; readonly signature?: string },
  machine: MachineOverrides = {},
): void {
  const program = programOf(source);
  const { verdict, signature } = judgeProgram(program, machineFor(program, machine));
  const isVerdict = expected.verdict === undefined || expected.verdict === verdict;
  const isSignature = expected.signature === undefined || expected.signature === signature;
  if (isVerdict && isSignature) return;
  const wanted = [expected.verdict, expected.signature].filter((one) => one !== undefined);
  throw errorOf({ verdict, signature }, program, [`instead of ${wanted.join(": ")}`], "");
}

function programOf(source: Program | string): Program {
  return typeof source === "string" ? parseScript(source, "script") : source;
}

/** What only the census of a campaign sees does not show in a replay, and cannot be shrunk. */
function smallest(program: Program, newHeap: () => SlabHeap): Program {
  const isShown = new CandidateRunner(newHeap).run(program) !== undefined;
  return isShown ? shrink(program, { newHeap }).program : program;
}

function errorOf(
  shown: { readonly verdict: string; readonly signature: string },
  program: Program,
  notes: readonly string[],
  replay: string,
): FindingError {
  const script = printScript(program);
  const lines = [`${shown.verdict}: ${shown.signature}`, ...notes, "", script, replay];
  return new FindingError({ ...shown, script }, lines);
}
