// What a scorecard counts of the cases of one bug class under one set of options. Like a
// campaign's, these tallies add up in any order to the same sum: parts may run anywhere.
import { Digest, DigestSum } from "../../base/hash.ts";
import type { CaseEngine } from "../../slub/engine.ts";
import type { Judgement } from "../../slub/oracle/verdict.ts";

/** How a mistake fared, best first; the last ones are no fault of the options. */
export const SCORE_OUTCOMES = [
  /** Reported by the right check, before any harm was done. */
  "detected",
  /** Reported after harm. */
  "late",
  /** Reported as something else. */
  "misattributed",
  /** An earlier report's repair hid it. */
  "masked",
  /** Never reported, although an option in force looks there. */
  "escaped",
  /** Never reported, and no option in force looks there. */
  "blind",
  /** The machine died before any report. */
  "oops",
  /** There was nothing to see: the program came to make no mistake, or wrote what was there. */
  "not applicable",
  /** The allocator or the harness is wrong. */
  "invariant",
] as const;

export type ScoreOutcome = (typeof SCORE_OUTCOMES)[number];

/** A tally as it travels between threads. */
export interface ScoreData {
  readonly cases: number;
  readonly outcomes: Readonly<Partial<Record<ScoreOutcome, number>>>;
  readonly agreements: Readonly<Partial<Record<Agreement, number>>>;
  /** Signatures of cases that disagree with what was expected, each with the lowest such case. */
  readonly disagreements: Readonly<Record<string, number>>;
  /** Cases by the operations that lay between the damage and the report about it. */
  readonly latencies: Readonly<Record<number, number>>;
  /** The same programs with the mistake put right, and those of them that were not left alone. */
  readonly twins: number;
  readonly falseReports: number;
  readonly operations: number;
  readonly digestHigh: number;
  readonly digestLow: number;
}

export class ScoreTally implements ScoreData {
  cases = 0;
  readonly outcomes: Partial<Record<ScoreOutcome, number>> = {};
  readonly agreements: Partial<Record<Agreement, number>> = {};
  readonly disagreements: Record<string, number> = {};
  readonly latencies: Record<number, number> = {};
  twins = 0;
  falseReports = 0;
  operations = 0;
  readonly #digest = new DigestSum();
  readonly #caseDigest = new Digest();

  get digestHigh(): number {
    return this.#digest.high;
  }

  get digestLow(): number {
    return this.#digest.low;
  }

  /** Counts the case that an engine has just run. */
  add(engine: CaseEngine, caseNumber: number): void {
    const judgement = engine.result?.judgement;
    this.cases++;
    count(this.outcomes, scoreOutcomeOf(judgement));
    const agreement = agreementOf(judgement);
    count(this.agreements, agreement);
    if (agreement === "DISAGREES")
      this.#note(`${engine.verdict} ${engine.signature.text}`, caseNumber);
    const latency = judgement && latencyOf(judgement);
    if (latency !== undefined) this.latencies[latency] = (this.latencies[latency] ?? 0) + 1;
    this.#sum(engine, caseNumber);
  }

  /** Counts a benign twin: whatever is said about it is said without reason. */
  addTwin(engine: CaseEngine, caseNumber: number): void {
    this.twins++;
    if (engine.verdict !== "ok") this.falseReports++;
    this.#sum(engine, caseNumber);
  }

  /** A case that hung, or took its worker with it. */
  addFailure(isTwin: boolean): void {
    if (isTwin) {
      this.twins++;
      this.falseReports++;
      return;
    }
    this.cases++;
    count(this.outcomes, "invariant");
    count(this.agreements, "DISAGREES");
  }

  merge(data: ScoreData): void {
    this.cases += data.cases;
    this.twins += data.twins;
    this.falseReports += data.falseReports;
    this.operations += data.operations;
    addUp(this.outcomes, data.outcomes);
    addUp(this.agreements, data.agreements);
    addUp(this.latencies, data.latencies);
    for (const [name, number] of Object.entries(data.disagreements)) this.#note(name, number);
    this.#digest.add(data.digestHigh, data.digestLow);
  }

  get data(): ScoreData {
    const { cases, outcomes, agreements, disagreements, latencies, twins } = this;
    const { falseReports, operations, digestHigh, digestLow } = this;
    return {
      ...{ cases, outcomes, agreements, disagreements, latencies, twins },
      ...{ falseReports, operations, digestHigh, digestLow },
    };
  }

  #note(name: string, caseNumber: number): void {
    this.disagreements[name] = Math.min(caseNumber, this.disagreements[name] ?? caseNumber);
  }

  #sum(engine: CaseEngine, caseNumber: number): void {
    this.operations += engine.ran;
    this.#caseDigest
      .clear()
      .word(caseNumber)
      .word(engine.digestHigh)
      .word(engine.digestLow)
      .word(engine.key % 0x100000000);
    this.#digest.add(this.#caseDigest.high, this.#caseDigest.low);
  }
}

/**
 * How a mistake fared; a case without a result is the allocator's fault, or the harness's. No
 * generated program has an operation that is at fault by itself.
 */
export function scoreOutcomeOf(judgement: Judgement | undefined): ScoreOutcome {
  if (judgement === undefined || judgement.verdict === "misuse") return "invariant";
  const { verdict, damage } = judgement;
  if (verdict === "ok") return "not applicable";
  // A write of the bytes that are there leaves nothing to see; a read happened nonetheless.
  const isNothing = damage !== undefined && damage.kind === "write" && !damage.changed;
  return verdict === "blind" && isNothing ? "not applicable" : verdict;
}

/** Operations from the damage to the report that is about it. */
export function latencyOf({ verdict, damage, shownAt }: Judgement): number | undefined {
  const isAboutIt = verdict === "detected" || verdict === "late";
  return isAboutIt && damage !== undefined ? shownAt - damage.op : undefined;
}

function count<K extends string>(counts: Partial<Record<K, number>>, key: K): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function addUp(
  counts: Record<string | number, number>,
  more: Readonly<Record<string | number, number>>,
): void {
  for (const [key, number] of Object.entries(more)) counts[key] = (counts[key] ?? 0) + number;
}

/** How what the checks were bound to see and what they saw go together. */
export const AGREEMENTS = [
  /** A check was bound to see it, at the very operation at which it was reported. */
  "seen when due",
  /** A check saw it that looks there, before the one that was bound to. */
  "seen sooner",
  /** A check saw it that looks there, and none had been bound to. */
  "seen by chance",
  /** No check had to see it, and none did. */
  "unseen",
  /** An earlier report hid it, or it was reported after harm: that is what the verdict says. */
  "masked or late",
  /** Anything else: the harness or the allocator is wrong. */
  "DISAGREES",
] as const;

type Agreement = (typeof AGREEMENTS)[number];

/** Of a case that gave a result. */
function agreementOf(judgement: Judgement | undefined): Agreement {
  if (judgement === undefined) return "DISAGREES";
  const { verdict, expected, shownAt } = judgement;
  switch (verdict) {
    case "invariant":
    case "misuse":
    case "misattributed":
      return "DISAGREES";
    case "masked":
    case "late":
      return "masked or late";
    case "detected":
      if (expected === undefined || shownAt < expected.op) {
        return expected === undefined ? "seen by chance" : "seen sooner";
      }
      return shownAt === expected.op ? "seen when due" : "DISAGREES";
    default:
      return expected === undefined ? "unseen" : "DISAGREES";
  }
}
