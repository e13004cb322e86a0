// One program on a foreign allocator, shown: every operation with what came back. Where contents
// changed, it runs once more, and all contents are looked at after each operation: that tells which
// one did it. The verdict is that of the first run, which looks no more often than a campaign does.
import type { ForeignEngine } from "./engine.ts";
import type { ForeignOutcome } from "./judge/judge.ts";
import { imageOf } from "./program/op.ts";
import { type ForeignProgram, printForeignOp } from "./program/text.ts";
import { endingLine, type ForeignStep, stepLine, stepOf, violationLines } from "./transcript.ts";

export interface ForeignReplay {
  readonly steps: readonly ForeignStep[];
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
  readonly digest: string;
  readonly ran: number;
  /** The rule that was broken, in words; none where none was. */
  readonly story: readonly string[];
  readonly ending: string;
}

/** Runs a program; `begin` hears of each operation before it runs. */
export function replayForeign(
  engine: ForeignEngine,
  program: ForeignProgram,
  begin?: (index: number) => void,
): ForeignReplay {
  const { ops, bug } = program;
  const steps: ForeignStep[] = [];
  const outcome = engine.runProgram(imageOf(ops), bug, {
    before: begin,
    after: (index, judge) => steps.push(stepOf(ops[index], index, judge)),
  });
  return {
    steps,
    verdict: engine.verdict,
    signature: engine.signature,
    impact: engine.impact,
    digest: engine.digest,
    ran: outcome.ran,
    ending: endingLine(outcome, ops.length),
    story: storyOf(engine, program, outcome),
  };
}

function storyOf(
  engine: ForeignEngine,
  program: ForeignProgram,
  { violation }: ForeignOutcome,
): readonly string[] {
  if (violation === undefined) return [];
  const lines = violationLines(violation, engine.judge, program.ops);
  if (violation.rule !== "contents-changed") return lines;
  const changedAt = changeOf(engine, program);
  if (changedAt === undefined) return lines;
  return [
    ...lines,
    `  it changed during op ${changedAt}: ${printForeignOp(program.ops[changedAt])}`,
  ];
}

/** The operation after which the contents of some live block were not as before. */
function changeOf(engine: ForeignEngine, { ops, bug }: ForeignProgram): number | undefined {
  const { violation } = engine.runProgram(imageOf(ops), bug, {
    after: (_, judge) => {
      if (!judge.wasSkipped) judge.checkAll();
    },
  });
  const isSeen = violation?.rule === "contents-changed" && violation.at >= 0;
  return isSeen ? violation.at : undefined;
}

/** The replay as lines. */
export function replayLines(replay: ForeignReplay): string[] {
  const { steps, story, ending, signature, verdict, impact } = replay;
  const end = story.length === 0 ? [] : ["", ...story, ""];
  const verdictLine = verdict === "ok" ? "verdict: ok" : `${verdict}: ${signature} (${impact})`;
  return [...steps.map(stepLine), ...end, ending, verdictLine];
}
