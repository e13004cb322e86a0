// The verdict on a case: what went wrong first, who explains it, and how far it got. Decided from
// the shadow alone: from what happened to bytes and what the kernel said about them.
//
//   1. the first rule broken, or report made, that no mistake of the program explains → invariant,
//      or → misuse, if an operation that is at fault by itself explains all of them
//   2. no mistake at all → ok, or → misuse, if an operation is at fault by itself
//   3. for each mistake the first report that is right: before any harm → detected, after → late
//      no right report, but the first one is about nothing else either:
//      an after-effect, of harm or of a chain led astray → late, else → misattributed
//   4. no report about it: the machine died → oops; a check that was bound to see it came after a
//      report about another mistake, which repaired → masked; an option in force looks there
//      → escaped; else blind
//
// The case has the verdict of the mistake that the first report is about. A mistake that changed
// nothing (the byte was there already) is blind: no check can see it.
import { FaultKind, Fn } from "../../abi.ts";
import { type Impact, VERDICTS, type Verdict } from "../../target/verdict.ts";
import { explains, isOfUnwrittenPointer, isRight } from "./attribution.ts";
import { CAUSES, type Cause, causeNumber, FIRST_CAUSES } from "./cause.ts";
import type { Damage, Expectation, Mistake, Segment } from "./damage.ts";
import { mainDamage, mistakesOf } from "./damage.ts";
import {
  belongsToAnother,
  isHarm,
  PROPAGATIONS,
  type Propagation,
  propagationNumber,
  propagationOf,
  worstImpact,
  worstImpactOf,
} from "./impact.ts";
import type { KernelReport } from "./kernel_report.ts";
import { isMisused } from "./misuse.ts";
import { REGION_NAMES, Region } from "./region.ts";
import type { Shadow } from "./shadow.ts";
import { sightsOf } from "./sight.ts";
import { NONE } from "./slabs.ts";
import {
  symptomOfFault,
  symptomOfInvariant,
  symptomOfReport,
  symptomOfSilence,
  symptomOfSurprise,
} from "./symptom.ts";
import type { Violation } from "./violation.ts";

/** Fields of a signature beside the kinds of bytes; kinds that came later stand behind them. */
const FREE_LIST: number = Region.SHEAF;
const NO_FIELD = FREE_LIST + 1;
const LATER_FIELD = NO_FIELD + 1;
export const DAMAGED_FIELDS: readonly string[] = [
  ...REGION_NAMES.slice(0, FREE_LIST),
  "free-list",
  "-",
  ...REGION_NAMES.slice(FREE_LIST),
];

function fieldOfRegion(region: Region): number {
  return region < FREE_LIST ? region : region - FREE_LIST + LATER_FIELD;
}

/** Operation of something that did not show at all. */
export const NEVER = NONE;

export interface Judgement {
  readonly verdict: Verdict;
  readonly cause: Cause;
  /** Index into FIELD_NAMES. */
  readonly field: number;
  readonly propagation: Propagation;
  readonly symptom: number;
  readonly impact: Impact;
  /** The operation that showed it, NEVER if none did. */
  readonly shownAt: number;
  /** The mistake that is judged; for a clean case none. */
  readonly damage: Damage | undefined;
  readonly report: KernelReport | undefined;
  readonly violation: Violation | undefined;
  /** The check that was bound to see it, if one was. */
  readonly expected: Expectation | undefined;
  /** The verdicts on the other mistakes of the case. */
  readonly others: readonly Judgement[];
}

const OK: Judgement = {
  verdict: "ok",
  cause: "none",
  field: NO_FIELD,
  propagation: "nowhere",
  symptom: 0,
  impact: "none",
  shownAt: NEVER,
  damage: undefined,
  report: undefined,
  violation: undefined,
  expected: undefined,
  others: [],
};

/** Judges the case that the shadow followed to its end. */
export function judge(shadow: Shadow): Judgement {
  const { damages, violations } = shadow;
  const { reports } = shadow.events;
  if (damages.length === 0 && violations.length === 0 && reports.length === 0) {
    return judgeClean(shadow);
  }
  noteSilentChecks(shadow);
  const mistakes = mistakesOf(damages);
  const main = mainMistake(shadow, mistakes);
  const unexplained = judgeUnexplained(shadow, main);
  if (unexplained !== undefined) return unexplained;
  if (main === undefined) return judgeClean(shadow);
  const rest = mistakes.filter((one) => one !== main);
  const others = rest.map((one) => judgeMistake(shadow, one, false));
  return { ...judgeMistake(shadow, main, true), others };
}

/** Nothing shows. */
function judgeClean({ misuses }: Shadow): Judgement {
  const misuse = misuses.at(0);
  return misuse === undefined ? OK : { ...OK, verdict: "misuse", shownAt: misuse.op };
}

/**
 * The mistake that the first report is about, or in whose free it came, or whose after-effect it
 * is; without one the first that changed something.
 */
function mainMistake(shadow: Shadow, mistakes: readonly Mistake[]): Mistake | undefined {
  const report = shadow.events.reports.at(0);
  const told =
    report &&
    (mistakes.find((one) => isRightFor(shadow, one, report)) ??
      mistakes.find((one) => isFreedAt(one, report.op)) ??
      mistakes.find((one) => isAfterEffect(one, report)));
  return told ?? mistakes.find((one) => mainDamage(one).changed) ?? mistakes.at(0);
}

function isRightFor(shadow: Shadow, mistake: Mistake, report: KernelReport): boolean {
  return mistake.damages.some((damage) => isRight(shadow, damage, report));
}

/**
 * The first check that was bound to look must have spoken, or another before it: after a report
 * nothing is certain, because the kernel repairs.
 */
function noteSilentChecks(shadow: Shadow): void {
  const expected = shadow.expectations.at(0);
  if (expected === undefined || !shadow.checked.includes("silent-check")) return;
  const isSpoken = shadow.events.reports.some((report) => report.op <= expected.op);
  if (isSpoken || shadow.violations.some((one) => one.op <= expected.op)) return;
  const { damage, op } = expected;
  const cache = damage.slab === NONE ? damage.cache : shadow.slabs.cache(damage.slab);
  const rule = { invariant: "silent-check", found: 0, expected: damage.op } as const;
  shadow.violations.unshift({ ...rule, op, cache, object: damage.object });
}

/** What no mistake explains: first what no misuse explains either. */
function judgeUnexplained(shadow: Shadow, main: Mistake | undefined): Judgement | undefined {
  const violations = shadow.violations.filter((one) => isUnexplained(shadow, one));
  const reports = unexplainedReports(shadow);
  if (violations.length === 0 && reports.length === 0) return undefined;
  const violation = violations.find((one) => isOfCore(one) || !isMisused(shadow, one.op));
  const report = reports.find((one) => !isMisused(shadow, one.op));
  if (violation !== undefined || report !== undefined) {
    return judgeSurprise(shadow, main, "invariant", violation, report);
  }
  return judgeSurprise(shadow, main, "misuse", violations.at(0), reports.at(0));
}

/** Judges by the earlier of a broken rule and a report. */
function judgeSurprise(
  shadow: Shadow,
  main: Mistake | undefined,
  verdict: "invariant" | "misuse",
  violation: Violation | undefined,
  report: KernelReport | undefined,
): Judgement {
  const isReport = report !== undefined && (violation === undefined || report.op < violation.op);
  const shownAt = isReport ? report.op : (violation?.op ?? NEVER);
  const damage = main && mainDamage(main);
  const symptomOf = verdict === "invariant" ? symptomOfSurprise : symptomOfReport;
  return {
    ...OK,
    verdict,
    cause: damage?.cause ?? "none",
    field: isReport || damage === undefined ? NO_FIELD : fieldOf(damage),
    propagation: main === undefined ? "nowhere" : propagationOf(shadow, main, shownAt),
    symptom: isReport ? symptomOf(report) : symptomOfViolation(shadow, violation),
    impact: worstImpact(shadow),
    shownAt,
    damage,
    report,
    violation,
    expected: shadow.expectations.at(0),
  };
}

function unexplainedReports(shadow: Shadow): readonly KernelReport[] {
  if (!shadow.checked.includes("unexpected-report")) return [];
  return shadow.events.reports.filter(
    (one) => !isExplained(shadow, one.op, one.cache) && !isOfUnwrittenPointer(shadow, one),
  );
}

function isUnexplained(shadow: Shadow, violation: Violation): boolean {
  if (violation.invariant === "silent-check" || isOfCore(violation)) return true;
  return !isExplained(shadow, violation.op, violation.cache);
}

/** No program is to blame for it, whatever it did. */
function isOfCore({ invariant }: Violation): boolean {
  return invariant === "trap" || invariant === "skipped-check";
}

function isExplained(shadow: Shadow, op: number, cache: number): boolean {
  return shadow.damages.some((damage) => explains(shadow, damage, op, cache));
}

function symptomOfViolation(shadow: Shadow, violation: Violation | undefined): number {
  if (violation === undefined) return 0;
  if (violation.invariant !== "crash") return symptomOfInvariant(violation.invariant);
  return symptomOfFault(shadow.events.faultKind, shadow.events.faultFunction);
}

/**
 * A report that is right for no mistake counts for the main one: it is what was said of it first.
 */
function judgeMistake(shadow: Shadow, mistake: Mistake, isMain: boolean): Judgement {
  const { reports } = shadow.events;
  const first = reports.find(
    (one) => isRightFor(shadow, mistake, one) || (isMain && isRightForNone(shadow, one)),
  );
  if (first === undefined) return judgeSilence(shadow, mistake, reports.length > 0);
  const isLate = isHarmedBefore(shadow, mistake, first.op);
  if (isRightFor(shadow, mistake, first)) {
    return judgeReport(shadow, mistake, first, isLate ? "late" : "detected");
  }
  const isLed = isLate || isAfterEffect(mistake, first);
  return judgeReport(shadow, mistake, first, isLed ? "late" : "misattributed");
}

function isRightForNone(shadow: Shadow, report: KernelReport): boolean {
  if (isOfUnwrittenPointer(shadow, report)) return false;
  return !shadow.damages.some((damage) => isRight(shadow, damage, report));
}

function judgeReport(
  shadow: Shadow,
  mistake: Mistake,
  report: KernelReport,
  verdict: Verdict,
): Judgement {
  const damage = mistake.damages.find((one) => isRight(shadow, one, report)) ?? mainDamage(mistake);
  return {
    ...judgementOf(shadow, mistake, report.op),
    verdict,
    field: fieldOfReport(damage, report),
    symptom: symptomOfReport(report),
    damage,
    report,
  };
}

/** What can be said of a mistake however it ended. */
function judgementOf(shadow: Shadow, mistake: Mistake, shownAt: number): Judgement {
  const damage = mainDamage(mistake);
  return {
    ...OK,
    cause: mistake.cause,
    field: fieldOf(damage),
    propagation: propagationOf(shadow, mistake, shownAt === NEVER ? shadow.op : shownAt),
    impact: worstImpactOf(shadow, mistake.damages),
    shownAt,
    damage,
    expected: shadow.expectations.find((one) => mistake.damages.includes(one.damage)),
  };
}

function isFreedAt({ damages }: Mistake, op: number): boolean {
  return damages.some((damage) => damage.kind === "free" && damage.op === op);
}

/** A chain that leads astray makes itself felt elsewhere, later. */
function isAfterEffect({ damages }: Mistake, report: KernelReport): boolean {
  return damages.some((damage) => damage.isStructural && damage.op < report.op);
}

/** Whether a mistake had done harm before the report came. */
function isHarmedBefore(shadow: Shadow, { damages }: Mistake, op: number): boolean {
  const isHarmed = shadow.violations.some(
    (one) =>
      one.op < op && isHarm(one) && damages.some((damage) => explainsRule(shadow, damage, one)),
  );
  if (damages.some(({ flushedAt }) => flushedAt !== undefined && flushedAt <= op)) return true;
  return (
    isHarmed || damages.some((one) => isDoneBefore(one, op) && one.segments.some(belongsToAnother))
  );
}

function explainsRule(shadow: Shadow, damage: Damage, { op, cache }: Violation): boolean {
  return explains(shadow, damage, op, cache);
}

/** A write is over when anyone looks; what a refused free wrote is part of the free. */
function isDoneBefore(damage: Damage, op: number): boolean {
  return damage.kind === "free" ? damage.op < op : damage.op <= op;
}

/** No report is about it: it was hidden by one about another, or never seen at all. */
function judgeSilence(shadow: Shadow, mistake: Mistake, isOvershadowed: boolean): Judgement {
  const end = isOvershadowed ? undefined : shadow.violations.find(isEnd);
  if (end !== undefined && !mistake.damages.every(({ kind }) => kind === "read")) {
    const symptom = symptomOfEnd(shadow, end);
    const common = judgementOf(shadow, mistake, end.op);
    return { ...common, verdict: "oops", symptom, violation: end };
  }
  const common = judgementOf(shadow, mistake, NEVER);
  const isMasked = isOvershadowed && common.expected !== undefined;
  const verdict = isMasked ? "masked" : isSeen(shadow, mistake) ? "escaped" : "blind";
  return { ...common, verdict, symptom: symptomOfSilence(common.impact) };
}

function isEnd({ invariant }: Violation): boolean {
  return invariant === "crash" || invariant === "hang";
}

function symptomOfEnd(shadow: Shadow, end: Violation): number {
  const { faultKind, faultFunction } = shadow.events;
  if (end.invariant === "hang") return symptomOfFault(FaultKind.HANG, Fn.NONE);
  return symptomOfFault(faultKind, faultFunction);
}

/** An option in force looks at such bytes. */
function isSeen(shadow: Shadow, { damages }: Mistake): boolean {
  return damages.some(
    (one) => one.changed && sightsOf(shadow, one).some(({ letter }) => letter > 0),
  );
}

/** The bytes that a report names, or else the most telling ones. */
function fieldOfReport(damage: Damage, report: KernelReport): number {
  const named = damage.segments.find(
    (one) => one.changed && one.first <= report.lastByte && report.firstByte < one.end,
  );
  return named === undefined || report.firstByte === NONE
    ? fieldOf(damage)
    : fieldOfRegion(named.region);
}

/** Most telling first. */
const TELLING: readonly Region[] = [
  Region.SHEAF,
  Region.FREE_POINTER,
  Region.OTHER_PAGE,
  Region.PAYLOAD,
  Region.SLACK,
  Region.RIGHT_REDZONE,
  Region.LEFT_REDZONE,
  Region.ALIGNMENT,
  Region.PADDING,
  Region.SLAB_TAIL,
  Region.TRACK,
  Region.ORIG_SIZE,
  Region.GAP,
];

function fieldOf(damage: Damage): number {
  if (damage.kind === "free") return FREE_LIST;
  const changed = damage.segments.filter((segment) => segment.changed);
  const from: readonly Segment[] = changed.length > 0 ? changed : damage.segments;
  const region = TELLING.find((one) => from.some((segment) => segment.region === one));
  if (region !== undefined) return fieldOfRegion(region);
  return damage.at === NONE ? Region.UNMAPPED : NO_FIELD;
}

/** Order of the verdicts in lists: what needs attention comes first. */
function verdictNumber(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

/** Above everything that a key is made of but causes and fields that came later. */
const LATER_UNIT = 2 ** 36;

/**
 * Everything that makes two findings the same bug, as one number. Digests rest on it: causes and
 * fields that came later leave the numbers of all others alone.
 */
export function signatureKey(judgement: Judgement, opWord: number): number {
  const cause = causeNumber(judgement.cause);
  const laterCause = Math.max(cause - FIRST_CAUSES + 1, 0);
  const laterField = Math.max(judgement.field - LATER_FIELD + 1, 0);
  const head = verdictNumber(judgement.verdict) * FIRST_CAUSES + (laterCause > 0 ? 0 : cause);
  const place = head * LATER_FIELD + (laterField > 0 ? 0 : judgement.field);
  const way = place * PROPAGATIONS.length + propagationNumber(judgement.propagation);
  const later = laterField * CAUSES.length + laterCause;
  return (way * 64 + opWord) * 8192 + judgement.symptom + later * (LATER_UNIT + 1);
}
