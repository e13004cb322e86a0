// A worker thread: does the jobs that it is sent, one at a time, and answers each.
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { assert, unreachable } from "../base/assert.ts";
import { adoptModule } from "../wasm/load.ts";
import { runBatch } from "./batch.ts";
import { CaseEngine } from "./engine.ts";
import { type Describer, describeFinding, describerFor } from "./finding_folder.ts";
import { Flight } from "./flight.ts";
import type { Answer, Job, WorkerInput } from "./protocol.ts";
import { ScoreBench } from "./score_part.ts";
import type { Ready } from "./watched_thread.ts";

const port = parentPort;
assert(port !== null, "this file is for worker threads");
const input = workerData as WorkerInput;
adoptModule(input.core, input.module);
const flight = new Flight(input.flight);
const engine = new CaseEngine(input.options);
const scores = new ScoreBench();
/** Made when the first finding is to be written up. */
let describer: Describer | undefined;

function answerTo(job: Job): Answer {
  switch (job.kind) {
    case "batch":
      return { kind: "batch", result: runBatch(engine, job.batch, flight), heapBytes: heapBytes() };
    case "score":
      return { kind: "score", result: scores.run(job.part, flight), heapBytes: heapBytes() };
    case "describe":
      flight.begin(0);
      describer ??= describerFor(input.options, engine);
      return {
        kind: "describe",
        folder: describeFinding(describer, job.finding, job.shrinks),
        heapBytes: heapBytes(),
      };
    default:
      return unreachable(job);
  }
}

/** This thread's own memory: objects of JavaScript, buffers and the core's memories. */
function heapBytes(): number {
  const { total_heap_size, external_memory, malloced_memory } = getHeapStatistics();
  return total_heap_size + external_memory + malloced_memory;
}

port.on("message", (job: Job) => {
  port.postMessage(answerTo(job));
  flight.land();
});
port.postMessage({ kind: "ready" } satisfies Ready);
