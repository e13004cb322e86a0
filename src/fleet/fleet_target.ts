// The target of a fleet's campaign on this machine: made of the files that came with the campaign,
// and refused where it would give other bytes.
import { UserError } from "../base/user_error.ts";
import { driverBuild } from "../campaign/driver_build.ts";
import { differenceOf, identityOf, targetOf } from "../campaign/identity.ts";
import type { Target } from "../target/target.ts";
import { targetOfFiles } from "../targets/targets.ts";
import type { FleetLedger } from "./ledger.ts";

/**
 * Throws a UserError for the campaign of another build, for files that are not those of its target,
 * and where this version of Node may run the target otherwise.
 */
export async function fleetTarget(ledger: FleetLedger, nodeMajor: number): Promise<Target> {
  const { campaign, name } = ledger;
  if (campaign.driver !== driverBuild()) {
    throw new UserError(
      `campaign ${name}: another build of slabfuzz started it (${campaign.driver}, ` +
        `this is ${driverBuild()}): work on it with that build`,
    );
  }
  const [file, ...more] = await ledger.files();
  const { campaign: token } = campaign;
  const target = await (file === undefined
    ? targetOf(campaign)
    : targetOfFiles(token, [file, ...more]));
  const difference = await differenceOf(campaign, identityOf(target));
  if (difference !== undefined) throw new UserError(`campaign ${name}: ${difference}`);
  if (target.dependsOnNode && campaign.node !== nodeMajor) {
    throw new UserError(
      `campaign ${name}: Node ${campaign.node} started it, and Node ${nodeMajor} may run its ` +
        `module otherwise: work on it with Node ${campaign.node}`,
    );
  }
  await target.prepare();
  return target;
}
