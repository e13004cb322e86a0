// Times of the contenders of a group: how they are taken is in src/survey/pace.ts.
import { type Contender, paceOf, takeTurns } from "../src/survey/pace.ts";

export { type Contender, timed } from "../src/survey/pace.ts";

export interface Measured {
  readonly name: string;
  /** Nanoseconds an operation. */
  readonly p10: number;
  /** How far the median lies above p10: 0.5 means that the machine was busy. */
  readonly spread: number;
}

/** Lets all contenders of a group take turns for so long. */
export function measure(contenders: readonly Contender[], timeMs: number): Measured[] {
  const samples = takeTurns(contenders, { timeMs });
  return contenders.map(({ name }, i) => ({ name, ...paceOf(samples[i]) }));
}
