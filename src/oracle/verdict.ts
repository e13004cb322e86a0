// The verdict on a case: what went wrong first, who explains it, and how far it got. Decided from
// the shadow alone: from what happened to bytes and what the kernel said about them.
//
//   1. the first rule broken, or report made, that no mistake of the program explains → invariant
//   2. no mistake at all                                                             → ok
//   3. the first report is right: before any harm → detected, after it → late
//      not right: an after-effect, of harm or of a chain led astray → late, else → misattributed
//   4. no report: the machine died → oops; an option in force looks there → escaped; else blind
//
// A mistake that changed nothing (the byte was there already) is blind: nobody can see it.
import { FaultKind, Fn } from "../abi.ts";
import { explains, isRight } from "./attribution.ts";
import { CAUSES, type Cause, causeNumber } from "./cause.ts";
import type { Damage, Segment } from "./damage.ts";
import { belongsToAnother, type Impact, isHarm, worstImpact } from "./impact.ts";
import type { KernelReport } from "./kernel_report.ts";
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

export const VERDICTS = [
  "ok",
  "invariant",
  "detected",
  "late",
  "misattributed",
  "masked",
  "escaped",
  "blind",
  "oops",
] as const;

export type Verdict = (typeof VERDICTS)[number];

/** Fields of a signature beside the kinds of bytes. */
const FREE_LIST = REGION_NAMES.length;
const NO_FIELD = REGION_NAMES.length + 1;
export const FIELD_NAMES: readonly string[] = [...REGION_NAMES, "free-list", "-"];

/** Operation of something that did not show at all. */
export const NEVER = NONE;

export interface Judgement {
  readonly verdict: Verdict;
  readonly cause: Cause;
  /** Index into FIELD_NAMES. */
  readonly field: number;
  readonly symptom: number;
  readonly impact: Impact;
  /** The operation that showed it, NEVER if none did. */
  readonly shownAt: number;
  /** The first mistake, if there was one. */
  readonly damage: Damage | undefined;
  readonly report: KernelReport | undefined;
  readonly violation: Violation | undefined;
}

const OK: Judgement = {
  verdict: "ok",
  cause: "none",
  field: NO_FIELD,
  symptom: 0,
  impact: "none",
  shownAt: NEVER,
  damage: undefined,
  report: undefined,
  violation: undefined,
};

/** Judges the case that the shadow followed to its end. */
export function judge(shadow: Shadow): Judgement {
  const { damages, violations } = shadow;
  const { reports } = shadow.events;
  if (damages.length === 0 && violations.length === 0 && reports.length === 0) return OK;
  const damage = damages.find((one) => one.changed) ?? damages[0];
  return judgeUnexplained(shadow, damage) ?? judgeMistake(shadow, damage);
}

/** The earliest thing that no mistake explains. */
function judgeUnexplained(shadow: Shadow, damage: Damage | undefined): Judgement | undefined {
  const violation = shadow.violations.find((one) => isUnexplained(shadow, one));
  const report = shadow.events.reports.find((one) => !isExplained(shadow, one.op, one.cache));
  if (violation === undefined && report === undefined) return undefined;
  const cause = damage?.cause ?? "none";
  const common = { verdict: "invariant", cause, impact: worstImpact(shadow), damage } as const;
  if (report !== undefined && (violation === undefined || report.op < violation.op)) {
    const symptom = symptomOfSurprise(report);
    return { ...common, symptom, field: NO_FIELD, shownAt: report.op, report, violation };
  }
  if (violation === undefined) return undefined;
  const symptom = symptomOfViolation(shadow, violation);
  const field = damage === undefined ? NO_FIELD : fieldOf(damage);
  return { ...common, symptom, field, shownAt: violation.op, report, violation };
}

function isUnexplained(shadow: Shadow, violation: Violation): boolean {
  if (violation.invariant === "silent-check" || violation.invariant === "trap") return true;
  return !isExplained(shadow, violation.op, violation.cache);
}

function isExplained(shadow: Shadow, op: number, cache: number): boolean {
  return shadow.damages.some((damage) => explains(shadow, damage, op, cache));
}

function symptomOfViolation(shadow: Shadow, violation: Violation): number {
  if (violation.invariant !== "crash") return symptomOfInvariant(violation.invariant);
  return symptomOfFault(shadow.events.faultKind, shadow.events.faultFunction);
}

function judgeMistake(shadow: Shadow, damage: Damage): Judgement {
  const report = shadow.events.reports[0];
  return report === undefined ? judgeSilence(shadow, damage) : judgeReport(shadow, damage, report);
}

function judgeReport(shadow: Shadow, first: Damage, report: KernelReport): Judgement {
  const right = shadow.damages.find((one) => isRight(shadow, one, report));
  const damage = right ?? first;
  const harmed = isHarmedBefore(shadow, report.op) || isAfterEffect(damage, right, report);
  return {
    verdict: harmed ? "late" : right === undefined ? "misattributed" : "detected",
    cause: damage.cause,
    field: fieldOfReport(damage, report),
    symptom: symptomOfReport(report),
    impact: worstImpact(shadow),
    shownAt: report.op,
    damage,
    report,
    violation: undefined,
  };
}

/** A chain that leads astray makes itself felt elsewhere, later. */
function isAfterEffect(damage: Damage, right: Damage | undefined, report: KernelReport): boolean {
  return right === undefined && damage.isStructural && damage.op < report.op;
}

/** Whether somebody had been harmed when the report came. */
function isHarmedBefore(shadow: Shadow, op: number): boolean {
  if (shadow.violations.some((one) => one.op < op && isHarm(one))) return true;
  return shadow.damages.some((one) => isDoneBefore(one, op) && one.segments.some(belongsToAnother));
}

/** A write is over when anyone looks; what a refused free wrote is part of the free. */
function isDoneBefore(damage: Damage, op: number): boolean {
  return damage.kind === "free" ? damage.op < op : damage.op <= op;
}

function judgeSilence(shadow: Shadow, damage: Damage): Judgement {
  const impact = worstImpact(shadow);
  const common = { cause: damage.cause, field: fieldOf(damage), impact, damage } as const;
  const end = shadow.violations.find(
    (one) => one.invariant === "crash" || one.invariant === "hang",
  );
  if (end !== undefined) {
    const symptom =
      end.invariant === "hang"
        ? symptomOfFault(FaultKind.HANG, Fn.NONE)
        : symptomOfFault(shadow.events.faultKind, shadow.events.faultFunction);
    const shown = { symptom, shownAt: end.op, report: undefined, violation: end };
    return { verdict: "oops", ...common, ...shown };
  }
  const isSeen = shadow.damages.some((one) => one.changed && lettersLooking(shadow, one) !== 0);
  const symptom = symptomOfSilence(impact);
  const unseen = { symptom, shownAt: NEVER, report: undefined, violation: undefined };
  return { verdict: isSeen ? "escaped" : "blind", ...common, ...unseen };
}

function lettersLooking(shadow: Shadow, damage: Damage): number {
  return sightsOf(shadow, damage).reduce((letters, sight) => letters | sight.letter, 0);
}

/** The bytes that a report names, or else the most telling ones. */
function fieldOfReport(damage: Damage, report: KernelReport): number {
  const named = damage.segments.find(
    (one) => one.changed && one.first <= report.lastByte && report.firstByte < one.end,
  );
  return named === undefined || report.firstByte === NONE ? fieldOf(damage) : named.region;
}

/** Most telling first. */
const TELLING: readonly Region[] = [
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
  return region ?? (damage.at === NONE ? Region.UNMAPPED : NO_FIELD);
}

/** Order of the verdicts in lists: what needs attention comes first. */
export function verdictNumber(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

/** Everything that makes two findings the same bug, as one number. */
export function signatureKey(judgement: Judgement, opWord: number): number {
  const head = verdictNumber(judgement.verdict) * CAUSES.length + causeNumber(judgement.cause);
  const place = head * FIELD_NAMES.length + judgement.field;
  return (place * 64 + opWord) * 8192 + judgement.symptom;
}
