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
  readonly #findings = new Map<string, Finding>();
  /** A signature is spelled out once for each number. */
  readonly #signatures = new Map<number, Signature>();

  /** Counts a case. */
  add(outcome: CaseOutcome, caseNumber: number): void {
    this.cases++;
    this.operations += outcome.ran;
    this.#addDigest(outcome, caseNumber);
    this.#addVerdict(outcome.bug, outcome.verdict, 1);
    const { other } = outcome;
    if (other !== undefined) this.#addVerdict(other.bug, other.verdict, 1);
    if (outcome.verdict === "ok") return;
    this.#addFinding({
      signature: this.#signatureOf(outcome),
      verdict: outcome.verdict,
      class: outcome.bug,
      impact: outcome.impact,
      count: 1,
      caseNumber,
      opCount: outcome.opCount,
    });
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
      findings: [...this.#findings.values()],
    };
  }

  /** Sixteen digits, the same for the same cases in any order. */
  get digest(): string {
    return this.#digest.hex;
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
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

  #addFinding(finding: Finding): void {
    const { text } = finding.signature;
    const before = this.#findings.get(text);
    const merged = before === undefined ? finding : mergeFindings(before, finding);
    this.#findings.set(text, merged);
  }

  #signatureOf(outcome: CaseOutcome): Signature {
    const known = this.#signatures.get(outcome.key);
    if (known !== undefined) return known;
    const { signature } = outcome;
    this.#signatures.set(outcome.key, signature);
    return signature;
  }
}

/** The shortest example wins; of equally short ones the first case. */
function mergeFindings(one: Finding, other: Finding): Finding {
  const example = isBetter(one, other) ? one : other;
  const worse = impactRank(one.impact) >= impactRank(other.impact) ? one : other;
  return { ...example, count: one.count + other.count, impact: worse.impact };
}

function isBetter(one: Finding, other: Finding): boolean {
  if (one.opCount !== other.opCount) return one.opCount < other.opCount;
  return one.caseNumber <= other.caseNumber;
}
