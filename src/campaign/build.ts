// Which build of a target a campaign runs on: a token says it, and so does every finding.
import { loadForeign } from "../module/load/load.ts";
import { buildOfCore } from "../slub/core/build.ts";
import { parseTarget } from "../slub/named_core.ts";
import type { CampaignOptions } from "./options.ts";

/** Eight digits that change with the target's bytes. */
export function buildOf({ target, foreign }: Pick<CampaignOptions, "target" | "foreign">): string {
  return foreign === undefined ? buildOfCore(parseTarget(target).core) : loadForeign(foreign).build;
}
