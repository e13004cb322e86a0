// A worker thread: runs the batches that it is sent, and answers each with a tally.
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { runBatch } from "./batch.ts";
import { CaseEngine } from "./engine.ts";
import type { Batch, WorkerInput } from "./protocol.ts";

const port = parentPort;
assert(port !== null, "this file is for worker threads");
const { options } = workerData as WorkerInput;
const engine = new CaseEngine(options);
port.on("message", (batch: Batch) => port.postMessage(runBatch(engine, batch)));
