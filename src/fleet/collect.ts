// What a fleet has done, as a folder: that of `fuzz` on one machine with the same cases. It may be
// collected at any moment, and again.
import { UserError } from "../base/user_error.ts";
import type { FuzzResult } from "../campaign/fuzz.ts";
import { differenceOf } from "../campaign/identity.ts";
import { hasJournal, readJournal } from "../campaign/journal.ts";
import { heldIn, requireOwnSummary } from "../campaign/output.ts";
import { PartSum } from "../campaign/part.ts";
import { poolSizeOf } from "../campaign/request.ts";
import { type StoreRequest, storeParts } from "../campaign/store_parts.ts";
import type { Finding } from "../target/tally.ts";
import { fleetTarget } from "./fleet_target.ts";
import type { FleetLedger } from "./ledger.ts";
import { wholeHeader } from "./record.ts";
import { folderAtEnd } from "./written_up.ts";

export interface CollectRequest extends Omit<StoreRequest, "known"> {
  readonly ledger: FleetLedger;
  /** Worker threads that write findings up. */
  readonly jobs: number;
  /** The major version of Node that runs here. */
  readonly nodeMajor: number;
  /** Called now and then: how many shards are read, and how many there are. */
  readonly onShard?: (read: number, total: number) => void;
}

/**
 * Sums up the results of a campaign, and writes its folder. Throws a UserError for results that
 * cannot be read, and where `out` holds something else.
 */
export async function collect(request: CollectRequest): Promise<FuzzResult> {
  const { ledger, out, jobs, nodeMajor } = request;
  const size = poolSizeOf({ jobs, timeoutMs: ledger.campaign.timeoutMs });
  const target = await fleetTarget(ledger, nodeMajor);
  const before = await summedUp(request);
  const header = wholeHeader(ledger.campaign);
  await refuseOther(out, ledger, before);
  const parts = before.isEmpty ? [] : [before.part];
  return storeParts(target, { header, parts }, size, {
    ...request,
    known: (finding) => writtenUpBefore(ledger, finding),
  });
}

/** What a worker wrote up is worth a second look: where it is no good, it is written up again. */
async function writtenUpBefore(ledger: FleetLedger, finding: Finding) {
  try {
    const written = await ledger.writtenUp(finding.signature.text);
    return written && (await folderAtEnd(written, finding));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

async function summedUp({ ledger, onShard }: CollectRequest): Promise<PartSum> {
  const sum = new PartSum();
  let read = 0;
  for await (const part of ledger.results()) {
    sum.add(part);
    read++;
    if (read % 100 === 0) onShard?.(read, ledger.shards);
  }
  return sum;
}

/** A folder of the same campaign is renewed, unless it has cases that the fleet lacks. */
async function refuseOther(out: string, ledger: FleetLedger, { done }: PartSum): Promise<void> {
  const header = wholeHeader(ledger.campaign);
  if (!hasJournal(out)) {
    const held = await heldIn(out);
    if (held !== undefined) throw new UserError(`${out}: holds ${held}: choose another folder`);
    return;
  }
  const journal = readJournal(out);
  const difference = await differenceOf(journal.header, header);
  if (difference !== undefined) {
    throw new UserError(`${out}: cannot be collected into, ${difference}: choose another folder`);
  }
  requireOwnSummary(out, header);
  if (done.covers(new PartSum(journal.parts).done)) return;
  throw new UserError(`${out}: has cases that the fleet has not done: choose another folder`);
}
