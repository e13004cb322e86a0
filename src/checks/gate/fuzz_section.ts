// Section (e): campaigns that end by the clock, with a seed that is printed. How far they come
// differs from run to run; what they find comes with a token that runs it again.
import { nowMs } from "../../base/clock.ts";
import type { AnyCheck, AnyCheckResult } from "./check.ts";
import { type AskedCheck, askForCheck, sectionOf, type TimedCheck } from "./check_section.ts";
import type { SectionOutcome, SectionRequest } from "./section.ts";

interface FuzzSectionRequest {
  readonly timeMs: number;
  /** What to run, in turn: of each campaign a slice, whose cases a worker takes at a time. */
  readonly slices: readonly AnyCheck[];
}

/** Runs slices of the campaigns in turn until the time is up; what was begun is finished. */
export async function fuzzSection(
  { timeMs, slices }: FuzzSectionRequest,
  { target, pool, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  const startMs = nowMs();
  const sums = slices.map((check) => new CampaignSum(check));
  let slice = 0;
  const isOver = () => nowMs() - startMs >= timeMs || signal?.aborted === true;
  const take = () => (isOver() ? undefined : slice++);
  await pool.each(take, async (number) => {
    const sum = sums[number % sums.length];
    const first = Math.floor(number / sums.length) * sum.check.cases;
    const sliceMs = nowMs();
    sum.add(await askForCheck(pool, target.name, { ...sum.check, first }), nowMs() - sliceMs);
    onProgress(Math.min(nowMs() - startMs, timeMs), timeMs);
  });
  return sectionOf(
    "fuzz",
    sums.filter(({ hasRun }) => hasRun).map(({ timed }) => timed),
  );
}

/** The slices of one campaign, added up. */
class CampaignSum {
  readonly check: AnyCheck;
  #sum: AnyCheckResult | undefined;
  #unfinished: string | undefined;
  #ms = 0;

  constructor(check: AnyCheck) {
    this.check = check;
  }

  add({ result, unfinished }: AskedCheck, ms: number): void {
    const before = this.#sum;
    this.#unfinished ??= unfinished;
    this.#ms += ms;
    this.#sum = {
      ...result,
      check: this.check,
      passed: (before?.passed ?? true) && result.passed,
      cases: (before?.cases ?? 0) + result.cases,
      operations: (before?.operations ?? 0) + result.operations,
      findings: [...(before?.findings ?? []), ...result.findings],
    };
  }

  get hasRun(): boolean {
    return this.#sum !== undefined;
  }

  get timed(): TimedCheck {
    const result = this.#sum;
    const nothing = { cases: 0, operations: 0, caught: {}, findings: [], passed: true };
    return {
      result: result ?? { check: this.check, ...nothing },
      unfinished: this.#unfinished,
      seconds: Math.round(this.#ms) / 1000,
    };
  }
}
