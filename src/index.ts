// The library. docs/library.md says what each name is for.

export { UserError } from "./base/user_error.ts";
export { type FuzzRequest, type FuzzResult, fuzz } from "./campaign/fuzz.ts";
export { type MergeRequest, merge } from "./campaign/merge.ts";
export type { Summary, SummaryFinding } from "./campaign/summary.ts";
export type { Check, CheckResult } from "./checks/gate/check.ts";
export { readCorpus } from "./checks/gate/corpus.ts";
export { type GateRequest, runGate } from "./checks/gate/gate.ts";
export { fastChecks, fullChecks } from "./checks/gate/plan.ts";
export type { GateFinding, GateResult } from "./checks/gate/result.ts";
export { runChecks } from "./checks/gate/run_checks.ts";
export { defineConfig } from "./cli/config/settings.ts";
export type { FuzzConfig } from "./cli/options/campaign_options.ts";
export type { BenchResult } from "./compare/bench/result.ts";
export { type BenchRequest, runBench } from "./compare/bench/run.ts";
export { layoutsOf } from "./compare/layout/layout.ts";
export { type Matrix, matrixOf } from "./compare/matrix/matrix.ts";
export { OPTION_SETS } from "./compare/option_sets.ts";
export { type Score, type ScoreRequest, score } from "./compare/score/score.ts";
export { type ExportFormat, exportProgram } from "./export/export.ts";
export {
  type Exhausted,
  type ExhaustRequest,
  exhaust,
} from "./search/exhaust.ts";
export { type GuidedRequest, type GuidedResult, guidedFuzz } from "./search/guided.ts";
export { type Minimised, type MinimiseRequest, minimiseCorpus } from "./search/minimise.ts";
export { exhaustMistakes, type MistakeRequest, type Mistakes } from "./search/mistakes.ts";
export { SlabHeap } from "./slub/core/heap.ts";
export { heapOf } from "./slub/named_core.ts";
export { INVARIANTS } from "./slub/oracle/violation.ts";
export { machineFor, resolveMachine } from "./slub/program/boot.ts";
export type { Machine } from "./slub/program/machine.ts";
export type { Header, Program, ProgramOp } from "./slub/program/op.ts";
export { parseScript, printScript } from "./slub/program/text.ts";
export { type Case, judgeProgram } from "./slub/run/case.ts";
export { type ReplayStep, replay } from "./slub/run/replay.ts";
export {
  type ShrinkOptions,
  type ShrinkResult,
  shrink,
  shrinkPatiently,
} from "./slub/shrink/shrink.ts";
export { KernelLog } from "./slub/words/dmesg.ts";
export { logOf } from "./slub/words/log.ts";
export { BUG_NAMES } from "./target/bug_names.ts";
export type { CampaignOptions, MachineOverrides } from "./target/options.ts";
export type { TargetProgram } from "./target/program.ts";
export { VERDICTS } from "./target/verdict.ts";
export { programOfScript, programOfToken } from "./targets/targets.ts";
