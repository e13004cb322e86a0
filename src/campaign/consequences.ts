// One bug, one finding. What an allocator has got wrong shows in many ways: a list that is broken
// hands out overlapping blocks, then crooked ones, then none. Findings are one bug where the
// smallest program of one needs all that the smallest program of the other needs; the one that
// needs least is its finding, and the others are consequences.
import type { FindingCause } from "../target/finding_folder.ts";
import type { SummaryFinding } from "./summary.ts";

/** A finding and what its smallest program needs; undefined where nobody knows. */
export interface CausedFinding {
  readonly finding: SummaryFinding;
  readonly cause: FindingCause | undefined;
}

/** The findings in their order, without those that are consequences of others. */
export function withConsequences(found: readonly CausedFinding[]): readonly SummaryFinding[] {
  if (found.every(({ cause }) => cause === undefined)) return found.map(({ finding }) => finding);
  const roots = rootsOf(found);
  return found.flatMap((one) => {
    if (!roots.has(one)) return [];
    const { finding } = one;
    const others = found.filter((other) => !roots.has(other) && rootOf(other, roots) === one);
    const consequences = others.map((other) => consequenceOf(other.finding));
    return [consequences.length === 0 ? finding : { ...finding, consequences }];
  });
}

/** Those that need least come first, so that the others follow from them. */
function rootsOf(found: readonly CausedFinding[]): ReadonlySet<CausedFinding> {
  const roots = new Set<CausedFinding>();
  const inTurn = [...found].sort((one, other) => sizeOf(one) - sizeOf(other));
  for (const one of inTurn) if (rootOf(one, roots) === undefined) roots.add(one);
  return roots;
}

function rootOf(one: CausedFinding, roots: ReadonlySet<CausedFinding>): CausedFinding | undefined {
  return [...roots].find((root) => follows(one, root));
}

function follows({ cause }: CausedFinding, { cause: other }: CausedFinding): boolean {
  if (cause === undefined || other === undefined) return false;
  return other.needs.every((need) => cause.needs.includes(need));
}

function sizeOf({ cause }: CausedFinding): number {
  return cause === undefined ? 0 : cause.needs.length * NEED_WEIGHT + cause.operations.length;
}

/** More than the operations of any program. */
const NEED_WEIGHT = 1 << 20;

function consequenceOf({ signature, verdict, count, token }: SummaryFinding) {
  return { signature, verdict, count, token };
}
