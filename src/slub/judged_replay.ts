// A program, shown and judged. One run does for both, unless it fills the room for events: a replay
// has that room for each operation.
import { judgeShown, type ShownCase, type ShownRun } from "./run/case.ts";
import { replay } from "./run/replay.ts";
import { type TranscriptOp, transcriptOf, transcriptReader } from "./words/transcript.ts";

export interface JudgedReplay extends ShownCase {
  readonly ops: readonly TranscriptOp[];
}

export function judgedReplay(run: ShownRun): JudgedReplay {
  const { program, machine, heap } = run;
  const read = transcriptReader(machine);
  const ops: TranscriptOp[] = [];
  let isWhole = true;
  const shown = judgeShown(run, (step) => {
    ops.push(read(step));
    isWhole &&= step.lost === 0;
  });
  if (isWhole) return { ops, ...shown };
  return { ops: transcriptOf(machine, replay(program, machine, { heap })), ...shown };
}
