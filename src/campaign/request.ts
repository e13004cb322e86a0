// What somebody asks of a campaign, and the campaign that it comes to.
import { freshSeed } from "../base/prng.ts";
import { UserError } from "../base/user_error.ts";
import { foreignCampaign, foreignChoice } from "../module/foreign_target.ts";
import type { ForeignChoice } from "../module/load/load.ts";
import { DEFAULT_SHAPE, type ProgramShape } from "../slub/gen/options.ts";
import { unusualInvariants } from "../slub/invariant_text.ts";
import { parseTarget } from "../slub/named_core.ts";
import type { InvariantCadence } from "../slub/oracle/violation.ts";
import type { MachineOverrides } from "../slub/program/machine.ts";
import { type CampaignOptions, checkedShape, machineOf } from "./options.ts";
import { CASES_MAX, type Shard } from "./shard.ts";

/** What decides which cases there are; what is left out has its default, the seed a fresh one. */
export interface CampaignRequest extends Partial<ProgramShape> {
  readonly target?: string;
  readonly machine?: MachineOverrides;
  readonly seed?: bigint;
  /** How often rules are kept, where it is not as usual: 0 never, N in one case of N. */
  readonly invariants?: InvariantCadence;
  /** For a foreign target whose exports say nothing: malloc=NAME,free=NAME,... */
  readonly exports?: string;
  /** The foreign target of a campaign that is resumed. */
  readonly foreign?: ForeignChoice;
}

/** How it is run: nothing of this changes what a case is. */
export interface RunRequest {
  readonly cases?: number;
  /** Time in all; what an earlier run took counts. */
  readonly timeMs?: number;
  /** Which part of the cases to run. */
  readonly shard?: Shard;
  readonly jobs?: number;
  /** How long one case may take before it counts as hung. */
  readonly timeoutMs?: number;
  /** Folder for the journal and the findings; without it findings get tokens only. */
  readonly out?: string;
  /** Carries on with the campaign in `out`. */
  readonly resume?: boolean;
}

const JOBS_MAX = 256;
const DEFAULT_TIMEOUT_MS = 10_000;
const TIMEOUT_MS_MIN = 50;

/** The campaign that a request asks for; refuses one that cannot be. */
export function campaignOf(request: CampaignRequest): CampaignOptions {
  const { target = "slub", exports, foreign = foreignChoice(target, exports) } = request;
  if (foreign !== undefined) return foreignCampaign(request, foreign);
  const options = {
    ...checkedShape(shapeOf(request)),
    target: parseTarget(target).name,
    machine: request.machine ?? {},
    seed: request.seed ?? freshSeed(),
    invariants: unusualInvariants(request.invariants),
  };
  machineOf(options); // a machine that cannot be is refused here
  return options;
}

function shapeOf(request: CampaignRequest): ProgramShape {
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

/** How many workers, and how patient with them. */
export function crewOf(request: RunRequest): { jobs: number; timeoutMs: number } {
  const { jobs = 1, timeoutMs = DEFAULT_TIMEOUT_MS, cases = 0 } = request;
  if (jobs > JOBS_MAX) throw new UserError(`--jobs ${jobs}: at most ${JOBS_MAX}`);
  if (timeoutMs < TIMEOUT_MS_MIN) {
    throw new UserError(`--timeout ${timeoutMs}: at least ${TIMEOUT_MS_MIN}`);
  }
  if (cases > CASES_MAX) throw new UserError(`--cases ${cases}: a seed has ${CASES_MAX}`);
  return { jobs, timeoutMs };
}
