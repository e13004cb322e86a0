// The seats of the gate's workers, and work that is spread over them.
import { startThread } from "../../pool/thread.ts";
import { type LostJob, WatchedThread } from "../../pool/watched_thread.ts";
import { type CoreKind, loadModule } from "../../slub/core/load.ts";
import type { GateAnswer, GateJob, GateWorkerInput } from "./protocol.ts";

/** How long one case may take: a thousand times as long as one takes. */
export const CASE_TIMEOUT_MS = 2000;

export class GateSeat extends WatchedThread<GateJob, GateAnswer> {
  constructor(kinds: readonly CoreKind[], timeoutMs = CASE_TIMEOUT_MS) {
    const cores = kinds.map((kind) => ({ kind, module: loadModule(kind) }));
    const start = (flight: SharedArrayBuffer) => {
      return startThread(import.meta.url, "worker", { cores, flight } satisfies GateWorkerInput);
    };
    super({ start, timeoutMs });
  }
}

/** The answer to a job of that kind, or word that the job was lost. */
export type AnswerTo<K extends GateAnswer["kind"]> = Extract<GateAnswer, { kind: K }> | LostJob;

/** Does every piece of work, each on the first seat that is free; the order of results stays. */
export async function spread<T, R>(
  seats: readonly GateSeat[],
  items: readonly T[],
  work: (seat: GateSeat, item: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const keepBusy = async (seat: GateSeat): Promise<void> => {
    while (next < items.length && signal?.aborted !== true) {
      const index = next++;
      results[index] = await work(seat, items[index]);
    }
  };
  await Promise.all(seats.map(keepBusy));
  return results.filter((result) => result !== undefined);
}
