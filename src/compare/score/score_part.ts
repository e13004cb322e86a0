// Cases of one cell of a scorecard, run to their end.
import type { Flight } from "../../pool/flight.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { CaseEngine } from "../../slub/engine.ts";
import type { SlubOptions } from "../../slub/options.ts";
import type { Batch } from "../../targets/batch.ts";
import { type ScoreData, ScoreTally } from "./score_tally.ts";

/** Cases of a cell; its options say the one bug class, and whether the cases are benign twins. */
export interface ScorePart extends Batch {
  readonly options: SlubOptions;
}

/** Runs parts on one heap, made when the first comes. */
export class ScoreBench {
  #heap: SlabHeap | undefined;

  /** `flight` shows at any time which case is under way. */
  run({ options, first, count }: ScorePart, flight?: Flight): ScoreData {
    this.#heap ??= new SlabHeap();
    const engine = new CaseEngine(options, { heap: this.#heap });
    const tally = new ScoreTally();
    for (let i = 0; i < count; i++) {
      flight?.begin(i);
      engine.run(first + i);
      if (options.twins) tally.addTwin(engine, first + i);
      else tally.add(engine, first + i);
    }
    flight?.land();
    return tally.data;
  }
}
