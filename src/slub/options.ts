// What a campaign against a SLUB core is, and how it comes from the user's request.
import { overlaid, pick } from "../base/fields.ts";
import { freshSeed } from "../base/prng.ts";
import { UserError } from "../base/user_error.ts";
import { parseBugs } from "../target/bug_names.ts";
import type { CampaignOptions, MachineOverrides } from "../target/options.ts";
import { bugsLeft, bugsOn } from "./gen/features.ts";
import { BUGS_PER_CASE_MAX, DEFAULT_SHAPE, OPS_MAX, type ProgramShape } from "./gen/options.ts";
import { unusualInvariants } from "./invariant_text.ts";
import { parseCore } from "./named_core.ts";
import type { InvariantCadence } from "./oracle/violation.ts";
import { resolveMachine } from "./program/boot.ts";
import type { Machine } from "./program/machine.ts";
import { parseWithout, parseWorkload } from "./shape_text.ts";

export interface SlubOptions extends CampaignOptions, ProgramShape {
  readonly machine: MachineOverrides;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants?: InvariantCadence;
}

/** Every byte is looked at in every case: there are not many of them. */
export const EVERY_BYTE: InvariantCadence = { "red-zone": 1, poison: 1, padding: 1 };

/** What decides which cases there are; what is left out has its default, the seed a fresh one. */
export interface SlubRequest extends Partial<ProgramShape> {
  readonly target?: string;
  readonly machine?: MachineOverrides;
  readonly seed?: bigint;
  /** How often rules are kept, where it is not as usual: 0 never, N in one case of N. */
  readonly invariants?: InvariantCadence;
}

const SHAPE_NAMES = Object.keys(DEFAULT_SHAPE) as (keyof ProgramShape)[];

/** The campaign that a request asks for; refuses one that cannot be. */
export function slubOptions(request: SlubRequest): SlubOptions {
  const options = {
    ...checkedShape(overlaid(DEFAULT_SHAPE, pick(request, SHAPE_NAMES))),
    target: parseCore(request.target ?? "slub").name,
    machine: inPlainLetters(request.machine ?? {}),
    seed: request.seed ?? freshSeed(),
    invariants: unusualInvariants(request.invariants),
  };
  const { profile } = machineOf(options); // refuses a machine that cannot be
  if (bugsOn(profile, options.bugs).length === 0) {
    throw new UserError(`bugs ${options.bugs.join(",")}: only v7.3 has what they need`);
  }
  return options;
}

/** Letters alone mean the same in any order and size; a value with caches is left as it is. */
function inPlainLetters({ slubDebug, ...machine }: MachineOverrides): MachineOverrides {
  if (slubDebug === undefined || !/^[FZPUTA]+$/i.test(slubDebug)) return { slubDebug, ...machine };
  const letters = [..."FZPUTA"].filter((letter) => slubDebug.toUpperCase().includes(letter));
  return { ...machine, slubDebug: letters.join("") };
}

/** The machine that all cases of a campaign run on. */
export function machineOf({ machine }: Pick<SlubOptions, "machine">): Machine {
  const resolved = resolveMachine({ comments: [] }, machine);
  return resolved;
}

/**
 * The shape with what it does without taken out of its classes, and its lists in the order of their
 * names: cases are drawn from them. Refuses a shape that cannot be.
 */
export function checkedShape(shape: ProgramShape): ProgramShape {
  const { opCountMax, bugsPerCase } = shape;
  const without = inOrder(shape.without, parseWithout);
  const workload = inOrder(shape.workload, parseWorkload);
  if (opCountMax > OPS_MAX) throw new UserError(`ops ${opCountMax}: at most ${OPS_MAX}`);
  if (bugsPerCase < 1 || bugsPerCase > BUGS_PER_CASE_MAX) {
    throw new UserError(`bugs per case ${bugsPerCase}: 1 or ${BUGS_PER_CASE_MAX}`);
  }
  const bugs = bugsLeft(inOrder(shape.bugs, parseBugs), without);
  if (bugs.length === 0) {
    throw new UserError(`without ${without.join(",")} no class of ${shape.bugs.join(",")} is left`);
  }
  return { ...shape, bugs, without, workload };
}

/** Each name once, in the order in which texts are read. */
function inOrder<T extends string>(
  names: readonly T[],
  parse: (text: string) => readonly T[],
): readonly T[] {
  return names.length === 0 ? names : parse(names.join(","));
}
