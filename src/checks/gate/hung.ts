// The smallest program that hangs. Whether a candidate does can only be seen from outside, by the
// clock: each one that does costs that time and its worker, so that not many are tried, and the
// coarsest cuts come first.
import type { Target } from "../../slub/named_core.ts";
import type { Program } from "../../slub/program/op.ts";
import { parseScript, printScript } from "../../slub/program/text.ts";
import { SMALLER_OPERATIONS } from "../../slub/shrink/strategy.ts";
import { type InterestingnessTest, shrinkInTurns } from "../../target/shrink.ts";
import { bareExhibit, type Exhibit } from "./exhibit.ts";
import { type AnswerTo, CASE_TIMEOUT_MS, type GateSeat } from "./gate_seat.ts";

/** A program of some operations takes a thousandth of that. */
const PATIENCE_MS = 400;
const HUNG_MAX = 60;

/** Cuts the program of an exhibit down, as far as the patience goes. */
export async function shrinkHung(
  seat: GateSeat,
  target: Target,
  exhibit: Exhibit,
): Promise<Exhibit> {
  const { header, ops } = parseScript(exhibit.script, "hung.slab");
  const start = { header, ops };
  const test = new HangTest(seat, target);
  if (!(await test.isInteresting(start))) return exhibit;
  const problem = { start, strategy: SMALLER_OPERATIONS, test, effortMax: HUNG_MAX };
  const { best } = await shrinkInTurns(problem);
  if (!(await test.isInteresting(best, CASE_TIMEOUT_MS))) return exhibit;
  const { operationsBefore, token } = exhibit;
  return { ...bareExhibit(best, token), operationsBefore };
}

/** A candidate is interesting if it hangs. */
class HangTest implements InterestingnessTest<Program, Promise<boolean>> {
  readonly #seat: GateSeat;
  readonly #target: string;
  /** Candidates that hung: all others cost next to nothing. */
  effort = 0;

  constructor(seat: GateSeat, { name }: Target) {
    this.#seat = seat;
    this.#target = name;
  }

  async isInteresting(program: Program, timeoutMs = PATIENCE_MS): Promise<boolean> {
    const script = printScript(program);
    const job = { kind: "program", target: this.#target, script, name: "hung.slab" } as const;
    const answer = (await this.#seat.run(job, timeoutMs)) as AnswerTo<"program">;
    const isHung = answer.kind === "lost" && answer.how === "hung";
    if (isHung) this.effort++;
    return isHung;
  }
}
