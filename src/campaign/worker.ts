// A worker thread: does the jobs that it is sent, one at a time, and answers each.
import { parentPort, workerData } from "node:worker_threads";
import { assert, unreachable } from "../base/assert.ts";
import { ScoreBench } from "../compare/score/score_part.ts";
import { Flight } from "../pool/flight.ts";
import { heldBytes } from "../pool/thread_memory.ts";
import type { Ready } from "../pool/watched_thread.ts";
import { runBatch } from "./batch.ts";
import type { Answer, Job, WorkerInput } from "./protocol.ts";
import { workshopFor } from "./workshop.ts";

const port = parentPort;
assert(port !== null, "this file is for worker threads");
const input = workerData as WorkerInput;
const flight = new Flight(input.flight);
const workshop = workshopFor(input.options, input.code);
const scores = new ScoreBench();

function answerTo(job: Job): Answer {
  switch (job.kind) {
    case "batch":
      return {
        kind: "batch",
        result: runBatch(workshop.engine, job.batch, flight),
        heapBytes: heldBytes(),
      };
    case "score":
      return { kind: "score", result: scores.run(job.part, flight), heapBytes: heldBytes() };
    case "describe":
      flight.begin(0);
      return {
        kind: "describe",
        folder: workshop.describe(job.finding, job.shrinks),
        heapBytes: heldBytes(),
      };
    case "foreign":
      flight.begin(0);
      return {
        kind: "foreign",
        answer: workshop.answer(job.question, (index) => flight.begin(index)),
        heapBytes: heldBytes(),
      };
    default:
      return unreachable(job);
  }
}

port.on("message", (job: Job) => {
  port.postMessage(answerTo(job));
  flight.land();
});
port.postMessage({ kind: "ready" } satisfies Ready);
