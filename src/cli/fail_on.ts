// What makes a campaign end with 1: --fail-on, and what the config counts as new.
import type { FuzzResult } from "../campaign/fuzz.ts";
import { type Baseline, EMPTY_BASELINE } from "../checks/gate/baseline.ts";
import { isAlarm } from "../target/verdict.ts";
import { isKnown } from "./baseline_file.ts";
import type { Gate } from "./config/settings.ts";
import { ExitCode } from "./exit_code.ts";

/**
 * A finding that does not happen each time is a failure of slabfuzz; twins may give none. What the
 * baseline excuses is not new.
 */
export function failureCode(
  gate: Gate,
  { interrupted, summary, options }: FuzzResult,
  baseline: Baseline = EMPTY_BASELINE,
): ExitCode {
  if (interrupted) return ExitCode.INTERRUPTED;
  const { findings } = summary;
  const counted = {
    none: false,
    any: findings.length > 0,
    new: findings.some((finding) => {
      const { verdict, stable } = finding;
      if (stable && isKnown(baseline, finding)) return false;
      return options.twins || isNew(gate, verdict) || !stable;
    }),
  };
  return counted[gate.failOn ?? "new"] ? ExitCode.FINDINGS : ExitCode.OK;
}

/** The config may count verdicts as new that are no failures by themselves. */
function isNew({ countAsNew = [] }: Gate, verdict: string): boolean {
  return isAlarm(verdict) || countAsNew.some((one) => one === verdict);
}
