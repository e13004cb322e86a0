// The interestingness test of `shrink`: a candidate is interesting if it shows the same bug as the
// program it came from. A candidate that shows another bug is never taken; the smallest one of each
// such bug is kept as a slip, a finding of its own.
import type { Shown } from "../../target/program.ts";
import { compareKeys, type InterestingnessTest, type Key } from "../../target/shrink.ts";
import { VERDICTS, type Verdict } from "../../target/verdict.ts";
import type { Program } from "../program/op.ts";
import type { CandidateRunner } from "./candidate_runner.ts";
import { keyOf } from "./key.ts";

/** Another bug that a candidate showed, by the smallest program that did. */
export interface Slip extends Shown {
  readonly program: Program;
}

export class SameBugTest implements InterestingnessTest<Program> {
  readonly wanted: Shown;
  readonly #runner: CandidateRunner;
  readonly #slips = new Map<string, { readonly slip: Slip; readonly key: Key }>();

  constructor(runner: CandidateRunner, wanted: Shown) {
    this.#runner = runner;
    this.wanted = wanted;
  }

  isInteresting(candidate: Program): boolean {
    const shown = this.#runner.run(candidate);
    if (shown === undefined) return false;
    if (isSameBug(shown, this.wanted)) return true;
    this.#keepSlip(shown, candidate);
    return false;
  }

  get effort(): number {
    return this.#runner.effort;
  }

  /** What needs attention comes first. */
  get slips(): readonly Slip[] {
    const slips = [...this.#slips.values()].map(({ slip }) => slip);
    return slips.sort((one, other) => rankOf(one) - rankOf(other));
  }

  #keepSlip(shown: Shown, program: Program): void {
    const name = `${shown.verdict} ${shown.signature}`;
    const key = keyOf(program);
    const known = this.#slips.get(name);
    if (known !== undefined && compareKeys(known.key, key) <= 0) return;
    this.#slips.set(name, { slip: { ...shown, program }, key });
  }
}

function rankOf({ verdict }: Shown): number {
  return VERDICTS.indexOf(verdict as Verdict);
}

/** The impact may differ: it is how far one example of a bug got. */
export function isSameBug(one: Shown, other: Shown): boolean {
  return one.verdict === other.verdict && one.signature === other.signature;
}
