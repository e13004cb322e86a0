// Modules whose stores are watched: each one tells where it goes before it does. Binaryen puts the
// calls in; a target whose name begins with `watched:` gets them, and is many times slower.
//
//   i32.store offset=8 (address) (value)
//     →  i32.store offset=8 (call store_ptr (id, bytes, 8, address)) (call store_val_i32 ...)
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { nowMs, processCpuMs } from "../base/clock.ts";
import { OUT_OF_MEMORY, UserError } from "../base/user_error.ts";

export const WATCHED = "watched:";

/** Where the calls go. */
export const WATCH_MODULE = "env";
const STORE = "store_ptr";

/** Called for each store: linear address, and bytes. */
export type StoreListener = (address: number, bytes: number) => void;

const INSTRUMENT = `
  const { url, bytes } = input;
  const { default: binaryen } = await load(url);
  const F = binaryen.Features;
  // Types of garbage collectors would be put into every module, and not every engine knows them.
  const features = [
    F.Atomics, F.BulkMemory, F.BulkMemoryOpt, F.CallIndirectOverlong, F.ExceptionHandling,
    F.ExtendedConst, F.Multivalue, F.MutableGlobals, F.NontrappingFPToInt, F.ReferenceTypes,
    F.SIMD128, F.SignExt, F.TailCall,
  ].reduce((all, one) => all | (one ?? 0), 0);
  const module = binaryen.readBinaryWithFeatures(bytes, features);
  binaryen.setPassArgument("instrument-memory", "store");
  module.runPasses(["instrument-memory"]);
  answer({ wasm: module.emitBinary() });
`;

/** The module, which calls before each store; `path` is named in messages. */
export function withWatchedStores(bytes: Uint8Array, path: string): Uint8Array {
  const { wasm, text } = answerOf(INSTRUMENT, { url: binaryenUrl(), bytes });
  if (wasm !== undefined) return wasm;
  if (text !== undefined && OUT_OF_MEMORY.test(text)) throw new RangeError(text);
  throw new UserError(`${path}: its stores cannot be watched (${text?.split("\n")[0]})`);
}

/** What a watched module imports; `listener` is called for each store. */
export function watchImports(listener: StoreListener): WebAssembly.ModuleImports {
  const store = (_id: number, bytes: number, offset: number, address: number): number => {
    listener((address >>> 0) + (offset >>> 0), bytes);
    return address;
  };
  const same = (_id: number, value: unknown) => value;
  return {
    [STORE]: store,
    ...{ store_val_i32: same, store_val_i64: same, store_val_f32: same, store_val_f64: same },
    ...{ load_ptr: (_id: number, _bytes: number, _offset: number, address: number) => address },
    ...{ load_val_i32: same, load_val_i64: same, load_val_f32: same, load_val_f64: same },
    ...{ memory_grow_pre: same, memory_grow_post: same },
  };
}

const COMPILE = `
  const { url, sources, flags } = input;
  const { default: asc } = await load(url);
  let wasm;
  const { error, stderr } = await asc.main(["driver.ts", "--outFile", "out.wasm", ...flags], {
    readFile: (name) => sources[name] ?? null,
    writeFile: (name, contents) => { if (typeof contents !== "string") wasm = contents; },
    listFiles: () => [],
  });
  answer(error === null ? { wasm } : { text: stderr.toString() });
`;

/**
 * Compiles AssemblyScript; `name` is what people call the module, and `others` are files that it
 * imports.
 */
export function compileScript(
  name: string,
  source: string,
  flags: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sources = { ...others, "driver.ts": source };
  const { wasm, text } = answerOf(COMPILE, { url: compilerUrl(name), sources, flags });
  if (wasm !== undefined) return wasm;
  const lines = text?.trim().split("\n") ?? [];
  const why = lines.find((line) => line.startsWith("ERROR")) ?? lines[0];
  throw new UserError(`${name}: was not compiled (${why})`);
}

function compilerUrl(name: string): string {
  try {
    return pathToFileURL(join(dirname(neighbourOfCompiler()), "asc.js")).href;
  } catch {
    throw new UserError(`${name}: needs the AssemblyScript compiler (npm install assemblyscript)`);
  }
}

/** Where Binaryen can be imported from. */
function binaryenUrl(): string {
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

/**
 * CPU time of this process in which a tool answers, or never will; the time on the wall, which is
 * long where a machine is busy, is the last resort.
 */
const CPU_MS_MAX = 120_000;
const WALL_MS_MAX = 3_600_000;
const LOOK_MS = 1000;

/** What a thread answers: the bytes of a module, or why there are none. */
interface Answer {
  readonly wasm?: Uint8Array;
  readonly text?: string;
}

const THREAD = `
  const { workerData: { port, bell } } = require("node:worker_threads");
  const AsyncFunction = (async () => {}).constructor;
  const answer = (message) => {
    port.postMessage(message);
    Atomics.store(bell, 0, 1);
    Atomics.notify(bell, 0);
  };
  port.on("message", ({ body, input }) => {
    const work = new AsyncFunction("input", "answer", "load", body);
    work(input, answer, (url) => import(url)).catch((error) => answer({ text: String(error) }));
  });
`;

/** A thread that works while this one waits. It stays: to load its tools takes longest. */
class ToolThread {
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));
  readonly #port: MessagePort;
  readonly #worker: Worker;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const workerData = { port: port2, bell: this.#bell };
    this.#worker = new Worker(THREAD, { eval: true, workerData, transferList: [port2] });
    this.#worker.unref();
    port1.unref();
  }

  answerTo(body: string, input: unknown): Answer | undefined {
    this.#bell[0] = 0;
    this.#port.postMessage({ body, input });
    const endMs = nowMs() + WALL_MS_MAX;
    const endCpuMs = processCpuMs() + CPU_MS_MAX;
    while (Atomics.wait(this.#bell, 0, 0, LOOK_MS) === "timed-out") {
      if (processCpuMs() > endCpuMs || nowMs() > endMs) break;
    }
    return receiveMessageOnPort(this.#port)?.message;
  }

  end(): void {
    void this.#worker.terminate();
  }
}

let thread: ToolThread | undefined;

/**
 * Runs the body of a script, which finds what it needs in `input` and imports by `load`, and calls
 * `answer` once, or fails.
 */
function answerOf(body: string, input: unknown): Answer {
  thread ??= new ToolThread();
  const answer = thread.answerTo(body, input);
  if (answer === undefined) {
    thread.end();
    thread = undefined;
  }
  assert(answer !== undefined, "the thread answers");
  return answer;
}
