// A batch of cases, run to its end.
import type { Heartbeat } from "../pool/heartbeat.ts";
import type { CaseOutcome } from "../target/failure.ts";
import { Tally } from "../target/tally.ts";
import type { Batch, BatchResult } from "./protocol.ts";

/** Runs cases by their numbers, and says what came of the last one. */
export interface BatchEngine extends CaseOutcome {
  run(caseNumber: number): void;
}

/** Runs a batch; the heart beats with each of its cases. */
export function runBatch(engine: BatchEngine, batch: Batch, heartbeat?: Heartbeat): BatchResult {
  const tally = new Tally();
  for (let i = 0; i < batch.count; i++) {
    heartbeat?.beat(i);
    engine.run(batch.first + i);
    tally.add(engine, batch.first + i);
  }
  return { ...batch, tally: tally.data };
}
