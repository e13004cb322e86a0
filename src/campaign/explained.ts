// Some findings in sentences: what the program did wrong, what became of it, and how to see it.
import { counted } from "../base/count_text.ts";
import { wrapped } from "../base/text_lines.ts";
import { BUG_ABOUT, bugFamilyOf, isBugName } from "../target/bug_names.ts";
import { type Impact, isAlarm, type Verdict } from "../target/verdict.ts";

/** How many are explained where nothing is wrong with the allocator. */
const EXPLAINED = 3;

interface Explainable {
  readonly verdict: string;
  readonly class: string;
  readonly impact: string;
  readonly count: number;
  readonly stable: boolean;
  readonly token: string;
  readonly shrunk?: readonly string[];
  /** Operations of a program that was not shrunk. */
  readonly unshrunk?: number | undefined;
  readonly consequences?: readonly { readonly signature: string; readonly count: number }[];
}

/**
 * The findings that matter most, each of another family of mistakes, and all that are failures of
 * the allocator or not stable. `folder`: where all of them are stored.
 */
export function explainedLines(
  findings: readonly Explainable[],
  folder: string,
): readonly string[] {
  const explained = explainedOf(findings);
  const rest = findings.length - explained.length;
  const more = rest === 0 ? [] : [`${rest} more findings: ${whereText(folder)}`];
  return [...explained.flatMap(explanationLines), ...more];
}

function whereText(folder: string): string {
  return folder === "" ? "--list-all lists them" : `in ${folder}, and --list-all lists them`;
}

function explainedOf(findings: readonly Explainable[]): readonly Explainable[] {
  const families = new Set<string>();
  return findings.filter((finding) => {
    if (isAlarm(finding.verdict) || !finding.stable) return true;
    const family = bugFamilyOf(finding.class);
    if (families.size === EXPLAINED || families.has(family)) return false;
    families.add(family);
    return true;
  });
}

function explanationLines(finding: Explainable): readonly string[] {
  const { verdict, class: name, count, stable, token } = finding;
  const unstable = stable ? "" : ", not each time that it is run";
  return [
    `${verdict}: ${name}, ${counted(count, "case")}${unstable}`,
    ...(isBugName(name) ? [`  ${BUG_ABOUT[name]};`] : []),
    `  ${outcomeText(finding)}`,
    ...shrunkLines(finding),
    ...(finding.consequences ?? []).map(({ signature, count: times }) => {
      return `  and with it: ${signature}, ${counted(times, "case")}`;
    }),
    `  slabfuzz replay ${token}`,
  ];
}

/** Longer programs are for files. */
const OPERATIONS_SHOWN = 24;
const WIDTH = 96;

function shrunkLines({ shrunk = [], unshrunk }: Explainable): readonly string[] {
  if (unshrunk !== undefined) {
    return [`  program: ${counted(unshrunk, "operation")}, not shrunk`];
  }
  if (shrunk.length === 0) return [];
  const isShown = shrunk.length <= OPERATIONS_SHOWN;
  const text = isShown ? shrunk.join("; ") : counted(shrunk.length, "operation");
  return wrapped(`shortest program: ${text}`, WIDTH, "  ").map((line) => `  ${line}`);
}

const IMPACT_SAYS: Readonly<Record<Impact, string>> = {
  none: "nothing changed",
  disclosed: "old data was read",
  damage: "no owner's bytes changed",
  oops: "the machine died",
  hang: "it never returned",
  lost: "objects were lost",
  list: "a list went out of order",
  "other-owner": "another owner's bytes changed",
  redirected: "the free list was redirected",
  foreign: "foreign memory was handed out",
  overlap: "two owners got one object",
};

const OUTCOME_SAYS: Readonly<Record<Verdict, string>> = {
  ok: "nothing went wrong",
  invariant: "the allocator broke a rule of its own",
  detected: "it was reported in time",
  late: "it was reported too late",
  misattributed: "the report blames something else",
  masked: "the repair after an earlier report hid it",
  escaped: "no check saw it, although an option in force could have",
  blind: "no option in force looks there",
  oops: "the machine died",
  misuse: "an operation of the program is at fault by itself",
};

function outcomeText({ verdict, impact }: Explainable): string {
  const outcome = OUTCOME_SAYS[verdict as Verdict];
  const isSaid = impact === "none" || (verdict === "oops" && impact === "oops");
  return isSaid ? outcome : `${outcome}, and ${IMPACT_SAYS[impact as Impact]}`;
}
