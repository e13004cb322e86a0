// The smallest program that hangs. Whether a candidate does can only be seen from outside, by the
// CPU time that it takes: each one that does costs that time and its worker, so that not many are
// tried, and the coarsest cuts come first.
import type { NamedCore } from "../../slub/named_core.ts";
import type { Program } from "../../slub/program/op.ts";
import { parseScript, printScript } from "../../slub/program/text.ts";
import { smallerPrograms } from "../../slub/shrink/reduce.ts";
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
  const hunt = new Hunt(pool, target);
  if (!(await hunt.hangs({ header, ops }))) return exhibit;
  const best = await hunt.smallest({ header, ops });
  if (!(await hunt.hangs(best, CASE_TIMEOUT_MS))) return exhibit;
  const { operationsBefore, token } = exhibit;
  return { ...bareExhibit(best, token), operationsBefore };
}

class Hunt {
  readonly #pool: GatePool;
  readonly #target: string;
  #hung = 0;

  constructor(pool: GatePool, { name }: NamedCore) {
    this.#pool = pool;
    this.#target = name;
  }

  async smallest(program: Program): Promise<Program> {
    const candidates = smallerPrograms(program);
    let best = program;
    let next = candidates.next(false);
    while (next.done !== true && this.#hung < HUNG_MAX) {
      const isTaken = await this.hangs(next.value);
      if (isTaken) best = next.value;
      next = candidates.next(isTaken);
    }
    return best;
  }

  async hangs(program: Program, limitMs = PATIENCE_MS): Promise<boolean> {
    const script = printScript(program);
    const job = { target: this.#target, script, name: "hung.slab" };
    const outcome = await this.#pool.tryOnce("program", job, { limitMs });
    const isHung = outcome.kind === "lost" && outcome.how === "hung" && !outcome.stoodStill;
    if (isHung) this.#hung++;
    return isHung;
  }
}
