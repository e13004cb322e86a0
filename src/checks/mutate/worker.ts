// A worker thread: tries the mutants that it is sent, one at a time.
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../base/assert.ts";
import { SourceMap } from "../../wasm/source_map.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { MutantTester } from "./court.ts";
import { mutantsOf } from "./mutant.ts";
import type { Answer, Job, WorkerInput } from "./protocol.ts";
import { allTrials } from "./trials.ts";

const port = parentPort;
assert(port !== null, "this file is for worker threads");
const { source, choice, expectations } = workerData as WorkerInput;
const module = { file: new WasmFile(source.bytes), map: new SourceMap(source.map, source.name) };
const mutants = mutantsOf(module, choice);
const court = new MutantTester(module, allTrials(), expectations);

port.on("message", ({ mutant, reached }: Job) => {
  const result = court.try(mutants[mutant], reached);
  port.postMessage({ kind: "tried", result } satisfies Answer);
});
port.postMessage({ kind: "ready" } satisfies Answer);
