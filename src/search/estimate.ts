// How long a search takes, before it begins.
import { UserError } from "../base/user_error.ts";
import { agoText } from "../campaign/quantity_text.ts";

/** CPU time of a worker between two beats of its heart. */
export const TIMEOUT_MS = 20_000;
/** A search that takes longer is begun only on request. */
const SECONDS_MAX = 3600;

/** How much there is to do. */
export interface Estimate {
  /** Programs of all cells, and those of them that are to be run. */
  readonly programs: bigint;
  readonly toRun: bigint;
  /** With the workers of the request; undefined where it is not worth measuring. */
  readonly seconds: number | undefined;
}

/** Refuses a search of more than an hour, unless that is what its user wants. */
export function refuseLong({ seconds, toRun }: Estimate, isSure: boolean): void {
  if (seconds === undefined || seconds <= SECONDS_MAX || isSure) return;
  const time = `would take about ${agoText(seconds)} (${toRun} programs to run)`;
  throw new UserError(`this search ${time}: choose a smaller scope, or say --yes`);
}
