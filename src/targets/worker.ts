// A worker thread of a target: runs its cases, writes up its findings, answers its questions.
import { ownCpuDeadline } from "../pool/cpu_time.ts";
import { serve } from "../pool/serve.ts";
import type { TargetCode } from "../target/target.ts";
import { runBatch } from "./batch.ts";
import { workerFor } from "./targets.ts";
import type { TargetJobs } from "./workers.ts";

/** Of a write-up's time: shrinking ends then, so that what it came to can be run once more. */
const SHRINK_PART = 1 / 2;

await serve<TargetJobs, TargetCode>(async (code) => {
  const worker = await workerFor(code);
  return {
    batch: (batch, heartbeat) => runBatch(worker.engine, batch, heartbeat),
    describe: ({ finding, shrinks, timeMs }) => {
      const isOver = timeMs === undefined ? undefined : ownCpuDeadline(timeMs * SHRINK_PART);
      return worker.describe(finding, shrinks, isOver);
    },
    answer: (question, heartbeat) => worker.answer(question, (index) => heartbeat.beat(index)),
  };
});
