// A batch of cases, run to its end.
import type { CaseEngine } from "./engine.ts";
import type { Batch, BatchResult } from "./protocol.ts";
import { Tally } from "./tally.ts";

export function runBatch(engine: CaseEngine, { first, count }: Batch): BatchResult {
  const tally = new Tally();
  for (let number = first; number < first + count; number++) {
    engine.run(number);
    tally.add(engine, number);
  }
  return { first, tally: tally.data };
}
