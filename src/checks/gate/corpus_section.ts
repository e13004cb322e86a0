// Section (d): every program of the corpus shows what it must.
import { nowMs } from "../../base/clock.ts";
import type { Target } from "../../slub/named_core.ts";
import { FAILURES } from "../../target/failure.ts";
import type { Impact } from "../../target/impact.ts";
import type { Verdict } from "../../target/verdict.ts";
import { type CorpusEntry, differenceFrom } from "./corpus.ts";
import { bareExhibit } from "./exhibit.ts";
import { type AnswerTo, type GateSeat, spread } from "./gate_seat.ts";
import type { ShownByProgram } from "./protocol.ts";
import type { CheckRecord } from "./result.ts";
import {
  namedCheck,
  type RawFinding,
  type SectionOutcome,
  type SectionRequest,
  skippedSection,
} from "./section.ts";

interface Tried {
  readonly entry: CorpusEntry;
  readonly record: CheckRecord;
  readonly shown: ShownByProgram;
  readonly difference: string | undefined;
}

/** Runs the programs; without a corpus there is nothing to do. */
export async function corpusSection(
  corpus: readonly CorpusEntry[] | undefined,
  { target, seats, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  if (corpus === undefined) return skippedSection("corpus", "there is no corpus");
  let done = 0;
  onProgress(0, corpus.length);
  const work = async (seat: GateSeat, entry: CorpusEntry): Promise<Tried> => {
    const tried = await tryEntry(seat, target, entry);
    onProgress(++done, corpus.length);
    return tried;
  };
  const all = await spread(seats, corpus, work, signal);
  const operations = all.reduce((sum, { entry }) => sum + entry.program.ops.length, 0);
  const checks = all.map(({ record }) => record);
  const counts = { cases: all.length, operations, seconds: 0 };
  return {
    result: { name: "corpus", ...counts, checks, skipped: undefined },
    findings: all.flatMap((tried) => findingsOf(target, tried)),
  };
}

/** Judges one program on a target, in a worker that can be ended. */
async function tryEntry(seat: GateSeat, target: Target, entry: CorpusEntry): Promise<Tried> {
  const startMs = nowMs();
  const { name, path, script, expected } = entry;
  const job = { kind: "program", target: target.name, script, name: path } as const;
  const answer = (await seat.run(job)) as AnswerTo<"program">;
  const shown = answer.kind === "lost" ? lost(answer.how) : answer.shown;
  const difference = differenceFrom(expected, shown);
  const signatures = difference === undefined ? [] : [shown.signature];
  const seconds = Math.round(nowMs() - startMs) / 1000;
  const record = { name, passed: difference === undefined, cases: 1, seconds, signatures };
  return { entry, record, shown, difference };
}

function lost(how: "hung" | "died"): ShownByProgram {
  const { signature, impact } = FAILURES[how];
  return { verdict: "invariant", signature, impact, digest: "" };
}

function findingsOf(target: Target, { entry, shown, difference }: Tried): readonly RawFinding[] {
  if (difference === undefined) return [];
  const exhibit = bareExhibit(entry.program, undefined);
  return [
    {
      section: "corpus",
      check: namedCheck(target, `corpus ${entry.name}`),
      finding: {
        verdict: shown.verdict as Verdict,
        signature: shown.signature,
        class: "none",
        impact: shown.impact as Impact,
        count: 1,
        caseNumber: 0,
        opCount: entry.program.ops.length,
      },
      message: `${entry.path}: ${difference}`,
      isExcusable: false,
      exhibit: { ...exhibit, script: entry.script, line: firstLineOf(entry), path: entry.path },
    },
  ];
}

/** The line of its first operation. */
function firstLineOf({ program }: CorpusEntry): number {
  return program.source?.lines[0] ?? 1;
}
