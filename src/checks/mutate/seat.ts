// The seat of a worker that tries mutants. A budget ends loops inside of a mutant; what it cannot
// end, a harness that follows a mutant's numbers for ever or runs out of memory, ends here with its
// thread, and another one takes the seat.
import type { Worker } from "node:worker_threads";
import { startThread } from "../../pool/thread.ts";
import type { MutantResult } from "./court.ts";
import type { Mutant } from "./mutant.ts";
import type { Answer, Job, WorkerInput } from "./protocol.ts";

/** One mutant takes a second at worst, where nobody else wants the processor. */
const TIMEOUT_MS = 120_000;

export class Seat {
  readonly #input: WorkerInput;
  #worker: Worker;

  constructor(input: WorkerInput) {
    this.#input = input;
    this.#worker = this.#start();
  }

  /** Has a mutant tried. */
  async try(mutant: Mutant, job: Job): Promise<MutantResult> {
    const worker = this.#worker;
    const answer = await new Promise<MutantResult | string>((resolve) => {
      const timer = setTimeout(() => resolve("the worker did not come back"), TIMEOUT_MS);
      const hear = (heard: Answer): void => {
        if (heard.kind !== "tried") return;
        clearTimeout(timer);
        resolve(heard.result);
      };
      worker.removeAllListeners();
      worker.on("message", hear);
      worker.on("error", (error) => resolve(`the worker died: ${error.message}`));
      worker.on("exit", () => resolve("the worker died"));
      worker.postMessage(job);
    });
    if (typeof answer !== "string") return answer;
    await worker.terminate();
    this.#worker = this.#start();
    return { id: mutant.id, state: "failed", programs: 0, ms: TIMEOUT_MS, stumble: answer };
  }

  async close(): Promise<void> {
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }

  #start(): Worker {
    return startThread(import.meta.url, "worker", this.#input);
  }
}
