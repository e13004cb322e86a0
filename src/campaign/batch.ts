// A batch of cases, run to its end.
import type { Flight } from "../pool/flight.ts";
import type { CaseOutcome } from "../target/failure.ts";
import { Tally } from "../target/tally.ts";
import type { Batch, BatchResult } from "./protocol.ts";

/** Runs cases by their numbers, and says what came of the last one. */
export interface BatchEngine extends CaseOutcome {
  run(caseNumber: number): void;
}

/** Runs a batch; `flight` shows at any time which of its cases is under way. */
export function runBatch(engine: BatchEngine, batch: Batch, flight?: Flight): BatchResult {
  const tally = new Tally();
  for (let i = 0; i < batch.count; i++) {
    flight?.begin(i);
    engine.run(batch.first + i);
    tally.add(engine, batch.first + i);
  }
  flight?.land();
  return { ...batch, tally: tally.data };
}
