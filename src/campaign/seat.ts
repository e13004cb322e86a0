// The seat of a worker of a campaign.
import { startThread } from "../pool/thread.ts";
import { WatchedThread } from "../pool/watched_thread.ts";
import type { CampaignOptions } from "./options.ts";
import type { Answer, Job, WorkerInput } from "./protocol.ts";
import { codeOf } from "./target_code.ts";

/** What a seat's workers are to be like. */
export interface SeatRequest {
  readonly options: CampaignOptions;
  /** How long one case may take. */
  readonly timeoutMs: number;
}

export class Seat extends WatchedThread<Job, Answer> {
  constructor({ options, timeoutMs }: SeatRequest) {
    const start = (flight: SharedArrayBuffer) => {
      const input: WorkerInput = { options, code: codeOf(options), flight };
      return startThread(import.meta.url, "worker", input);
    };
    super({ start, timeoutMs });
  }
}
