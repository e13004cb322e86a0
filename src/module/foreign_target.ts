// Targets that are any module with an allocator: which words of the command line mean one, and what
// a campaign against one can be asked for.
import { highWord, lowWord } from "../base/bytes.ts";
import { freshSeed } from "../base/prng.ts";
import { UserError } from "../base/user_error.ts";
import { type CampaignOptions, checkedShape } from "../campaign/options.ts";
import type { CampaignRequest } from "../campaign/request.ts";
import { DEFAULT_SHAPE } from "../slub/gen/options.ts";
import { workloadText } from "../slub/shape_text.ts";
import { WATCHED } from "../wasm/watch.ts";
import { checkedBugs } from "./gen/bugs.ts";
import type { ForeignShape } from "./gen/generate.ts";
import { type ForeignChoice, isCoreFile, loadForeign, TLSF } from "./load/load.ts";
import { looksForeign } from "./load/locate.ts";
import { mappingText, parseMapping } from "./load/mapping.ts";
import { choiceOf } from "./program/text.ts";

/** Programs are long: what an instance costs is shared by all their operations. */
const DEFAULT_OPS = 2000;

/** The module that a target means; undefined for those with a SLUB core. */
export function foreignChoice(target: string, exports?: string): ForeignChoice | undefined {
  if (exports !== undefined) return choiceOf(target, mappingText(parseMapping(exports)));
  if (target === TLSF || target.startsWith(WATCHED)) return { target };
  if (target.startsWith("slub") || target.startsWith("canary:")) return undefined;
  return looksForeign(target) && !isCoreFile(target) ? { target } : undefined;
}

/** The campaign that a request for a foreign target asks for; refuses one that cannot be. */
export function foreignCampaign(request: CampaignRequest, choice: ForeignChoice): CampaignOptions {
  refuseSlubOptions(request, choice.target);
  const { path, plan } = loadForeign(choice);
  const { sizes = DEFAULT_SHAPE.sizes, opCountMax = DEFAULT_OPS, twins = false } = request;
  const shape = { ...DEFAULT_SHAPE, swarm: true, sizes, opCountMax, twins };
  const bugs = checkedBugs(request.bugs ?? ["none"], plan.binding, path);
  return {
    ...checkedShape({ ...shape, bugs }),
    target: choice.target,
    machine: {},
    seed: request.seed ?? freshSeed(),
    foreign: choice,
  };
}

/** What is said of kernels and caches means nothing to an allocator that has none. */
function refuseSlubOptions(request: CampaignRequest, target: string): void {
  const { machine = {}, bugsPerCase = 1, swarm = true, without = [], workload, sizes } = request;
  const said = Object.entries(machine).find(([, value]) => value !== undefined)?.[0];
  const others: Readonly<Record<string, boolean>> = {
    "bugs per case": bugsPerCase !== 1,
    "no swarm": !swarm,
    without: without.length > 0,
    workload: workload !== undefined && workloadText(workload) !== "mixed",
    invariants: request.invariants !== undefined,
    size: typeof sizes === "string" && sizes !== DEFAULT_SHAPE.sizes,
  };
  const name = said ?? Object.keys(others).find((one) => others[one]);
  if (name === undefined) return;
  throw new UserError(`${target}: is no SLUB, ${name} says nothing about it`);
}

/** What programs for it are like. */
export function foreignShape(options: CampaignOptions): ForeignShape {
  const { seed, bugs, twins, sizes, opCountMax } = options;
  return {
    seed: { high: highWord(seed), low: lowWord(seed) },
    bugs,
    twins,
    sizes: typeof sizes === "string" ? undefined : sizes,
    opCountMax,
  };
}
