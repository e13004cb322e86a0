// TLSF, the allocator of AssemblyScript's standard library, compiled from the sources of the
// compiler that is installed.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { UserError } from "../base/user_error.ts";

const DRIVER = `
  export function alloc(size: usize): usize { return heap.alloc(size); }
  export function realloc(old: usize, size: usize): usize { return heap.realloc(old, size); }
  export function free(pointer: usize): void { heap.free(pointer); }
`;

/** Its checks stay in: an assertion that fails calls abort. */
const FLAGS = ["-O3", "--runtime", "minimal"];

/** The compiler answers promises only; whoever asks for a target waits for it on a thread. */
const WORKER = `
  const { workerData: { url, source, flags, port, bell } } = require("node:worker_threads");
  const answer = (message) => {
    port.postMessage(message);
    Atomics.store(bell, 0, 1);
    Atomics.notify(bell, 0);
  };
  import(url).then(async ({ default: asc }) => {
    let wasm;
    const { error, stderr } = await asc.main(["driver.ts", "--outFile", "out.wasm", ...flags], {
      readFile: (name) => (name === "driver.ts" ? source : null),
      writeFile: (name, contents) => { if (typeof contents !== "string") wasm = contents; },
      listFiles: () => [],
    });
    answer(error === null ? { wasm } : { text: stderr.toString() });
  }).catch((error) => answer({ text: String(error) }));
`;
const PATIENCE_MS = 120_000;

interface Answer {
  readonly wasm?: Uint8Array;
  readonly text?: string;
}

/** The module: exports alloc, realloc and free. */
export function buildTlsf(): Uint8Array {
  return compileScript(DRIVER, FLAGS);
}

/** Compiles AssemblyScript with the compiler that is installed. */
export function compileScript(source: string, flags: readonly string[]): Uint8Array {
  const { port1, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { url: compilerUrl(), source, flags, port: port2, bell };
  const worker = new Worker(WORKER, { eval: true, workerData, transferList: [port2] });
  Atomics.wait(bell, 0, 0, PATIENCE_MS);
  const answer: Answer | undefined = receiveMessageOnPort(port1)?.message;
  port1.close();
  void worker.terminate();
  assert(answer !== undefined, "the compiler answers");
  if (answer.wasm !== undefined) return answer.wasm;
  throw new UserError(`tlsf: was not compiled (${answer.text?.trim().split("\n")[0]})`);
}

/** asc.js itself is for import only; a neighbour of it can be found by require. */
function compilerUrl(): string {
  try {
    const neighbour = createRequire(import.meta.url).resolve("assemblyscript/transform");
    return pathToFileURL(join(dirname(neighbour), "asc.js")).href;
  } catch {
    throw new UserError("tlsf: needs the AssemblyScript compiler (npm install assemblyscript)");
  }
}
