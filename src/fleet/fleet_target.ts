// The target of a fleet's campaign on this machine: refused where it would give other bytes.
import { UserError } from "../base/user_error.ts";
import { driverBuild } from "../campaign/driver_build.ts";
import { differenceOf, identityOf, targetOf } from "../campaign/identity.ts";
import type { Target } from "../target/target.ts";
import { campaignName, type FleetCampaign } from "./record.ts";

/** Throws a UserError for the campaign of another build, and for one whose target is not here. */
export async function fleetTarget(campaign: FleetCampaign): Promise<Target> {
  const name = campaignName(campaign);
  if (campaign.driver !== driverBuild()) {
    throw new UserError(
      `campaign ${name}: another build of slabfuzz started it (${campaign.driver}, ` +
        `this is ${driverBuild()}): work on it with that build`,
    );
  }
  const target = await targetOf(campaign);
  const difference = await differenceOf(campaign, identityOf(target));
  if (difference !== undefined) throw new UserError(`campaign ${name}: ${difference}`);
  await target.prepare();
  return target;
}
