// What each set of options detects: the scorecard of a few cases of every bug class, summed up.
import type { ProfileName } from "../../slub/program/op.ts";
import { INJECTED_BUGS } from "../../target/bug_names.ts";
import { type Score, score } from "../score/score.ts";
import { SCORE_OUTCOMES, type ScoreOutcome } from "../score/score_tally.ts";
import type { Detection } from "./result.ts";

const SEED = 1n;
const OPS = 60;
/** No fault of the options. */
const NOTHING_TO_SEE: ScoreOutcome = "not applicable";

interface DetectionRequest {
  readonly profile: ProfileName;
  readonly boot?: string;
  /** Sets of slub_debug letters. */
  readonly options: readonly string[];
  /** Of each class under each set. */
  readonly cases: number;
  readonly onProgress: (what: string) => void;
}

export async function detectionOf(request: DetectionRequest): Promise<readonly Detection[]> {
  const { profile, boot, options, cases, onProgress } = request;
  const found = await score({
    bugs: INJECTED_BUGS,
    profiles: [profile],
    options,
    machine: { boot },
    cases,
    seed: SEED,
    opCountMax: OPS,
    jobs: 1,
    onProgress: ({ cell }) => onProgress(`what ${cell.options} sees of ${cell.bug}`),
  });
  return options.map((letters) => sumOf(found, letters));
}

function sumOf({ cells }: Score, options: string): Detection {
  const own = cells.filter((cell) => cell.options === options);
  const count = (outcome: ScoreOutcome): number =>
    own.reduce((sum, { data }) => sum + (data.outcomes[outcome] ?? 0), 0);
  const counted = SCORE_OUTCOMES.filter((outcome) => outcome !== NOTHING_TO_SEE);
  const cases = counted.reduce((sum, outcome) => sum + count(outcome), 0);
  return { options, cases, detected: count("detected") };
}
