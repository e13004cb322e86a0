// A worker thread of a scorecard: runs parts of cells, all on one heap.
import { serve } from "../../pool/serve.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { adoptModule } from "../../slub/core/load.ts";
import { runPart, type ScoreInput, type ScoreJobs } from "./score_part.ts";

await serve<ScoreJobs, ScoreInput>(({ module }) => {
  adoptModule("release", module);
  const heap = new SlabHeap();
  heap.isThorough = true;
  return { run: (part, heartbeat) => runPart(part, heap, heartbeat) };
});
