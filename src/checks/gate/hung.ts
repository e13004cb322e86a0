// The smallest program that hangs. Whether a candidate does can only be seen from outside, by the
// CPU time that it takes: each one that does costs that time and its worker, so that not many are
// tried, and the coarsest cuts come first.
import type { NamedCore } from "../../slub/named_core.ts";
import type { Program } from "../../slub/program/op.ts";
import { parseScript, printScript } from "../../slub/program/text.ts";
import { SMALLER_OPERATIONS } from "../../slub/shrink/strategy.ts";
import { type InterestingnessTest, shrinkInTurns } from "../../target/shrink.ts";
import { bareExhibit, type Exhibit } from "./exhibit.ts";
import { CASE_TIMEOUT_MS, type GatePool } from "./workers.ts";

/** CPU time for a candidate: a program of some operations takes a thousandth of that. */
const PATIENCE_MS = 400;
const HUNG_MAX = 60;

/** Cuts the program of an exhibit down, as far as the patience goes. */
export async function shrinkHung(
  pool: GatePool,
  target: NamedCore,
  exhibit: Exhibit,
): Promise<Exhibit> {
  const { header, ops } = parseScript(exhibit.script, "hung.slab");
  const start = { header, ops };
  const test = new HangTest(pool, target);
  if (!(await test.isInteresting(start))) return exhibit;
  const problem = { start, strategy: SMALLER_OPERATIONS, test, effortMax: HUNG_MAX };
  const { best } = await shrinkInTurns(problem);
  if (!(await test.isInteresting(best, CASE_TIMEOUT_MS))) return exhibit;
  const { operationsBefore, token } = exhibit;
  return { ...bareExhibit(best, token), operationsBefore };
}

/** A candidate is interesting if it hangs. */
class HangTest implements InterestingnessTest<Program, Promise<boolean>> {
  readonly #pool: GatePool;
  readonly #target: string;
  /** Candidates that hung: all others cost next to nothing. */
  effort = 0;

  constructor(pool: GatePool, { name }: NamedCore) {
    this.#pool = pool;
    this.#target = name;
  }

  async isInteresting(program: Program, limitMs = PATIENCE_MS): Promise<boolean> {
    const script = printScript(program);
    const job = { target: this.#target, script, name: "hung.slab" };
    const outcome = await this.#pool.tryOnce("program", job, { limitMs });
    const isHung = outcome.kind === "lost" && outcome.how === "hung" && !outcome.stoodStill;
    if (isHung) this.effort++;
    return isHung;
  }
}
