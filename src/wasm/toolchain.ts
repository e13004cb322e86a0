// The AssemblyScript compiler that is installed, and Binaryen, which comes with it.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { UserError } from "../base/user_error.ts";

const COMPILE = `
  const { url, source, flags } = input;
  const { default: asc } = await import(url);
  let wasm;
  const { error, stderr } = await asc.main(["driver.ts", "--outFile", "out.wasm", ...flags], {
    readFile: (name) => (name === "driver.ts" ? source : null),
    writeFile: (name, contents) => { if (typeof contents !== "string") wasm = contents; },
    listFiles: () => [],
  });
  answer(error === null ? { wasm } : { text: stderr.toString() });
`;

/** Compiles AssemblyScript; `name` is what people call the module. */
export function compileScript(name: string, source: string, flags: readonly string[]): Uint8Array {
  const { wasm, text } = answerOf(COMPILE, { url: compilerUrl(name), source, flags });
  if (wasm !== undefined) return wasm;
  throw new UserError(`${name}: was not compiled (${text?.trim().split("\n")[0]})`);
}

function compilerUrl(name: string): string {
  try {
    return pathToFileURL(join(dirname(neighbourOfCompiler()), "asc.js")).href;
  } catch {
    throw new UserError(`${name}: needs the AssemblyScript compiler (npm install assemblyscript)`);
  }
}

/** Where Binaryen can be imported from. */
export function binaryenUrl(): string {
  try {
    return pathToFileURL(createRequire(neighbourOfCompiler()).resolve("binaryen")).href;
  } catch {
    throw new UserError("watching stores needs Binaryen (npm install assemblyscript)");
  }
}

/** A file of the compiler that can be found by require: asc.js itself is for import only. */
function neighbourOfCompiler(): string {
  return createRequire(import.meta.url).resolve("assemblyscript/transform");
}

const PATIENCE_MS = 120_000;

/** What a thread answers: the bytes of a module, or why there are none. */
export interface Answer {
  readonly wasm?: Uint8Array;
  readonly text?: string;
}

const HEAD = `
  const { workerData: { input, port, bell } } = require("node:worker_threads");
  const answer = (message) => {
    port.postMessage(message);
    Atomics.store(bell, 0, 1);
    Atomics.notify(bell, 0);
  };
`;

const TELLS = "(error) => answer({ text: String(error) })";

/**
 * Runs the body of a script, which finds what it needs in `input`, and calls `answer` once, or
 * returns a promise that fails.
 */
export function answerOf(body: string, input: unknown): Answer {
  const { port1, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const script = `${HEAD}(async () => {${body}})().catch(${TELLS})`;
  const workerData = { input, port: port2, bell };
  const worker = new Worker(script, { eval: true, workerData, transferList: [port2] });
  Atomics.wait(bell, 0, 0, PATIENCE_MS);
  const answer: Answer | undefined = receiveMessageOnPort(port1)?.message;
  port1.close();
  void worker.terminate();
  assert(answer !== undefined, "the thread answers");
  return answer;
}
