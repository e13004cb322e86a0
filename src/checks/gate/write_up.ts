// Findings of all sections, each signature once, with the smallest program that shows it.
import type { NamedCore } from "../../slub/named_core.ts";
import type { Program } from "../../slub/program/op.ts";
import { parseScript, printScript } from "../../slub/program/text.ts";
import { SMALLER_OPERATIONS } from "../../slub/shrink/strategy.ts";
import { failureOf } from "../../target/failure.ts";
import { type InterestingnessTest, shrinkInTurns } from "../../target/shrink.ts";
import { bareReproducer, programOfCase, type Reproducer } from "./reproducer.ts";
import type { RawFinding } from "./section.ts";
import type { GatePool } from "./workers.ts";

/** So many are cut down; of a target that fails everywhere, more would tell nothing new. */
const SHRUNK_MAX = 8;
/** CPU time that making a finding again and cutting it down may take. */
const REPRODUCER_MS = 60_000;

type WrittenFinding = RawFinding & { readonly reproducer: Reproducer };

/** Writes findings up; `onDone` is called for each. */
export async function writeUpFindings(
  target: NamedCore,
  pool: GatePool,
  raw: readonly RawFinding[],
  onDone: (done: number) => void,
): Promise<readonly WrittenFinding[]> {
  let done = 0;
  return pool.map(merged(raw), async (finding, index) => {
    const reproducer = finding.reproducer ?? (await reproducerFor(pool, target, finding, index));
    onDone(++done);
    return { ...finding, reproducer };
  });
}

/** One of each signature, with the cases of all. */
function merged(raw: readonly RawFinding[]): readonly RawFinding[] {
  const all = new Map<string, RawFinding>();
  for (const one of raw) {
    const { verdict, signature } = one.finding;
    const key = `${one.isExcusable ? "" : one.check.name} ${verdict} ${signature}`;
    const known = all.get(key);
    const count = (known?.finding.count ?? 0) + one.finding.count;
    const first = known ?? one;
    all.set(key, { ...first, finding: { ...first.finding, count } });
  }
  return [...all.values()];
}

async function reproducerFor(
  pool: GatePool,
  target: NamedCore,
  { check, finding }: RawFinding,
  index: number,
): Promise<Reproducer> {
  const failure = failureOf(finding.parts);
  const bare = () => programOfCase(target, check, finding.caseNumber);
  if (failure === "hung") return shrinkHung(pool, target, bare());
  if (failure === "died" || index >= SHRUNK_MAX) return bare();
  const job = { target: target.name, check, finding };
  const outcome = await pool.tryOnce("reproducer", job, { limitMs: REPRODUCER_MS });
  return outcome.kind === "lost" ? bare() : outcome.answer;
}

/** A candidate's share of the time for a case: its few operations take a thousandth of that. */
const PATIENCE = 0.2;
const PATIENCE_MAX_MS = 400;
const HUNG_MAX = 60;

/**
 * The smallest program that hangs. Whether a candidate does can only be seen from outside, by the
 * CPU time that it takes: each one that does costs that time and its worker, so that not many are
 * tried, and the coarsest cuts come first.
 */
async function shrinkHung(
  pool: GatePool,
  target: NamedCore,
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

  constructor(pool: GatePool, { name }: NamedCore) {
    this.#pool = pool;
    this.#target = name;
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
