// A batch of cases, run to its end.
import type { Heartbeat } from "../pool/heartbeat.ts";
import { Tally, type TallyData } from "../target/tally.ts";
import type { Engine } from "../target/target.ts";

/** Cases to run: numbers `first` to `first + count - 1`. */
export interface Batch {
  readonly first: number;
  readonly count: number;
}

/** What a batch came to. */
export interface BatchResult extends Batch {
  readonly tally: TallyData;
}

/** Runs a batch of cases; the heartbeat shows at any time which of them is under way. */
export function runBatch(engine: Engine, batch: Batch, heartbeat?: Heartbeat): BatchResult {
  const tally = new Tally();
  for (let i = 0; i < batch.count; i++) {
    heartbeat?.beat(i);
    engine.run(batch.first + i);
    tally.add(engine, batch.first + i);
  }
  return { ...batch, tally: tally.data };
}
