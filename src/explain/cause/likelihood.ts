// How likely a cause makes the report of a check look as it does: the share of the drawn programs
// of its class whose reports of that check have the same traits, trait by trait.
import type { BugName } from "../../target/bug_names.ts";
import type { Report } from "../report.ts";
import type { DrawnReport } from "./draws.ts";
import { type Traits, traitsOf } from "./traits.ts";

/** What the drawn programs of one class say. */
export interface Likelihood {
  /** Beside the average class: above 1 it speaks for this one. */
  readonly factor: number;
  /** Of the factor's logarithm: so few programs were drawn. */
  readonly deviation: number;
  /** Programs whose first report is of this check, and those of them that look alike. */
  readonly ofCheck: number;
  readonly alike: number;
}

/** So many programs of the average class stand beside those of each. */
const AVERAGE_WEIGHT = 16;

export function likelihoodsOf(
  report: Report,
  bugs: readonly BugName[],
  reportsOf: (bug: BugName) => readonly DrawnReport[],
): ReadonlyMap<BugName, Likelihood> {
  const wanted = traitsOf(report);
  const counts = bugs.map((bug) =>
    alikeCounts(
      reportsOf(bug).filter(({ check }) => check === report.check),
      wanted,
    ),
  );
  const all = sumsOf(counts);
  return new Map(bugs.map((bug, i) => [bug, likelihoodOf(counts[i], all)]));
}

/** How many reports there are, and how many of them agree in the first trait, the first two ... */
function alikeCounts(reports: readonly DrawnReport[], wanted: Traits): number[] {
  let left = reports;
  const counts = [left.length];
  wanted.forEach((trait, i) => {
    if (trait === undefined) return;
    left = left.filter(({ traits }) => traits[i] === trait);
    counts.push(left.length);
  });
  return counts;
}

function sumsOf(counts: readonly (readonly number[])[]): number[] {
  return (counts.at(0) ?? []).map((_, step) => counts.reduce((sum, own) => sum + own[step], 0));
}

/**
 * Step by step the share of a class, drawn towards that of all; unseen is not impossible. What no
 * program of any class shows tells none from another.
 */
function likelihoodOf(own: readonly number[], all: readonly number[]): Likelihood {
  let logarithm = 0;
  let variance = 0;
  let alike = own[0];
  for (let step = 1; step < own.length && all[step] > 0; step++) {
    alike = own[step];
    const average = (all[step] + 0.5) / (all[step - 1] + 1);
    const weight = own[step - 1] + AVERAGE_WEIGHT;
    const share = (own[step] + AVERAGE_WEIGHT * average) / weight;
    logarithm += Math.log(share / average);
    variance += (1 - share) / (share * weight);
  }
  return {
    factor: Math.exp(logarithm),
    deviation: Math.sqrt(variance),
    ofCheck: own[0],
    alike,
  };
}
