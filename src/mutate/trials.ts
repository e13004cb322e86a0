// What a mutant goes through: the gate's fast part, then the golden programs.
import { type CheckKind, isForbidden } from "../gate/check.ts";
import { goldenPlayers, playerOfCheck } from "../gate/golden.ts";
import { fastChecks } from "../gate/plan.ts";
import type { Opinion, Player, SetPlayer } from "../golden/player.ts";

/** Programs for one machine, and what must not come of them. Golden programs are only compared. */
export type Trial = JudgedTrial | { readonly kind: "golden"; readonly player: Player };

export interface JudgedTrial {
  readonly kind: CheckKind;
  readonly player: SetPlayer;
}

/** All of them, in the order in which they are gone through. */
export function allTrials(): readonly Trial[] {
  return [
    ...fastChecks().map((check): Trial => ({ player: playerOfCheck(check), kind: check.kind })),
    ...goldenPlayers().map((player): Trial => ({ player, kind: "golden" })),
  ];
}

/** What the judge says of a program, where that tells that the core is wrong. */
export function alarmOf({ kind, player }: JudgedTrial, index: number): Opinion | undefined {
  const opinion = player.judge(index);
  return isForbidden(kind, opinion.verdict) ? opinion : undefined;
}
