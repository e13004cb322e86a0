// The smallest program with which a core hangs. Only the watchdog of its worker can see that.
import type { Program } from "../../slub/program/op.ts";
import { parseScript, printScript } from "../../slub/program/text.ts";
import { SMALLER_OPERATIONS } from "../../slub/shrink/strategy.ts";
import { type InterestingnessTest, shrinkInTurns } from "../../target/shrink.ts";
import { bareReproducer, type Reproducer } from "./reproducer.ts";
import type { GatePool } from "./workers.ts";

/** A candidate's share of the time for a case: its few operations take a thousandth of that. */
const PATIENCE = 0.2;
const PATIENCE_MAX_MS = 400;
const HUNG_MAX = 60;

/**
 * The smallest program that hangs. Whether a candidate does can only be seen from outside, by the
 * CPU time that it takes: each one that does costs that time and its worker, so that not many are
 * tried, and the coarsest cuts come first.
 */
export async function shrinkHung(
  pool: GatePool,
  target: string,
  reproducer: Reproducer,
): Promise<Reproducer> {
  const { header, ops } = parseScript(reproducer.script, "hung.slab");
  const start = { header, ops };
  const test = new HangTest(pool, target);
  if (!(await test.isInteresting(start))) return reproducer;
  const task = { start, strategy: SMALLER_OPERATIONS, test, effortMax: HUNG_MAX };
  const { best } = await shrinkInTurns(task);
  if (!(await test.isInteresting(best, pool.limitMs))) return reproducer;
  const { operationsBefore, token } = reproducer;
  return { ...bareReproducer(best, token), operationsBefore };
}

/** A candidate is interesting if it hangs. */
class HangTest implements InterestingnessTest<Program, Promise<boolean>> {
  readonly #pool: GatePool;
  readonly #target: string;
  readonly #patienceMs: number;
  /** Candidates that hung: all others cost next to nothing. */
  effort = 0;

  constructor(pool: GatePool, target: string) {
    this.#pool = pool;
    this.#target = target;
    this.#patienceMs = Math.min(PATIENCE_MAX_MS, PATIENCE * pool.limitMs);
  }

  async isInteresting(program: Program, limitMs = this.#patienceMs): Promise<boolean> {
    const script = printScript(program);
    const job = { target: this.#target, script, name: "hung.slab" };
    const outcome = await this.#pool.tryOnce("program", job, { limitMs });
    const isHung = outcome.kind === "lost" && outcome.how === "hung" && !outcome.stoodStill;
    if (isHung) this.effort++;
    return isHung;
  }
}
