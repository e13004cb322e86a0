// What a campaign found, as a table that fits a screen: a row for each family of bug classes, how
// its mistakes were reported, and the worst that came of one. summary.ts has
// the table with a row for each class.
import { bugFamilyOf } from "../target/bug_names.ts";
import { type Impact, impactRank, type Verdict } from "../target/verdict.ts";
import { type Counts, countCell, row, rowTotal } from "./count_rows.ts";

/** The columns, and the verdicts that each counts; those without a case are left out. */
const COLUMNS: readonly (readonly [string, readonly Verdict[]])[] = [
  ["fine", ["ok"]],
  ["in time", ["detected"]],
  ["late", ["late"]],
  ["never", ["escaped", "masked", "blind"]],
  ["died", ["oops"]],
  ["blamed wrongly", ["misattributed"]],
  ["misuse", ["misuse"]],
  ["rule broken", ["invariant"]],
];

/** What the table is made of: bug class -> verdict -> count, and what findings came to. */
interface Counted {
  readonly verdicts: Readonly<Record<string, Counts>>;
  readonly findings: readonly { readonly class: string; readonly impact: string }[];
}

interface Family {
  readonly name: string;
  readonly counts: Record<string, number>;
  worst: Impact;
}

/** The table, a line each; `classes`: the bug classes of the campaign, in their order. */
export function familyLines(counted: Counted, classes: readonly string[]): readonly string[] {
  const families = familiesOf(counted, classes);
  const columns = COLUMNS.filter(([, verdicts]) =>
    families.some(({ counts }) => countOf(counts, verdicts) > 0),
  );
  const width = Math.max(...families.map(({ name }) => name.length), HEAD.length);
  const names = columns.map(([name]) => name);
  const widths = names.map((name) => Math.max(name.length, NARROW));
  const head = `${row(HEAD, width, names, widths, "cases")}  worst`;
  const body = families.map(({ name, counts, worst }) => {
    const cells = columns.map(([, verdicts]) => countCell(countOf(counts, verdicts)));
    return `${row(name, width, cells, widths, String(rowTotal(counts)))}  ${worst}`;
  });
  return [head, "-".repeat(head.length), ...body];
}

const HEAD = "mistake";

/** Width of a column with a short name. */
const NARROW = 6;

function familiesOf({ verdicts, findings }: Counted, classes: readonly string[]): Family[] {
  const families = new Map<string, Family>();
  for (const one of classes) {
    const name = bugFamilyOf(one);
    const family = families.get(name) ?? { name, counts: {}, worst: "none" };
    families.set(name, family);
    for (const [verdict, count = 0] of Object.entries(verdicts[one] ?? {})) {
      family.counts[verdict] = (family.counts[verdict] ?? 0) + count;
    }
  }
  for (const finding of findings) {
    const family = families.get(bugFamilyOf(finding.class));
    const impact = finding.impact as Impact;
    if (family && impactRank(impact) > impactRank(family.worst)) family.worst = impact;
  }
  return [...families.values()];
}

function countOf(counts: Counts, verdicts: readonly string[]): number {
  return verdicts.reduce((sum, verdict) => sum + (counts[verdict] ?? 0), 0);
}
