// What a campaign is: plain data, which a worker receives as it is and a token spells out.
import { UserError } from "../base/user_error.ts";
import type { ForeignChoice } from "../module/load/load.ts";
import { bugsLeft } from "../slub/gen/features.ts";
import { BUGS_PER_CASE_MAX, OPS_MAX, type ProgramShape } from "../slub/gen/options.ts";
import type { InvariantCadence } from "../slub/oracle/violation.ts";
import { resolveMachine } from "../slub/program/boot.ts";
import type { Machine, MachineOverrides } from "../slub/program/machine.ts";

export interface CampaignOptions extends ProgramShape {
  readonly target: string;
  readonly machine: MachineOverrides;
  readonly seed: bigint;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants?: InvariantCadence;
  /** Set where the target is any module with an allocator, not a SLUB core. */
  readonly foreign?: ForeignChoice;
}

/** The machine that all cases of a campaign run on. */
export function machineOf(options: CampaignOptions): Machine {
  return resolveMachine({ comments: [] }, options.machine);
}

/** The shape with what it does without taken out of its classes; refuses one that cannot be. */
export function checkedShape(shape: ProgramShape): ProgramShape {
  const { opCountMax, bugsPerCase, without } = shape;
  if (opCountMax > OPS_MAX) throw new UserError(`ops ${opCountMax}: at most ${OPS_MAX}`);
  if (bugsPerCase < 1 || bugsPerCase > BUGS_PER_CASE_MAX) {
    throw new UserError(`bugs per case ${bugsPerCase}: 1 or ${BUGS_PER_CASE_MAX}`);
  }
  const bugs = bugsLeft(shape.bugs, without);
  if (bugs.length === 0) {
    throw new UserError(`without ${without.join(",")} no class of ${shape.bugs.join(",")} is left`);
  }
  return { ...shape, bugs };
}
