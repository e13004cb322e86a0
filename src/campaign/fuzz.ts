// A whole campaign as one call: what the command does, for anyone who imports slabfuzz.
//
//   const { summary } = await fuzz({ machine: { slubDebug: "FZP" }, cases: 1000 });
import { freshSeed } from "../base/entropy.ts";
import { UserError } from "../base/user_error.ts";
import { DEFAULT_SHAPE, type ProgramShape } from "../gen/options.ts";
import type { MachineOverrides } from "../program/machine.ts";
import type { Summary } from "../report/summary.ts";
import { type CampaignHooks, runCampaign } from "./campaign.ts";
import { type CampaignOptions, checkedShape, machineOf } from "./options.ts";
import { FindingStore } from "./store.ts";
import { summarise } from "./summarise.ts";
import { parseTarget } from "./target.ts";

/** Without a number of cases and a time, a campaign takes this long. */
const DEFAULT_TIME_MS = 10_000;
const JOBS_MAX = 256;

export interface FuzzRequest extends CampaignHooks, Partial<ProgramShape> {
  readonly target?: string;
  readonly machine?: MachineOverrides;
  /** A fresh one if it is left out; the result says which. */
  readonly seed?: bigint;
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
  const options = {
    ...checkedShape(shapeOf(request)),
    target: parseTarget(request.target ?? "slub").name,
    machine: request.machine ?? {},
    seed: request.seed ?? freshSeed(),
  };
  machineOf(options); // a machine that cannot be is refused here
  return options;
}

function shapeOf(request: FuzzRequest): ProgramShape {
  return {
    bugs: request.bugs ?? DEFAULT_SHAPE.bugs,
    bugsPerCase: request.bugsPerCase ?? DEFAULT_SHAPE.bugsPerCase,
    twins: request.twins ?? DEFAULT_SHAPE.twins,
    swarm: request.swarm ?? DEFAULT_SHAPE.swarm,
    without: request.without ?? DEFAULT_SHAPE.without,
    workload: request.workload ?? DEFAULT_SHAPE.workload,
    sizes: request.sizes ?? DEFAULT_SHAPE.sizes,
    opCountMax: request.opCountMax ?? DEFAULT_SHAPE.opCountMax,
  };
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
