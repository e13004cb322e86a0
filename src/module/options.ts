// What a campaign against a module is, and how it comes from the user's request.
import { freshSeed } from "../base/prng.ts";
import { UserError } from "../base/user_error.ts";
import { type BugName, INJECTED_BUGS, parseBugs } from "../target/bug_names.ts";
import type { CampaignOptions, ModuleLimits } from "../target/options.ts";
import { type Binding, takesSizes } from "./load/binding.ts";
import { choiceOf } from "./load/choice.ts";
import { limitsOf, memoryText } from "./load/limits.ts";
import { loadForeign } from "./load/load.ts";
import { mappingText, parseMapping } from "./load/mapping.ts";

export interface ModuleOptions extends CampaignOptions, ModuleLimits {
  /** How the allocator is called, where its exports do not say. */
  readonly exports?: string;
  /** Sizes of blocks in bytes that are all there is; undefined for all kinds. */
  readonly sizes?: readonly number[];
}

/** The user's request for a campaign; options without a meaning for a module are refused. */
export interface ModuleRequest extends ModuleLimits {
  readonly target: string;
  readonly exports?: string;
  readonly seed?: bigint;
  readonly bugs?: readonly BugName[];
  readonly twins?: boolean;
  readonly sizes?: string | readonly number[];
  readonly opCountMax?: number;
  readonly machine?: object;
  readonly bugsPerCase?: number;
  readonly swarm?: boolean;
  readonly without?: readonly string[];
  readonly workload?: readonly string[];
  readonly invariants?: object;
}

/** Programs are long: what an instance costs is shared by all their operations. */
const DEFAULT_OPS = 2000;
export const MODULE_OPS_MAX = 20_000;
/** The word for sizes, and for a workload, of all kinds. */
const MIXED = "mixed";

/** The campaign that a request asks for; refuses one that cannot be. */
export function moduleOptions(request: ModuleRequest): ModuleOptions {
  refuseSlubOptions(request);
  const { target, exports, sizes, opCountMax = DEFAULT_OPS, twins = false } = request;
  const limits = limitsOf(request);
  const { path, plan } = loadForeign(choiceOf({ target, exports, ...limits }));
  if (opCountMax > MODULE_OPS_MAX)
    throw new UserError(`ops ${opCountMax}: at most ${MODULE_OPS_MAX}`);
  return {
    target,
    exports: exports === undefined ? undefined : mappingText(parseMapping(exports)),
    seed: request.seed ?? freshSeed(),
    bugs: checkedBugs(request.bugs ?? ["none"], plan.binding, path),
    twins,
    sizes: typeof sizes === "string" ? undefined : sizes,
    opCountMax,
    ...limits,
  };
}

/** What is said of kernels and caches means nothing to an allocator that has none. */
function refuseSlubOptions(request: ModuleRequest): void {
  const { machine = {}, bugsPerCase = 1, swarm = true, without = [], sizes = MIXED } = request;
  const { workload = [MIXED] } = request;
  const said = Object.entries(machine).find(([, value]) => value !== undefined)?.[0];
  const others: Readonly<Record<string, boolean>> = {
    "bugs per case": bugsPerCase !== 1,
    "no swarm": !swarm,
    without: without.length > 0,
    workload: workload.join() !== MIXED,
    invariants: request.invariants !== undefined,
    size: typeof sizes === "string" && sizes !== MIXED,
  };
  const name = said ?? Object.keys(others).find((one) => others[one]);
  if (name === undefined) return;
  throw new UserError(`${request.target}: is no SLUB, ${name} says nothing about it`);
}

/** The module that options name, without an entry for what they do not say. */
export function moduleOf({ target, exports, fuel, memory }: ModuleOptions) {
  return choiceOf({ target, exports, fuel, memory });
}

/** What differs from the usual shape, beside classes and length: `twins;size=24,32;memory=1MiB`. */
export function moduleShapeText({ twins, sizes, fuel, memory }: ModuleOptions): string {
  const parts = twins ? ["twins"] : [];
  if (sizes !== undefined) parts.push(`size=${blockSizesText(sizes)}`);
  if (fuel !== undefined) parts.push(`fuel=${fuel}`);
  if (memory !== undefined) parts.push(`memory=${memoryText(memory)}`);
  return parts.join(";");
}

export function blockSizesText(sizes: readonly number[] | undefined): string {
  return sizes === undefined ? MIXED : sizes.join(",");
}

/** Those that free nothing. */
const BUGS_WITHOUT_FREE: readonly BugName[] = [
  "overflow-right",
  "overflow-left",
  "off-by-one",
  "off-by-one-nul",
];

const FOREIGN_BUGS: readonly BugName[] = [
  ...BUGS_WITHOUT_FREE,
  "write-after-free",
  "write-after-reuse",
  "double-free",
  "double-free-interleaved",
  "double-free-after-reuse",
  "invalid-free-interior",
  "invalid-free-foreign",
  "wrong-size-use",
  "krealloc-misuse",
];

/** Those that a binding allows. */
function bugsFor(binding: Binding): readonly BugName[] {
  return FOREIGN_BUGS.filter((bug) => {
    if (binding.free === undefined) return BUGS_WITHOUT_FREE.includes(bug);
    if (bug === "wrong-size-use") return takesSizes(binding);
    if (bug === "krealloc-misuse") return binding.realloc !== undefined;
    return true;
  });
}

/** `all` means all that there are; anything else has to be among them. */
function checkedBugs(asked: readonly BugName[], binding: Binding, name: string) {
  const known = bugsFor(binding);
  const bugs = parseBugs(asked.join(","));
  if (bugs.length === INJECTED_BUGS.length) return known;
  const unknown = bugs.find((bug) => bug !== "none" && !known.includes(bug));
  if (unknown === undefined) return bugs;
  throw new UserError(`${name}: there is no ${unknown} (there are: none ${known.join(" ")})`);
}
