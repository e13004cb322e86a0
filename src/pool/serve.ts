// The worker's side of a pool: a file that calls this is one that a pool can start.
//
//   serve<CaseJobs, Input>((input) => {
//     const engine = new Engine(input);
//     return { run: (range, heartbeat) => runAll(engine, range, heartbeat) };
//   });
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { heldBytes, ownThread } from "./cpu_time.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { AnswerOf, JobOf, Jobs, Said, SentJob, ThreadData } from "./job.ts";

/** A function for each job; it beats with each part of the job, so that the limit is for a part. */
export type Handlers<P extends Jobs<P>> = {
  readonly [K in keyof P]: (job: JobOf<P, K>, heartbeat: Heartbeat) => AnswerOf<P, K>;
};

/** Makes ready, then does the jobs that come, one at a time. */
export async function serve<P extends Jobs<P>, I>(
  makeReady: (input: I) => Handlers<P> | Promise<Handlers<P>>,
): Promise<void> {
  const port = parentPort;
  assert(port !== null, "this file is for worker threads");
  const data = workerData as ThreadData<I>;
  const heartbeat = new Heartbeat(data.heartbeat);
  heartbeat.thread = ownThread();
  const handlers = await makeReady(data.input);
  const say = (said: Said): void => port.postMessage(said);
  port.on("message", ({ name, job }: SentJob) => {
    heartbeat.beat(0);
    const answer = handlers[name as keyof P](job as never, heartbeat);
    say({ kind: "done", answer, heldBytes: heldBytes() });
    heartbeat.stop();
  });
  say({ kind: "ready" });
}
