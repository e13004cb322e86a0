// Section (e): campaigns that end by the clock, with a seed that is printed. How far they come
// differs from run to run; what they find comes with a token that runs it again.
import { nowMs } from "../../base/clock.ts";
import { type SlubRequest, slubOptions } from "../../slub/options.ts";
import type { Check, CheckResult } from "./check.ts";
import { type AskedCheck, askForCheck, sectionOf, type TimedCheck } from "./check_section.ts";
import type { SectionOutcome, SectionRequest } from "./section.ts";

interface FuzzSectionRequest {
  readonly seed: bigint;
  readonly timeMs: number;
  /** What to run, in turn; the usual campaigns by default. */
  readonly campaigns: readonly SlubRequest[] | undefined;
}

const MISUSE: readonly SlubRequest[] = [
  { machine: { profile: "v6.1", boot: "smp", slubDebug: "FZPU" } },
  { machine: { profile: "v3.10", boot: "v310", slubDebug: "FZP" } },
];

const CLEAN: readonly SlubRequest[] = [
  { bugs: ["none"], machine: { profile: "v6.12", boot: "smp", slubDebug: "-" } },
  { bugs: ["none"], machine: { profile: "v6.1", boot: "up", slubDebug: "FZP" } },
];

/** Cases that a worker takes at a time: a few hundredths of a second. */
const SLICE = 100;

/** Runs slices of the campaigns in turn until the time is up; what was begun is finished. */
export async function fuzzSection(
  { seed, timeMs, campaigns = [...MISUSE, ...CLEAN] }: FuzzSectionRequest,
  { target, pool, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  const startMs = nowMs();
  const checks = campaigns.map((campaign) => checkOf({ ...campaign, seed }));
  const sums = checks.map((check) => new CampaignSum(check));
  let slice = 0;
  const isOver = () => nowMs() - startMs >= timeMs || signal?.aborted === true;
  const take = () => (isOver() ? undefined : slice++);
  await pool.each(take, async (number) => {
    const [sum, first] = [sums[number % sums.length], Math.floor(number / sums.length) * SLICE];
    const sliceMs = nowMs();
    sum.add(await askForCheck(pool, target.name, { ...sum.check, first }), nowMs() - sliceMs);
    onProgress(Math.min(nowMs() - startMs, timeMs), timeMs);
  });
  return sectionOf(
    "fuzz",
    sums.filter(({ hasRun }) => hasRun).map(({ timed }) => timed),
  );
}

function checkOf(request: SlubRequest): Check {
  const options = slubOptions(request);
  const isClean = options.bugs.includes("none");
  const { profile = "", boot = "", slubDebug = "-" } = options.machine;
  const words = ["fuzz", isClean ? "clean" : "misuse", profile, boot, slubDebug];
  const name = words.filter((word) => word !== "").join(" ");
  const kind = isClean ? "invariants" : options.twins ? "twins" : "detectors";
  return { name, kind, options, cases: SLICE, caught: [] };
}

/** The slices of one campaign, added up. */
class CampaignSum {
  readonly check: Check;
  #sum: CheckResult | undefined;
  #unfinished: string | undefined;
  #ms = 0;

  constructor(check: Check) {
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
