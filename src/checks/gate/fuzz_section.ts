// Section (e): campaigns that end by the clock, with a seed that is printed. How far they come
// differs from run to run; what they find comes with a token that runs it again.
import { nowMs } from "../../base/clock.ts";
import { type CampaignRequest, campaignOf } from "../../campaign/request.ts";
import type { Check, CheckResult } from "./check.ts";
import { askForCheck, sectionOf, type TimedResult } from "./check_section.ts";
import { type GateSeat, spread } from "./gate_seat.ts";
import type { SectionOutcome, SectionRequest } from "./section.ts";

interface FuzzSectionRequest {
  readonly seed: bigint;
  readonly timeMs: number;
  /** What to run, in turn; the usual campaigns where nobody says. */
  readonly campaigns: readonly CampaignRequest[] | undefined;
}

const MISUSE: readonly CampaignRequest[] = [
  { machine: { profile: "v6.1", boot: "smp", slubDebug: "FZPU" } },
  { machine: { profile: "v3.10", boot: "v310", slubDebug: "FZP" } },
];

const CLEAN: readonly CampaignRequest[] = [
  { bugs: ["none"], machine: { profile: "v6.12", boot: "smp", slubDebug: "-" } },
  { bugs: ["none"], machine: { profile: "v6.1", boot: "up", slubDebug: "FZP" } },
];

/** Cases that a worker takes at a time: a few hundredths of a second. */
const SLICE = 100;

/** Runs slices of the campaigns in turn until the time is up; what was begun is finished. */
export async function fuzzSection(
  { seed, timeMs, campaigns = [...MISUSE, ...CLEAN] }: FuzzSectionRequest,
  { target, seats, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  const startMs = nowMs();
  const checks = campaigns.map((campaign) => checkOf({ ...campaign, seed }));
  const sums = checks.map((check) => new CampaignSum(check));
  let slice = 0;
  const isOver = () => nowMs() - startMs >= timeMs || signal?.aborted === true;
  const work = async (seat: GateSeat): Promise<void> => {
    while (!isOver()) {
      const [sum, first] = [sums[slice % sums.length], Math.floor(slice / sums.length) * SLICE];
      slice++;
      const sliceMs = nowMs();
      sum.add(await askForCheck(seat, target.name, { ...sum.check, first }), nowMs() - sliceMs);
      onProgress(Math.min(nowMs() - startMs, timeMs), timeMs);
    }
  };
  await spread(seats, seats, work, signal);
  return sectionOf(
    "fuzz",
    sums.filter(({ hasRun }) => hasRun).map(({ timed }) => timed),
  );
}

function checkOf(request: CampaignRequest): Check {
  const options = campaignOf(request);
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
  #ms = 0;

  constructor(check: Check) {
    this.check = check;
  }

  add(result: CheckResult, ms: number): void {
    const before = this.#sum;
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

  get timed(): TimedResult {
    const result = this.#sum;
    const nothing = { cases: 0, operations: 0, caught: {}, findings: [], passed: true };
    return {
      result: result ?? { check: this.check, ...nothing },
      seconds: Math.round(this.#ms) / 1000,
    };
  }
}
