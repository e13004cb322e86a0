// What a campaign is: plain data, which a worker receives as it is and a token spells out.
import { UserError } from "../base/user_error.ts";
import { BUG_NAMES, type BugName, INJECTED_BUGS, isBugName } from "../gen/bug_names.ts";
import { resolveMachine } from "../program/boot.ts";
import type { Machine, MachineOverrides } from "../program/machine.ts";

/** Operations of a program before its end game, at most, where nobody says otherwise. */
export const DEFAULT_OPS = 100;
export const OPS_MAX = 20000;

export interface CampaignOptions {
  readonly target: string;
  readonly machine: MachineOverrides;
  readonly bugs: readonly BugName[];
  readonly seed: bigint;
  readonly opCountMax: number;
}

/** The machine that all cases of a campaign run on. */
export function machineOf(options: CampaignOptions): Machine {
  return resolveMachine({ comments: [] }, options.machine);
}

/** `none`, `all`, or names with commas between. */
export function parseBugs(text: string): readonly BugName[] {
  if (text === "all") return INJECTED_BUGS;
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!isBugName(name)) {
      throw new UserError(
        `unknown bug class ${JSON.stringify(name)} (there are: all ${BUG_NAMES.join(" ")})`,
      );
    }
  }
  return BUG_NAMES.filter((name) => names.includes(name));
}

/** The shortest text that `parseBugs` reads as these. */
export function bugsText(bugs: readonly BugName[]): string {
  const isAll = INJECTED_BUGS.length === bugs.length && !bugs.includes("none");
  return isAll ? "all" : bugs.join(",");
}
