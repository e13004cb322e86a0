export { ABI_VERSION } from "./abi.ts";
export { Prng, randomU32, type SeedWords } from "./base/prng.ts";
export { UserError } from "./base/user_error.ts";
export { slabfuzzVersion } from "./base/version.ts";
export { type FuzzRequest, type FuzzResult, fuzz } from "./campaign/fuzz.ts";
export { type MergeRequest, merge } from "./campaign/merge.ts";
export type { Summary, SummaryFinding } from "./campaign/summary.ts";
export type { Check, CheckFinding, CheckResult } from "./checks/gate/check.ts";
export { type CorpusEntry, readCorpus } from "./checks/gate/corpus.ts";
export { type GateRequest, runGate } from "./checks/gate/gate.ts";
export { fastChecks, fullChecks } from "./checks/gate/plan.ts";
export type { GateFinding, GateResult } from "./checks/gate/result.ts";
export { type RunChecksOptions, runChecks } from "./checks/gate/run_checks.ts";
export { defineConfig, type FailOn, type FuzzConfig } from "./cli/config/fuzz_config.ts";
export { findConfig, loadConfig } from "./cli/config/load.ts";
export { type BenchChange, type BenchComparison, compareBench } from "./compare/bench/compare.ts";
export type { BenchGroup, BenchResult, BenchRow } from "./compare/bench/result.ts";
export { type BenchRequest, runBench } from "./compare/bench/run.ts";
export {
  type LayoutColumn,
  type Layouts,
  layoutsOf,
  type SlotLayout,
} from "./compare/layout/layout.ts";
export {
  type Matrix,
  type MatrixCell,
  type MatrixRequest,
  matrixOf,
  type Symptom,
  symptomsOf,
} from "./compare/matrix/matrix.ts";
export { type MatrixPage, matrixPage } from "./compare/matrix/matrix_page.ts";
export { OPTION_SETS, TELLING_SETS } from "./compare/option_sets.ts";
export { representativeOf } from "./compare/score/representative.ts";
export { type Score, type ScoreCell, type ScoreRequest, score } from "./compare/score/score.ts";
export { type ScorePage, scorePage } from "./compare/score/score_page.ts";
export { figuresOf, type ScoreFigures, scoreRecord } from "./compare/score/score_record.ts";
export { EXPORT_FORMATS, type ExportFormat, exportProgram } from "./export/export.ts";
export { decodeEvent, decodeEvents, type KernelEvent } from "./slub/core/event.ts";
export { measureCache } from "./slub/core/geometry.ts";
export { type OpResult, SlabHeap } from "./slub/core/heap.ts";
export { type CacheState, inspectCache, walkChain } from "./slub/core/inspect.ts";
export { type CacheFields, existingCaches, readCache } from "./slub/core/kmem_cache.ts";
export { readBytes, readLong } from "./slub/core/memory.ts";
export { type PageFields, readPage, slabOf } from "./slub/core/struct_page.ts";
export type { SwitchName } from "./slub/gen/features.ts";
export { FEATURE_NAMES, type FeatureName } from "./slub/gen/features.ts";
export { WORKLOAD_NAMES, type WorkloadName } from "./slub/gen/options.ts";
export { heapOf } from "./slub/named_core.ts";
export { INVARIANTS, type Invariant } from "./slub/oracle/violation.ts";
export { bootLettersFor, headerOf, machineFor, resolveMachine } from "./slub/program/boot.ts";
export { decode } from "./slub/program/decode.ts";
export { encode } from "./slub/program/encode.ts";
export { ProgramImage } from "./slub/program/image.ts";
export type { Machine, VariantName } from "./slub/program/machine.ts";
export type { Address, Header, ProfileName, Program, ProgramOp } from "./slub/program/op.ts";
export { parseScript, printScript } from "./slub/program/text.ts";
export { type Case, judgeProgram } from "./slub/run/case.ts";
export { type ReplayOptions, type ReplayStep, replay } from "./slub/run/replay.ts";
export type { Slip } from "./slub/shrink/same_bug.ts";
export {
  type PatientOptions,
  type ShrinkOptions,
  type ShrinkProgress,
  type ShrinkResult,
  shrink,
  shrinkPatiently,
} from "./slub/shrink/shrink.ts";
export { type Comparison, compareLogs } from "./slub/words/compare.ts";
export { KernelLog } from "./slub/words/dmesg.ts";
export { LogWriter, logOf } from "./slub/words/log.ts";
export { type ReplayRecord, replayRecord } from "./slub/words/replay_record.ts";
export { type TranscriptOp, transcriptOf } from "./slub/words/transcript.ts";
export { BUG_NAMES, type BugName } from "./target/bug_names.ts";
export { IMPACTS, type Impact } from "./target/impact.ts";
export type { CampaignOptions, MachineOverrides } from "./target/options.ts";
export type { TargetProgram } from "./target/program.ts";
export { VERDICTS, type Verdict } from "./target/verdict.ts";
export { programOfScript, programOfToken } from "./targets/targets.ts";
