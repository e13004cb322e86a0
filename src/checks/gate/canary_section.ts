// Section (c): the gate is tried itself. Each deliberate bug of the canary build must make it fail;
// one that does not means that a real bug of that kind would not, either.
import { nowMs } from "../../base/clock.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import type { Check, CheckFinding } from "./check.ts";
import { bareExhibit } from "./exhibit.ts";
import { type AnswerTo, type GateSeat, spread } from "./gate_seat.ts";
import type { CheckRecord } from "./result.ts";
import {
  type RawFinding,
  type SectionOutcome,
  type SectionRequest,
  skippedSection,
} from "./section.ts";

/** A canary may hang: how long one case is waited for. */
const HANG_MS = 1000;

interface Tried extends CheckRecord {
  readonly wasCaught: boolean;
}

/** Runs the fast checks on every canary, up to the first that fails. */
export async function canarySection(
  checks: readonly Check[],
  { target, seats, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  if (target.core !== "release") {
    return skippedSection("canaries", "the target is not the core that they are made of");
  }
  let done = 0;
  onProgress(0, CANARY_NAMES.length);
  const work = async (seat: GateSeat, name: string): Promise<Tried> => {
    const tried = await tryCanary(seat, name, checks);
    onProgress(++done, CANARY_NAMES.length);
    return tried;
  };
  const all = await spread(seats, CANARY_NAMES, work, signal);
  const missed = all.filter(({ wasCaught }) => !wasCaught);
  const cases = all.reduce((sum, one) => sum + one.cases, 0);
  const records = all.map(({ wasCaught: _, ...record }) => record);
  const result = { cases, operations: 0, seconds: 0, checks: records, skipped: undefined };
  return {
    result: { name: "canaries", ...result },
    findings: missed.map(({ name }) => missedFinding(name, checks[0])),
  };
}

async function tryCanary(seat: GateSeat, name: string, checks: readonly Check[]): Promise<Tried> {
  const startMs = nowMs();
  const job = { kind: "canary", target: `canary:${name}`, checks } as const;
  const answer = (await seat.run(job, HANG_MS)) as AnswerTo<"canary">;
  const wasCaught = answer.kind === "lost" || answer.caught !== undefined;
  const seconds = Math.round(nowMs() - startMs) / 1000;
  const cases = answer.kind === "lost" ? answer.index + 1 : answer.cases;
  const seen = answer.kind === "lost" ? [answer.how] : signaturesOf(answer.caught?.findings);
  return { name, passed: wasCaught, wasCaught, cases, seconds, signatures: seen };
}

function signaturesOf(findings: readonly CheckFinding[] = []): readonly string[] {
  return findings.map(({ signature }) => signature);
}

function missedFinding(name: string, check: Check): RawFinding {
  const signature = `gate|-|-|canary ${name} was not caught`;
  return {
    section: "canaries",
    check: { ...check, name: `canary ${name}` },
    finding: {
      verdict: "ok",
      signature,
      class: "none",
      impact: "none",
      count: 1,
      caseNumber: 0,
      opCount: 0,
    },
    message: `canary ${name}: the gate did not catch this deliberate bug, so it is broken itself`,
    isExcusable: false,
    exhibit: bareExhibit({ header: { target: `canary:${name}` }, ops: [] }, undefined),
  };
}
