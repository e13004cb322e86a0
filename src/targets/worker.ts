// A worker thread of a target: runs its cases, writes up its findings, answers its questions.
import { serve } from "../pool/serve.ts";
import type { TargetCode } from "../target/target.ts";
import { runBatch } from "./batch.ts";
import { workerFor } from "./targets.ts";
import type { TargetJobs } from "./workers.ts";

await serve<TargetJobs, TargetCode>(async (code) => {
  const worker = await workerFor(code);
  return {
    batch: (batch, heartbeat) => runBatch(worker.engine, batch, heartbeat),
    describe: ({ finding, shrinks }) => worker.describe(finding, shrinks),
    answer: (question, heartbeat) => worker.answer(question, (index) => heartbeat.beat(index)),
  };
});
