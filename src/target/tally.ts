// What a campaign counts. Tallies add up in any order to the same sum: parts may run anywhere.
import { Digest, DigestSum } from "../base/hash.ts";
import type { CaseOutcome } from "./failure.ts";
import type { Signature } from "./signature.ts";
import { type Impact, impactRank, type Verdict } from "./verdict.ts";

/** One signature, how often it came up, and its shortest example. */
export interface Finding {
  readonly signature: Signature;
  readonly verdict: Verdict;
  /** Bug class of the example. */
  readonly class: string;
  /** The worst of all its cases. */
  readonly impact: Impact;
  readonly count: number;
  readonly caseNumber: number;
  /** Operations of the example. */
  readonly opCount: number;
}

/** Cases by bug class and verdict. */
export type VerdictTable = Readonly<Record<string, Readonly<Partial<Record<Verdict, number>>>>>;

/** A tally as it travels between threads. */
export interface TallyData {
  readonly cases: number;
  readonly operations: number;
  readonly digestHigh: number;
  readonly digestLow: number;
  readonly verdicts: VerdictTable;
  readonly findings: readonly Finding[];
}

export class Tally {
  cases = 0;
  operations = 0;
  readonly #digest = new DigestSum();
  readonly #caseDigest = new Digest();
  readonly #verdicts = new Map<string, Partial<Record<Verdict, number>>>();
  readonly #findings = new Map<string, Sum>();
  /** The same by the number of the signature, which is spelled out once for each. */
  readonly #ofKey = new Map<number, Sum>();

  /** Counts a case. */
  add(outcome: CaseOutcome, caseNumber: number): void {
    this.cases++;
    this.operations += outcome.ran;
    this.#addDigest(outcome, caseNumber);
    this.#addVerdict(outcome.bug, outcome.verdict, 1);
    const { other } = outcome;
    if (other !== undefined) this.#addVerdict(other.bug, other.verdict, 1);
    if (outcome.verdict === "ok") return;
    this.#addExample(outcome, caseNumber);
  }

  /** Adds the tally of another part of the campaign. */
  merge(data: TallyData): void {
    this.cases += data.cases;
    this.operations += data.operations;
    this.#digest.add(data.digestHigh, data.digestLow);
    for (const [bug, verdicts] of Object.entries(data.verdicts)) {
      for (const [verdict, count] of Object.entries(verdicts)) {
        this.#addVerdict(bug, verdict as Verdict, count);
      }
    }
    for (const finding of data.findings) this.#addFinding(finding);
  }

  get data(): TallyData {
    return {
      cases: this.cases,
      operations: this.operations,
      digestHigh: this.#digest.high,
      digestLow: this.#digest.low,
      verdicts: Object.fromEntries(this.#verdicts),
      findings: this.findings,
    };
  }

  /** Sixteen digits, the same for the same cases in any order. */
  get digest(): string {
    return this.#digest.hex;
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()].map((sum) => ({ ...sum }));
  }

  /** Which case it was is part of its digest, and so is what the harness made of it. */
  #addDigest(outcome: CaseOutcome, caseNumber: number): void {
    this.#caseDigest
      .clear()
      .word(caseNumber)
      .word(outcome.digestHigh)
      .word(outcome.digestLow)
      .word(outcome.key % 0x100000000)
      .word(impactRank(outcome.impact));
    this.#digest.add(this.#caseDigest.high, this.#caseDigest.low);
  }

  #addVerdict(bug: string, verdict: Verdict, count: number): void {
    let row = this.#verdicts.get(bug);
    if (row === undefined) {
      row = {};
      this.#verdicts.set(bug, row);
    }
    row[verdict] = (row[verdict] ?? 0) + count;
  }

  /** A case has its findings by the number of its signature: texts are slow to compare. */
  #addExample(outcome: CaseOutcome, caseNumber: number): void {
    const { key, impact, opCount } = outcome;
    const known = this.#ofKey.get(key);
    if (known === undefined) {
      const { signature, verdict, bug } = outcome;
      const found = { signature, verdict, class: bug, impact, count: 1, caseNumber, opCount };
      this.#ofKey.set(key, this.#addFinding(found));
      return;
    }
    known.count++;
    if (impactRank(known.impact) < impactRank(impact)) known.impact = impact;
    if (isBetter(known, { opCount, caseNumber })) return;
    known.verdict = outcome.verdict;
    known.class = outcome.bug;
    known.caseNumber = caseNumber;
    known.opCount = opCount;
  }

  /** The shortest example wins; of equally short ones the first case. */
  #addFinding(finding: Finding): Sum {
    const { text } = finding.signature;
    const known = this.#findings.get(text);
    if (known === undefined) {
      const sum = { ...finding };
      this.#findings.set(text, sum);
      return sum;
    }
    const count = known.count + finding.count;
    const isWorse = impactRank(known.impact) < impactRank(finding.impact);
    const impact = isWorse ? finding.impact : known.impact;
    return Object.assign(known, isBetter(known, finding) ? {} : finding, { count, impact });
  }
}

/** A finding while its cases are still counted. */
type Sum = { -readonly [K in keyof Finding]: Finding[K] };

type Example = Pick<Finding, "opCount" | "caseNumber">;

function isBetter(one: Example, other: Example): boolean {
  if (one.opCount !== other.opCount) return one.opCount < other.opCount;
  return one.caseNumber <= other.caseNumber;
}
