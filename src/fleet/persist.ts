// Changes in Redis that have to come about. A server whose memory is full, that is still loading,
// or that cannot write its file says so; the change is tried again until it is made.
import { setTimeout as wait } from "node:timers/promises";
import { StoreAway } from "./large_results.ts";

const RETRY_MS = 500;

/** What a server says that is over after a while, and what it means. */
const PASSING: readonly (readonly [RegExp, string])[] = [
  [/\bOOM\b/, "has no memory left (maxmemory): waiting until it has"],
  [/\bMISCONF\b/, "cannot write its data to disk: waiting until it can"],
  [/\bLOADING\b/, "is loading its data: waiting for it"],
  [/\bREADONLY\b/, "takes no changes (it is a replica): waiting until it does"],
  [/\bBUSY\b|\bTRYAGAIN\b|\bCLUSTERDOWN\b/, "is busy: waiting for it"],
];

/** What a server's complaint means; undefined where waiting does not help. */
export function passingReason(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  return PASSING.find(([pattern]) => pattern.test(message))?.[1];
}

/** Makes changes as often as it takes, and says once why it waits. */
export class Persistence {
  readonly #name: string;
  readonly #say: (line: string) => void;
  readonly #lost: AbortSignal;
  /** What ends the waits for answers that are under way. */
  readonly #waits = new Set<(reason: unknown) => void>();
  #said = "";

  constructor(name: string, lost: AbortSignal, say: (line: string) => void) {
    this.#name = name;
    this.#lost = lost;
    this.#say = say;
    lost.addEventListener("abort", () => {
      for (const end of this.#waits) end(lost.reason);
    });
  }

  /** Throws what the server says where waiting does not help, and a ServerLost once it is lost. */
  async make<T>(change: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#lost.throwIfAborted();
      try {
        const answer = await this.#orLost(change());
        this.#said = "";
        return answer;
      } catch (error) {
        const line = this.#whyItWaits(error);
        if (line === undefined) throw error;
        if (this.#said !== line) this.#say(line);
        this.#said = line;
        await wait(RETRY_MS);
      }
    }
  }

  #whyItWaits(error: unknown): string | undefined {
    if (error instanceof StoreAway) return `${error.message}: waiting until it takes results`;
    const reason = passingReason(error);
    return reason && `${this.#name}: ${reason}`;
  }

  /** A server that stays away never answers. */
  #orLost<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waits.add(reject);
      const end = () => this.#waits.delete(reject);
      answer.then(resolve, reject).finally(end);
    });
  }
}
