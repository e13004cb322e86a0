// The workers of a campaign.
import { Pool } from "../pool/pool.ts";
import type { CampaignOptions } from "./options.ts";
import type { CampaignJobs, WorkerInput } from "./protocol.ts";
import { codeOf } from "./target_code.ts";

export type CampaignPool = Pool<CampaignJobs>;

export interface PoolSize {
  readonly jobs: number;
  /** CPU time that one case may take. */
  readonly timeoutMs: number;
}

/** A pool that runs the cases of a campaign. */
export function campaignPool(options: CampaignOptions, size: PoolSize): CampaignPool {
  const input: WorkerInput = { options, code: codeOf(options) };
  const file = { beside: import.meta.url, name: "worker", input };
  return new Pool<CampaignJobs>({ file, size: size.jobs, limitMs: size.timeoutMs });
}
