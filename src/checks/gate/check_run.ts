// What a check has seen so far, case by case, whatever its target is.

import { UserError } from "../../base/user_error.ts";
import { type CaseOutcome, failedCase, failureSignature } from "../../target/failure.ts";
import type { CampaignOptions } from "../../target/options.ts";
import { bareSignature } from "../../target/signature.ts";
import { isTrap } from "../../wasm/trap.ts";
import {
  type CheckFinding,
  type CheckOf,
  type CheckResultOf,
  findingOf,
  isForbidden,
} from "./check.ts";

export class CheckRun<Options extends CampaignOptions> {
  readonly check: CheckOf<Options>;
  readonly #endsAtFinding: boolean;
  #cases = 0;
  #operations = 0;
  readonly #caught: Record<string, number> = {};
  readonly #findings = new Map<string, CheckFinding>();

  constructor(check: CheckOf<Options>, endsAtFinding: boolean) {
    this.check = check;
    this.#endsAtFinding = endsAtFinding;
  }

  /** A target that eats memory does so in every case: one is enough. */
  get isOver(): boolean {
    if (this.#findings.has(failureSignature("memory").text)) return true;
    return this.#endsAtFinding && this.#findings.size > 0;
  }

  /** Counts a case; `wasBound`: some check was bound to speak in it. */
  add(outcome: CaseOutcome, caseNumber: number, wasBound: boolean): void {
    this.#cases++;
    this.#operations += outcome.ran;
    const { bug, verdict } = outcome;
    if (isForbidden(this.check.kind, verdict)) this.#addFinding(outcome, caseNumber);
    if (wasBound && verdict === "detected") this.#caught[bug] = (this.#caught[bug] ?? 0) + 1;
  }

  /** A target that does not even boot fails with a program of no operations. */
  addFailedBoot(error: unknown): void {
    const isTheirs = isTrap(error) || error instanceof UserError;
    this.#cases++;
    this.#addFinding(failedCase(isTheirs ? "trap" : "stumble", { bug: "none", opCount: 0 }), 0);
  }

  get result(): CheckResultOf<Options> {
    const missed = this.isOver ? [] : this.#missed();
    const findings = [...this.#findings.values(), ...missed];
    return {
      check: this.check,
      passed: findings.length === 0 && this.#cases > 0,
      cases: this.#cases,
      operations: this.#operations,
      caught: this.#caught,
      findings,
    };
  }

  #addFinding(outcome: CaseOutcome, caseNumber: number): void {
    const found = findingOf(outcome, caseNumber);
    const known = this.#findings.get(found.signature);
    this.#findings.set(found.signature, known ? { ...known, count: known.count + 1 } : found);
  }

  /** Classes of which nothing was caught, though an option is in force that must. */
  #missed(): readonly CheckFinding[] {
    const left = this.check.caught.filter((bug) => this.#caught[bug] === undefined);
    return left.map((bug) => {
      const signature = bareSignature(bug, { note: "escaped", words: "no case was caught" });
      const missed = { bug, verdict: "escaped", signature, impact: "none", opCount: 0 } as const;
      return { ...findingOf(missed, 0), count: this.#cases };
    });
  }
}
