// What a mutant goes through: the gate's fast part, then the golden programs.
import { type CheckKind, isForbidden } from "../gate/check.ts";
import { goldenPlayers, playerOfCheck } from "../gate/golden.ts";
import { fastChecks } from "../gate/plan.ts";
import type { Opinion, Player, SetPlayer } from "../golden/player.ts";

/** Programs for one machine, and what must not come of them. Golden programs are only compared. */
export type Trial = JudgedTrial | { readonly kind: "golden"; readonly player: Player };

interface JudgedTrial {
  readonly kind: CheckKind;
  readonly player: SetPlayer;
}

/**
 * All of them, in the order in which they are gone through. Those that boot alike follow each
 * other: a core that boots another kernel, or another memory, has megabytes to clear.
 */
export function allTrials(): readonly Trial[] {
  const trials = [
    ...fastChecks().map((check): Trial => ({ player: playerOfCheck(check), kind: check.kind })),
    ...goldenPlayers().map((player): Trial => ({ player, kind: "golden" })),
  ];
  const groups = new Map<string, Trial[]>();
  for (const trial of trials) {
    const { profile, physPages } = trial.player.machine;
    const key = `${profile} ${physPages}`;
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups.values()].flat();
}

/** What the judge says of a program, where that tells that the core is wrong. */
export function alarmOf({ kind, player }: JudgedTrial, index: number): Opinion | undefined {
  const opinion = player.judge(index);
  return isForbidden(kind, opinion.verdict) ? opinion : undefined;
}
