// Section (c): tests the gate. Each deliberate bug of the canary build must make it fail;
// where one does not, the gate would miss a real bug of that kind, too.
import { nowMs } from "../../base/clock.ts";
import { omit } from "../../base/fields.ts";
import type { LostJob } from "../../pool/job.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import { bareSignature } from "../../target/signature.ts";
import type { Check, CheckFinding } from "./check.ts";
import { findingOf } from "./check.ts";
import { bareReproducer } from "./reproducer.ts";
import type { CheckRecord } from "./result.ts";
import type { RawFinding, SectionOutcome, SectionRequest } from "./section.ts";
import { skippedSection } from "./section.ts";
import { type GatePool, unfinishedText } from "./workers.ts";

/** A canary may hang: CPU time that one case gets. */
const HANG_MS = 1000;

interface Tried extends CheckRecord {
  readonly wasMissed: boolean;
}

/** Runs the fast checks on every canary, up to the first that fails. */
export async function canarySection(
  checks: readonly Check[],
  { target, pool, signal, onProgress }: SectionRequest,
): Promise<SectionOutcome> {
  if (target.core?.core !== "release") {
    return skippedSection("canaries", "the target is not the core that they are made of");
  }
  let done = 0;
  onProgress(0, CANARY_NAMES.length);
  const work = async (name: string): Promise<Tried> => {
    const tried = await tryCanary(pool, name, checks);
    onProgress(++done, CANARY_NAMES.length);
    return tried;
  };
  const all = await pool.map(CANARY_NAMES, work, signal);
  const missed = all.filter(({ wasMissed }) => wasMissed);
  const cases = all.reduce((sum, one) => sum + one.cases, 0);
  const records = all.map((one) => omit(one, "wasMissed"));
  const result = { cases, operations: 0, seconds: 0, checks: records, skipped: undefined };
  return {
    result: { name: "canaries", ...result },
    findings: missed.map(({ name }) => missedFinding(name, checks[0])),
  };
}

async function tryCanary(pool: GatePool, name: string, checks: readonly Check[]): Promise<Tried> {
  const startMs = nowMs();
  const job = { target: `canary:${name}`, checks };
  const outcome = await pool.run("canary", job, { limitMs: HANG_MS });
  const seconds = Math.round(nowMs() - startMs) / 1000;
  if (outcome.kind === "lost") return { name, seconds, ...lostCanary(outcome) };
  const { caught, cases } = outcome.answer;
  const passed = caught !== undefined;
  const signatures = signaturesOf(caught?.findings);
  return { name, passed, wasMissed: !passed, cases, seconds, signatures };
}

/** A canary that hangs, or kills its worker, twice is caught. */
function lostCanary(lost: LostJob): Omit<Tried, "name" | "seconds"> {
  const { how, index, isConfirmed: passed } = lost;
  const signatures = passed ? [how] : [];
  const unfinished = unfinishedText(lost);
  return { passed, wasMissed: false, cases: index + 1, signatures, unfinished };
}

function signaturesOf(findings: readonly CheckFinding[] = []): readonly string[] {
  return findings.map(({ signature }) => signature);
}

function missedFinding(name: string, check: Check): RawFinding {
  const signature = bareSignature("gate", { words: `canary ${name} was not caught` });
  const missed = { bug: "none", verdict: "ok", signature, impact: "none", opCount: 0 } as const;
  return {
    section: "canaries",
    check: { ...check, name: `canary ${name}` },
    finding: findingOf(missed, 0),
    message: `canary ${name}: the gate did not catch this deliberate bug, so it is broken itself`,
    isExcusable: false,
    reproducer: bareReproducer({ header: { target: `canary:${name}` }, ops: [] }, undefined),
  };
}
