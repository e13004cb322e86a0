// A mistake is what a program did wrong once: mostly one operation, sometimes several that belong
// together, as the writes of a loop do. Two bugs in one case are two mistakes, and each gets a
// verdict of its own.
import type { Cause } from "./cause.ts";
import type { Damage } from "./damage.ts";
import { NONE } from "./slabs.ts";

export interface Mistake {
  readonly cause: Cause;
  /** In the order of operations; never empty. */
  readonly damages: readonly Damage[];
}

/** The mistakes of a case, the earliest first. */
export function mistakesOf(damages: readonly Damage[]): Mistake[] {
  const groups: Damage[][] = [];
  for (const damage of damages) {
    const group = groups.find((one) => belongs(one, damage));
    if (group === undefined) groups.push([damage]);
    else group.push(damage);
  }
  return groups.map((group) => ({ cause: group[0].cause, damages: group }));
}

function belongs(group: readonly Damage[], damage: Damage): boolean {
  const [first] = group;
  // A list that was damaged leads the operations astray that follow it.
  if (damage.cause === "list-misuse") return first.kind === "write";
  if (first.cause !== damage.cause) return false;
  return first.op === damage.op || (first.object !== NONE && first.object === damage.object);
}

/** The damage that tells most: the first that changed something. */
export function mainDamage({ damages }: Mistake): Damage {
  return damages.find((one) => one.changed) ?? damages[0];
}
