// Every program of a small scope, on some kernels and sets of options: none breaks a rule. What
// this section says is a bound, where others draw programs at random.
import { nowMs } from "../../base/clock.ts";
import { counted } from "../../base/count_text.ts";
import type { LostJob } from "../../pool/job.ts";
import type { CellRequest } from "../../search/cell.ts";
import type { SearchScope } from "../../search/vocabulary.ts";
import type { NamedCore } from "../../slub/named_core.ts";
import { FAILURES, failureSignature } from "../../target/failure.ts";
import { scopeProgram } from "./exhaust_check.ts";
import type { GateTarget } from "./gate_target.ts";
import { bareReproducer } from "./reproducer.ts";
import type { CheckRecord } from "./result.ts";
import {
  knownFinding,
  type RawFinding,
  type SectionOutcome,
  type SectionRequest,
  skippedSection,
} from "./section.ts";
import { unfinishedText } from "./workers.ts";

/** Two such objects fit a slab, so that it is partial, full and empty within few operations. */
const SCOPE: Omit<SearchScope, "ops"> = {
  objects: 3,
  sizes: [15_000],
  words: ["alloc", "free", "bulk", "shrink", "validate"],
  offsets: [],
};

/** Operations of a program, at most: each one more takes some six times as long. */
const OPS = 5;
const QUICK_OPS = 4;

const PROFILES = ["v3.10", "v6.1", "v7.3"] as const;
const OPTIONS = ["-", "FZP"] as const;

interface Explored {
  readonly record: CheckRecord;
  readonly findings: readonly RawFinding[];
}

/** Runs the scope in all its cells. */
export async function exhaustSection(
  isQuick: boolean,
  request: SectionRequest,
): Promise<SectionOutcome> {
  const { target, pool, signal, onProgress } = request;
  const { core } = target;
  if (core === undefined) {
    return skippedSection("exhaust", "its programs are of operations that only the kernel has");
  }
  const cells = cellsOf(core, isQuick);
  let done = 0;
  onProgress(0, cells.length);
  const work = async (cell: CellRequest): Promise<Explored> => {
    const explored = await exploreCell(request, core, cell);
    onProgress(++done, cells.length);
    return explored;
  };
  const all = await pool.map(cells, work, signal);
  const checks = all.map(({ record }) => record);
  const cases = checks.reduce((sum, one) => sum + one.cases, 0);
  // Each program is run from the heap that the program before its last operation left.
  const result = { cases, operations: cases, seconds: 0, checks, skipped: undefined };
  return {
    result: { name: "exhaust", ...result },
    findings: all.flatMap(({ findings }) => findings),
  };
}

function cellsOf({ name: target }: NamedCore, isQuick: boolean): readonly CellRequest[] {
  const scope = { ...SCOPE, ops: isQuick ? QUICK_OPS : OPS };
  return PROFILES.flatMap((profile) =>
    OPTIONS.map((options) => ({ scope, target, profile, options, machine: {} })),
  );
}

async function exploreCell(
  { target, pool }: SectionRequest,
  core: NamedCore,
  cell: CellRequest,
): Promise<Explored> {
  const startMs = nowMs();
  const name = `exhaust ${cell.profile} ${cell.options}`;
  const outcome = await pool.run("exhaust", { target: target.name, cell });
  const seconds = Math.round(nowMs() - startMs) / 1000;
  const unfinished = unfinishedText(outcome);
  const record = { name, passed: false, cases: 0, seconds, signatures: [] };
  if (unfinished !== undefined) return { record: { ...record, unfinished }, findings: [] };
  if (outcome.kind === "lost") {
    const findings = [lostFinding(target, core, { name, cell, lost: outcome })];
    return { record: withFindings(record, findings), findings };
  }
  const { programs: cases, broken } = outcome.answer;
  if (broken === undefined) return { record: { ...record, passed: true, cases }, findings: [] };
  const { count, problem, signature, reproducer } = broken;
  const length = counted(cell.scope.ops, "operation");
  const finding = excusableFinding(target, {
    ...{ section: "exhaust", check: name, signature, impact: "none", count, reproducer },
    message: `${name}: ${count} of ${cases} programs of at most ${length} break a rule: ${problem}`,
  });
  return { record: withFindings({ ...record, cases }, [finding]), findings: [finding] };
}

function withFindings(record: CheckRecord, findings: readonly RawFinding[]): CheckRecord {
  return { ...record, signatures: findings.map(({ finding }) => finding.signature) };
}

/** Which program it was is not known: the worker is asked for its place now and then only. */
function lostFinding(
  target: GateTarget,
  core: NamedCore,
  { name, cell, lost }: { name: string; cell: CellRequest; lost: LostJob },
): RawFinding {
  const { impact, text } = FAILURES[lost.how];
  return excusableFinding(target, {
    ...{ section: "exhaust", check: name, signature: failureSignature(lost.how), impact, count: 1 },
    message: `${name}, in the programs behind number ${lost.index}: ${text}`,
    reproducer: bareReproducer(scopeProgram(core, cell, []), undefined),
  });
}

/** What the allocator does wrong may be known of it. */
function excusableFinding(...known: Parameters<typeof knownFinding>): RawFinding {
  return { ...knownFinding(...known), isExcusable: true };
}
