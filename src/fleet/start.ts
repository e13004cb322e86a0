// A campaign becomes a fleet's: its record, with shards of a size that suits this machine. The
// queue is filled by those who work on it.
import { counted } from "../base/count_text.ts";
import { UserError } from "../base/user_error.ts";
import { runCampaign } from "../campaign/campaign.ts";
import { identityOf } from "../campaign/identity.ts";
import { poolSizeOf, type RunRequest } from "../campaign/request.ts";
import { CASES_MAX } from "../target/options.ts";
import type { Target } from "../target/target.ts";
import { type CampaignRequest, targetFor } from "../targets/targets.ts";
import { startWorkers } from "../targets/workers.ts";
import type { FleetIndex } from "./ledger.ts";
import { campaignName, type FleetCampaign, fileRecords, shardCount } from "./record.ts";

export interface StartRequest extends CampaignRequest, Pick<RunRequest, "cases" | "timeoutMs"> {
  /** Cases of a shard; by default as many as one core runs in 20 s. */
  readonly shardCases?: number | undefined;
  /** The major version of Node that runs here. */
  readonly nodeMajor: number;
}

export interface StartedCampaign {
  readonly name: string;
  readonly campaign: FleetCampaign;
  readonly target: Target;
  /** False if the fleet had the campaign already. */
  readonly isNew: boolean;
}

/** What a shard ought to take on one core. */
const SHARD_MS = 20_000;
/** How long cases are run to see how long they take, once the thread is warm. */
const WARM_MS = 700;
const MEASURE_MS = 1500;

/**
 * Adds a campaign to the fleet; one that is there already stays as it is. Throws a UserError for a
 * request that cannot be met.
 */
export async function startCampaign(
  index: FleetIndex,
  request: StartRequest,
): Promise<StartedCampaign> {
  const { cases, shardCases } = request;
  if (cases === undefined) {
    throw new UserError("--cases: a fleet's campaign needs an end, such as --cases 1e9");
  }
  const { timeoutMs } = poolSizeOf(request);
  const target = await targetFor(request);
  await target.prepare();
  const files = fileRecords(target);
  const identity = { ...identityOf(target), cases, timeoutMs, node: request.nodeMajor, files };
  const known = await knownCampaign(index, identity);
  const size = known?.shardCases ?? shardCases ?? (await measuredShard(target, timeoutMs));
  const asked = { ...identity, shardCases: Math.min(size, cases) };
  const { campaign, isNew } = await index.add(asked, target.files);
  if (shardCases !== undefined && Math.min(shardCases, cases) !== campaign.shardCases) {
    const shards = counted(shardCount(campaign), "shard");
    throw new UserError(
      `--shard-cases ${shardCases}: the campaign is in the fleet already, with ${shards} of ` +
        `${campaign.shardCases} cases`,
    );
  }
  return { name: campaignName(campaign), campaign, target, isNew };
}

async function knownCampaign(index: FleetIndex, asked: Omit<FleetCampaign, "shardCases">) {
  const name = campaignName({ ...asked, shardCases: 1 });
  return (await index.names()).includes(name) ? await index.find(name) : undefined;
}

/** Cases that one core runs in the time of a shard, to two digits. */
async function measuredShard(target: Target, timeoutMs: number): Promise<number> {
  const pool = startWorkers(target.code, 1, timeoutMs);
  try {
    const range = [0, CASES_MAX] as const;
    await runCampaign(target, pool, { range, timeMs: WARM_MS });
    const { tally, timeMs } = await runCampaign(target, pool, { range, timeMs: MEASURE_MS });
    return twoDigits((tally.cases * SHARD_MS) / Math.max(timeMs, 1));
  } finally {
    await pool.close();
  }
}

function twoDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1);
  return Math.max(1, Math.round(value / unit) * unit);
}
