// Work for tools that answer promises only, done on a thread of their own while this one waits.
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { assert } from "../base/assert.ts";

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
