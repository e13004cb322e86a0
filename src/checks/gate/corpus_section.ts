// Section (d): every program of the corpus shows what it must.

import { nowMs } from "../../base/clock.ts";
import type { Outcome } from "../../pool/job.ts";
import { shownByFailure } from "../../target/failure.ts";
import type { ShownByRun } from "../../target/program.ts";
import { parseSignature } from "../../target/signature.ts";
import type { Impact, Verdict } from "../../target/verdict.ts";
import { type CorpusEntry, differenceFrom } from "./corpus.ts";
import type { GateTarget } from "./gate_target.ts";
import type { Reproducer } from "./reproducer.ts";
import type { CheckRecord } from "./result.ts";
import type { RawFinding, SectionOutcome, SectionRequest } from "./section.ts";
import { namedCheck, skippedSection } from "./section.ts";
import { type GatePool, unfinishedText } from "./workers.ts";

interface Tried {
  readonly entry: CorpusEntry;
  readonly record: CheckRecord;
  readonly shown: ShownByRun;
  readonly difference: string | undefined;
}

/** Runs the programs; skipped without a corpus. */
export async function corpusSection(
  whole: readonly CorpusEntry[] | undefined,
  { target, pool, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  if (whole === undefined) return skippedSection("corpus", "there is no corpus");
  if (whole.length === 0) return skippedSection("corpus", "the corpus holds no program");
  const corpus = whole.filter((entry) => canRun(target, entry));
  if (corpus.length === 0) {
    return skippedSection("corpus", "all programs of the corpus are of the kernel's operations");
  }
  let done = 0;
  onProgress(0, corpus.length);
  const work = async (entry: CorpusEntry): Promise<Tried> => {
    const tried = await tryEntry(pool, target, entry);
    onProgress(++done, corpus.length);
    return tried;
  };
  const all = await pool.map(corpus, work, signal);
  const operations = all.reduce((sum, { entry }) => sum + entry.program.opCount, 0);
  const checks = all.map(({ record }) => record);
  const counts = { cases: all.length, operations, seconds: 0 };
  return {
    result: { name: "corpus", ...counts, checks, skipped: undefined },
    findings: all.flatMap((tried) => findingsOf(target, tried)),
  };
}

/** A module cannot run programs of the kernel's operations. */
function canRun({ core }: GateTarget, { program }: CorpusEntry): boolean {
  return core !== undefined || program.onlyOn !== undefined;
}

/** Judges one program on a target, in a worker that can be ended. */
async function tryEntry(pool: GatePool, target: GateTarget, entry: CorpusEntry): Promise<Tried> {
  const startMs = nowMs();
  const { name, expected } = entry;
  const outcome = await shownBy(pool, target, entry);
  const unfinished = unfinishedText(outcome);
  const shown = outcome.kind === "done" ? outcome.answer : shownByFailure(outcome.how);
  const difference = unfinished === undefined ? differenceFrom(expected, shown) : undefined;
  const signatures = difference === undefined ? [] : [shown.signature];
  const seconds = Math.round(nowMs() - startMs) / 1000;
  const passed = unfinished === undefined && difference === undefined;
  const record = { name, passed, cases: 1, seconds, signatures, unfinished };
  return { entry, record, shown, difference };
}

/** A program that only one target can run runs there, whatever the gate is for. */
async function shownBy(
  pool: GatePool,
  target: GateTarget,
  { program, path, script }: CorpusEntry,
): Promise<Outcome<ShownByRun>> {
  if (program.onlyOn === undefined) {
    return await pool.run("program", { target: target.name, script, name: path });
  }
  return { kind: "done", answer: await program.judge({ isThorough: true }) };
}

function findingsOf(
  target: GateTarget,
  { entry, shown, difference }: Tried,
): readonly RawFinding[] {
  if (difference === undefined) return [];
  return [
    {
      section: "corpus",
      check: namedCheck(target, `corpus ${entry.name}`),
      finding: {
        verdict: shown.verdict as Verdict,
        signature: shown.signature,
        parts: parseSignature(shown.signature),
        class: "none",
        impact: shown.impact as Impact,
        count: 1,
        caseNumber: 0,
        opCount: entry.program.opCount,
      },
      message: `${entry.path}: ${difference}`,
      isExcusable: false,
      reproducer: reproducerOf(entry),
    },
  ];
}

/** A program of the corpus is not shrunk: its author decides how long it is. */
function reproducerOf({ program, script, path }: CorpusEntry): Reproducer {
  const operations = program.opCount;
  const line = program.firstLine;
  const nothing = { token: undefined, explanation: [], dump: [] };
  return { ...nothing, script, path, line, operations, operationsBefore: operations };
}
