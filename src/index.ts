export { ABI_VERSION } from "./abi.ts";
export { Prng, randomU32, type SeedWords } from "./base/prng.ts";
export { UserError } from "./base/user_error.ts";
export { slabfuzzVersion } from "./base/version.ts";
export { type BenchChange, type BenchComparison, compareBench } from "./bench/compare.ts";
export type { BenchGroup, BenchResult, BenchRow } from "./bench/result.ts";
export { type BenchRequest, runBench } from "./bench/run.ts";
export { type FuzzRequest, type FuzzResult, fuzz } from "./campaign/fuzz.ts";
export { type MergeRequest, merge } from "./campaign/merge.ts";
export type { CampaignOptions } from "./campaign/options.ts";
export { recallToken } from "./campaign/recall.ts";
export { heapOf } from "./campaign/target.ts";
export { defineConfig, type FailOn, type FuzzConfig } from "./config/fuzz_config.ts";
export { findConfig, loadConfig } from "./config/load.ts";
export type { Check, CheckFinding, CheckResult } from "./gate/check.ts";
export { type CorpusEntry, readCorpus } from "./gate/corpus.ts";
export { type GateRequest, runGate } from "./gate/gate.ts";
export { fastChecks, fullChecks } from "./gate/plan.ts";
export type { GateFinding, GateResult } from "./gate/result.ts";
export { type RunChecksOptions, runChecks } from "./gate/run_checks.ts";
export { BUG_NAMES, type BugName, type SwitchName } from "./gen/bug_names.ts";
export { FEATURE_NAMES, type FeatureName } from "./gen/features.ts";
export { WORKLOAD_NAMES, type WorkloadName } from "./gen/workload_names.ts";
export { EXPORT_FORMATS, type ExportFormat, exportProgram } from "./interchange/export.ts";
export { programOfJson } from "./interchange/json.ts";
export { IMPACTS, type Impact } from "./oracle/impact.ts";
export { VERDICTS, type Verdict } from "./oracle/verdict.ts";
export { INVARIANTS, type Invariant } from "./oracle/violation.ts";
export { bootLettersFor, headerOf, machineFor, resolveMachine } from "./program/boot.ts";
export { decode } from "./program/decode.ts";
export { encode } from "./program/encode.ts";
export { ProgramImage } from "./program/image.ts";
export type { Machine, MachineOverrides, VariantName } from "./program/machine.ts";
export type { Header, ProfileName, Program, ProgramOp, Target } from "./program/op.ts";
export { parseScript, printScript } from "./program/text.ts";
export { type Comparison, compareLogs } from "./report/compare.ts";
export { KernelLog } from "./report/dmesg.ts";
export { LogWriter, logOf } from "./report/log.ts";
export { type ReplayRecord, replayRecord } from "./report/replay_record.ts";
export type { Summary, SummaryFinding } from "./report/summary.ts";
export { type TranscriptOp, transcriptOf } from "./report/transcript.ts";
export { type Case, judgeProgram } from "./run/case.ts";
export { type ReplayOptions, type ReplayStep, replay } from "./run/replay.ts";
export { type Spare, spareOf } from "./shrink/certificate.ts";
export { type PatientOptions, shrinkPatiently } from "./shrink/patient.ts";
export type { Slip } from "./shrink/problem.ts";
export {
  type ShrinkOptions,
  type ShrinkProgress,
  type ShrinkResult,
  shrink,
} from "./shrink/shrink.ts";
export { type LayoutColumn, type Layouts, layoutsOf, type SlotLayout } from "./survey/layout.ts";
export {
  type Matrix,
  type MatrixCell,
  type MatrixRequest,
  matrixOf,
  type Symptom,
  symptomsOf,
} from "./survey/matrix.ts";
export { type MatrixPage, matrixPage } from "./survey/matrix_page.ts";
export { OPTION_SETS, TELLING_SETS } from "./survey/option_sets.ts";
export { representativeOf } from "./survey/representative.ts";
export { type Score, type ScoreCell, type ScoreRequest, score } from "./survey/score.ts";
export { type ScorePage, scorePage } from "./survey/score_page.ts";
export { type Figures, figuresOf, scoreRecord } from "./survey/score_record.ts";
export { decodeEvent, decodeEvents, type KernelEvent } from "./wasm/event.ts";
export { measureCache } from "./wasm/geometry.ts";
export { type OpResult, SlabHeap } from "./wasm/heap.ts";
export { type CacheState, inspectCache, walkChain } from "./wasm/inspect.ts";
export { type CacheFields, existingCaches, readCache } from "./wasm/kmem_cache.ts";
export { readBytes, readLong } from "./wasm/memory.ts";
export { type PageFields, readPage, slabOf } from "./wasm/struct_page.ts";
