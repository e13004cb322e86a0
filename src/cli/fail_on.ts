// What makes a campaign end with 1: --fail-on, and what the config counts as new.
import type { FuzzResult } from "../campaign/fuzz.ts";
import type { Gate } from "../config/settings.ts";
import { type Baseline, EMPTY_BASELINE } from "../gate/baseline.ts";
import { isKnown } from "./baseline_file.ts";
import { ExitCode } from "./exit_code.ts";

/** Verdicts that are failures of their own: of the allocator, or of what the kernel says. */
const NEW_VERDICTS: readonly string[] = ["invariant", "misattributed"];

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
  const newOnes = [...NEW_VERDICTS, ...(gate.countAsNew ?? [])];
  const counted = {
    none: false,
    any: findings.length > 0,
    new: findings.some((finding) => {
      const { verdict, stable } = finding;
      if (stable && isKnown(baseline, finding)) return false;
      return options.twins || newOnes.includes(verdict) || !stable;
    }),
  };
  return counted[gate.failOn ?? "new"] ? ExitCode.FINDINGS : ExitCode.OK;
}
