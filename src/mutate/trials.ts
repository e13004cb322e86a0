// What a mutant goes through: the gate's fast part, then the golden programs.
import { type CheckKind, isForbidden } from "../gate/check.ts";
import { goldenPlayers, playerOfCheck } from "../gate/golden.ts";
import { fastChecks } from "../gate/plan.ts";
import type { Player } from "../golden/player.ts";
import type { Verdict } from "../oracle/verdict.ts";

/** Programs for one machine, and what must not come of them. */
export interface Trial {
  readonly player: Player;
  /** Golden programs are only compared. */
  readonly kind: CheckKind | "golden";
}

/** All of them, in the order in which they are gone through. */
export function allTrials(): readonly Trial[] {
  return [
    ...fastChecks().map((check): Trial => ({ player: playerOfCheck(check), kind: check.kind })),
    ...goldenPlayers().map((player): Trial => ({ player, kind: "golden" })),
  ];
}

/** Whether a verdict alone tells that the core is wrong. */
export function isAlarm({ kind }: Trial, verdict: Verdict): boolean {
  return kind !== "golden" && isForbidden(kind, verdict);
}
