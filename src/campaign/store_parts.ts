// Parts of a campaign become its folder: journal, findings and summary, as one run leaves them.
import type { UserError } from "../base/user_error.ts";
import type { Target } from "../target/target.ts";
import { startWorkers } from "../targets/workers.ts";
import { type FindingOutput, finishCampaign, writersIn } from "./finish.ts";
import { type FuzzResult, UnstoredCampaign } from "./fuzz.ts";
import { Journal } from "./journal.ts";
import type { JournalContent } from "./journal_text.ts";
import { PartSum } from "./part.ts";
import type { PoolSize } from "./request.ts";
import { rangeOf } from "./start.ts";
import { FindingStore } from "./store.ts";

/** How a folder is written. */
export interface StoreRequest extends Pick<FindingOutput, "known"> {
  /** The folder; what it may hold before is the caller's to say. */
  readonly out: string;
  /** Called after each finding: how many are written up, and how many there are. */
  readonly onFolder?: ((written: number, total: number) => void) | undefined;
  /** Ends it before all findings are written up; the result says so. */
  readonly signal?: AbortSignal | undefined;
}

/** Throws an UnstoredCampaign, with what is known, where not everything could be stored. */
export async function storeParts(
  target: Target,
  { header, parts }: JournalContent,
  size: PoolSize,
  { out, onFolder, signal, known }: StoreRequest,
): Promise<FuzzResult> {
  const store = new FindingStore(out);
  Journal.begin(out, header, parts).close();
  const before = new PartSum(parts);
  const pool = startWorkers(target.code, size.jobs, size.timeoutMs);
  pool.closeAt(signal);
  let unstored: UserError | undefined;
  try {
    const summary = await finishCampaign(
      { target, identity: header, result: before },
      writersIn(pool),
      {
        store,
        known,
        onFolder: (written) => onFolder?.(written, before.tally.findings.length),
        onFailure: (error) => {
          unstored = error;
        },
      },
    );
    const result = {
      options: target.options,
      start: { target, header, before },
      summary,
      done: before.done,
      interrupted: signal?.aborted === true,
      isFinished: before.done.gapsIn(rangeOf(header)).length === 0,
      out,
    };
    if (unstored !== undefined) throw new UnstoredCampaign(unstored.message, result);
    return result;
  } finally {
    await pool.close();
  }
}
