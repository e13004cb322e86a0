// The page's side of the worker: calls that are answered in time, or given up together with it.
import type { ScriptMistake } from "../mistake.ts";
import type { Session } from "../session.ts";

type Method = keyof Session;

export interface Call {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type PageMessage = Call | { readonly core: Uint8Array<ArrayBuffer> };

export type WorkerAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly mistake: ScriptMistake };

/** A call that the session refused, or that took too long. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly mistake: ScriptMistake;

  constructor(mistake: ScriptMistake) {
    super(mistake.message);
    this.mistake = mistake;
  }
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Other calls are answered within a second or two. */
const PATIENCE_MS = 20_000;

export class Client {
  readonly #script: string;
  readonly #core: Uint8Array<ArrayBuffer>;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;

  /** The worker's script as an address, and the bytes of the core. */
  constructor(script: string, core: Uint8Array<ArrayBuffer>) {
    this.#script = script;
    this.#core = core;
  }

  /** Calls a method of the session. Throws a Refusal. */
  async ask<Name extends Method>(
    method: Name,
    ...args: Parameters<Session[Name]>
  ): Promise<Awaited<ReturnType<Session[Name]>>> {
    this.#worker ??= this.#start();
    const id = this.#next++;
    const answer = new Promise<Awaited<ReturnType<Session[Name]>>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    const giveUp = () => this.stop(`it took longer than ${PATIENCE_MS / 1000} seconds`);
    const timer = setTimeout(giveUp, PATIENCE_MS);
    this.#worker.postMessage({ id, method, args } satisfies Call);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives up all that runs; the next call starts a new worker. */
  stop(why: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(refusalOf(why));
  }

  #start(): Worker {
    const worker = new Worker(this.#script);
    worker.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("value" in data) waiting?.resolve(data.value as never);
      else waiting?.reject(new Refusal(data.mistake));
    });
    worker.addEventListener("error", ({ message }) => this.stop(`the worker died: ${message}`));
    worker.postMessage({ core: this.#core } satisfies PageMessage);
    return worker;
  }
}

function refusalOf(message: string): Refusal {
  return new Refusal({ message, line: 1, column: 1, end: 1 });
}
