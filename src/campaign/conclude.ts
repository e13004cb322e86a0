// The end of a campaign: its findings are written up and stored, and everything is summed up.
import type { Progress } from "./campaign.ts";
import type { Identity } from "./identity.ts";
import type { CampaignOptions } from "./options.ts";
import { storeResult } from "./result_file.ts";
import type { Seat } from "./seat.ts";
import type { FindingStore } from "./store.ts";
import { findingsInOrder, summarise } from "./summarise.ts";
import type { Summary } from "./summary.ts";
import { writeUp } from "./write_up.ts";

/** A campaign whose cases are run. */
interface Conclusion {
  readonly options: CampaignOptions;
  readonly identity: Identity;
  readonly result: Pick<Progress, "tally" | "timeMs">;
}

/** Without a store, findings get tokens only. `onFolder` hears of each finding written up. */
export async function conclude(
  { options, identity, result }: Conclusion,
  seats: readonly Seat[],
  store: FindingStore | undefined,
  onFolder: (written: number) => void,
): Promise<Summary> {
  const findings = findingsInOrder(result.tally);
  const folders = await writeUp(options, seats, findings, store !== undefined, onFolder);
  const summary = summarise(result, findings, folders, store);
  if (store !== undefined) storeResult(store.path, identity, summary);
  return summary;
}
