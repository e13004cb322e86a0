// Cases of one cell of a scorecard, run to their end.
import type { Heartbeat } from "../../pool/heartbeat.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { CaseEngine } from "../../slub/engine.ts";
import type { SlubOptions } from "../../slub/options.ts";
import type { Batch } from "../../targets/batch.ts";
import { type ScoreData, ScoreTally } from "./score_tally.ts";

/** Cases of a cell; its options say the one bug class, and whether the cases are benign twins. */
export interface ScorePart extends Batch {
  readonly options: SlubOptions;
}

/** What a worker of a scorecard can be asked for. */
export interface ScoreJobs {
  run(part: ScorePart): ScoreData;
}

/** What such a worker is started with. */
export interface ScoreInput {
  /** Our core, compiled once for all. */
  readonly module: WebAssembly.Module;
}

/** Runs a part on a heap; the heart beats with each case. */
export function runPart(
  { options, first, count }: ScorePart,
  heap: SlabHeap,
  heartbeat: Heartbeat,
): ScoreData {
  const engine = new CaseEngine(options, { heap });
  const tally = new ScoreTally();
  for (let i = 0; i < count; i++) {
    heartbeat.beat(i);
    engine.run(first + i);
    if (options.twins) tally.addTwin(engine, first + i);
    else tally.add(engine, first + i);
  }
  return tally.data;
}
