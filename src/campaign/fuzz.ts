// A whole campaign as one call: what the command does, for anyone who imports slabfuzz.
//
//   const { summary } = await fuzz({ machine: { slubDebug: "FZP" }, cases: 1000 });
import { freshSeed } from "../base/entropy.ts";
import { UserError } from "../base/user_error.ts";
import { type BugName, INJECTED_BUGS } from "../gen/bug_names.ts";
import type { MachineOverrides } from "../program/machine.ts";
import type { Summary } from "../report/summary.ts";
import { type CampaignHooks, runCampaign } from "./campaign.ts";
import { type CampaignOptions, DEFAULT_OPS, machineOf, OPS_MAX } from "./options.ts";
import { FindingStore } from "./store.ts";
import { summarise } from "./summarise.ts";
import { parseTarget } from "./target.ts";

/** Without a number of cases and a time, a campaign takes this long. */
const DEFAULT_TIME_MS = 10_000;
const JOBS_MAX = 256;

export interface FuzzRequest extends CampaignHooks {
  readonly target?: string;
  readonly machine?: MachineOverrides;
  readonly bugs?: readonly BugName[];
  /** A fresh one if it is left out; the result says which. */
  readonly seed?: bigint;
  readonly opCountMax?: number;
  readonly cases?: number;
  readonly timeMs?: number;
  readonly jobs?: number;
  /** Folder for the findings; without it they get tokens only. */
  readonly out?: string;
}

export interface FuzzResult {
  readonly options: CampaignOptions;
  readonly summary: Summary;
  readonly interrupted: boolean;
}

/** The campaign that a request asks for; refuses one that cannot be. */
export function campaignOf(request: FuzzRequest): CampaignOptions {
  const opCountMax = request.opCountMax ?? DEFAULT_OPS;
  if (opCountMax > OPS_MAX) throw new UserError(`--ops ${opCountMax}: at most ${OPS_MAX}`);
  const options = {
    target: parseTarget(request.target ?? "slub").name,
    machine: request.machine ?? {},
    bugs: request.bugs ?? INJECTED_BUGS,
    seed: request.seed ?? freshSeed(),
    opCountMax,
  };
  machineOf(options); // a machine that cannot be is refused here
  return options;
}

/** Runs a campaign and writes up what it found. */
export async function fuzz(request: FuzzRequest = {}): Promise<FuzzResult> {
  const options = campaignOf(request);
  const jobs = request.jobs ?? 1;
  if (jobs > JOBS_MAX) throw new UserError(`--jobs ${jobs}: at most ${JOBS_MAX}`);
  const store = request.out === undefined ? undefined : new FindingStore(request.out);
  const { cases } = request;
  const timeMs = request.timeMs ?? (cases === undefined ? DEFAULT_TIME_MS : undefined);
  const result = await runCampaign(options, { cases, timeMs, jobs }, request);
  const summary = summarise(options, result, store);
  store?.close();
  return { options, summary, interrupted: result.interrupted };
}
