// A scorecard as a page: the shares of each class and set of options, charts of what became of the
// rest, and for each class all figures.
import { barChartOf, legendOf } from "../../html/chart.ts";
import { documentOf, type PageSection } from "../../html/document.ts";
import { type Content, type Html, html } from "../../html/html.ts";
import type { Tone } from "../../html/style.ts";
import { type Cell, tableOf } from "../../html/table.ts";
import { bugsOn } from "../../slub/gen/features.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { BUG_ABOUT, type BugName } from "../../target/bug_names.ts";
import { seriesOf, toneOf } from "../tones.ts";
import { applicable, cellsUnder, outcomesIn, type Score, type ScoreCell, sumOf } from "./score.ts";
import { SCORE_OUTCOMES, type ScoreData } from "./score_tally.ts";
import {
  falseText,
  figuresOf,
  intervalText,
  kernelTitle,
  OUTCOME_ABOUT,
  percentOf,
  percentText,
} from "./score_text.ts";

export interface ScorePage {
  readonly score: Score;
  /** The command line that makes the page again. */
  readonly command: string;
  readonly version: string;
}

export function scorePage({ score, command, version }: ScorePage): string {
  const { bugs, options, profiles, cases, casesEach, seed, digest } = score;
  const stopped = score.interrupted ? " It was interrupted: some cells are short of cases." : "";
  return documentOf({
    title: "Scorecard of the slab debug options",
    lead: html`${bugs.length} bug classes under ${options.length} option sets on
${profiles.join(", ")}: ${casesEach} generated programs each, with one mistake whose bytes the
harness knows, so that what was not reported can be counted, too.${stopped}`,
    sections: [...profiles.flatMap((profile) => sectionsOf(score, profile)), legend()],
    footer: html`slabfuzz ${version}: <code>${command}</code>. Seed ${seed}, ${cases} cases,
digest <code>${digest}</code>. Intervals are Wilson's, 95 %.`,
  });
}

function sectionsOf(score: Score, profile: ProfileName): PageSection[] {
  const id = profile.replace(".", "-");
  return [
    {
      id: `sets-${id}`,
      title: `${kernelTitle(score, profile)}: option sets`,
      body: setsOf(score, profile),
    },
    { id: `classes-${id}`, title: `${profile}: classes`, body: classesOf(score, profile) },
    { id: `cells-${id}`, title: `${profile}: each class`, body: detailsOf(score, profile) },
  ];
}

function setsOf(score: Score, profile: ProfileName): Content {
  const rows = score.options.map((set) => ({
    label: set,
    data: sumOf(cellsUnder(score, profile, set)),
  }));
  const table = figuresTable(`${profile}: all classes together`, "options", rows);
  const under = (set: string): readonly ScoreCell[] => cellsUnder(score, profile, set);
  const cells = score.options.flatMap(under);
  return [
    chartOf("What became of the mistakes, percent of those that could be seen", rows, cells),
    table,
  ];
}

interface Labelled {
  readonly label: string;
  readonly data: ScoreData;
}

function chartOf(title: string, rows: readonly Labelled[], cells: readonly ScoreCell[]): Html {
  const outcomes = outcomesIn(cells).filter((one) => one !== "not applicable");
  return barChartOf({
    title,
    series: seriesOf(outcomes),
    rows: rows.map(({ label, data }) => ({
      label,
      values: outcomes.map((one) => shareOf(data, one)),
      note: `${shareOf(data, "detected") === 0 ? 0 : percentOf(data, "detected")} % in time`,
    })),
    full: 100,
    unit: " %",
  });
}

function shareOf(data: ScoreData, outcome: (typeof SCORE_OUTCOMES)[number]): number {
  const whole = applicable(data);
  return whole === 0 ? 0 : (100 * (data.outcomes[outcome] ?? 0)) / whole;
}

const SHARES = SCORE_OUTCOMES.filter((one) => one !== "detected" && one !== "invariant");

function figuresTable(caption: string, first: string, rows: readonly Labelled[]): Html {
  return tableOf({
    caption: `${caption}: percent of the cases in which there was something to see`,
    columns: [first, "cases", "detected", "95 %", ...SHARES, "median", "p90", "false reports"],
    rows: rows.map(({ label, data }) => {
      const { cases, detected, latency } = figuresOf(data);
      return {
        head: label,
        cells: [
          cases,
          { content: percentOf(data, "detected"), tone: toneOfShare(data) },
          intervalText(detected),
          ...SHARES.map((one) => percentOf(data, one)),
          latency?.median ?? "-",
          latency?.p90 ?? "-",
          falseText(data),
        ],
      };
    }),
    isNumeric: true,
  });
}

function classesOf(score: Score, profile: ProfileName): Html {
  const { bugs, options } = score;
  return tableOf({
    caption: `${profile}: reported in time by the right check, percent, with the 95 % interval`,
    columns: ["class", ...options],
    rows: bugsOn(profile, bugs).map((bug, i) => ({
      head: bug,
      cells: options.map((set) => shareCell(cellsUnder(score, profile, set)[i].data)),
    })),
    isNumeric: true,
  });
}

function shareCell(data: ScoreData): Cell {
  const { detected } = figuresOf(data);
  if (detected === null) return { content: "-", tone: "void" };
  const content = html`${percentText(detected.rate)}<small>${intervalText(detected)}</small>`;
  return { content, tone: toneOfShare(data) };
}

/** Shares that are reported in time: how often, and from which share on. */
const SHARE_TONES: readonly {
  readonly tone: Tone;
  readonly from: number;
  readonly name: string;
}[] = [
  { tone: "good", from: 0.95, name: "nearly always: 95 % or more" },
  { tone: "fair", from: 0.5, name: "mostly: 50 % or more" },
  { tone: "masked", from: 0.05, name: "sometimes: 5 % or more" },
  { tone: "unseen", from: 0, name: "hardly ever" },
];

const NO_SHARE = { tone: "void", name: "there was nothing to see" } as const;

function toneOfShare(data: ScoreData): Tone {
  const { detected } = figuresOf(data);
  if (detected === null) return NO_SHARE.tone;
  return SHARE_TONES.find(({ from }) => detected.rate >= from)?.tone ?? "unseen";
}

function legend(): PageSection {
  const outcomes = SCORE_OUTCOMES.map(
    (one) => html`<tr><th scope="row">${one}</th>
<td class="tone ${toneOf(one)}">${OUTCOME_ABOUT[one]}</td></tr>
`,
  );
  const body = html`<p>Cells of the tables, by the share of mistakes that were reported in time by
the right check:</p>
${legendOf([...SHARE_TONES, NO_SHARE])}
<p>"95 %" is the interval that holds the true share. "median" and "p90" count the operations between
the damage and the report; "false reports" are those about the same programs with the mistake put
right.</p>
<table class="words"><caption>What became of a mistake</caption>
<thead><tr><th scope="col">outcome</th><th scope="col">says</th></tr></thead>
<tbody>
${outcomes}</tbody></table>`;
  return { id: "legend", title: "Legend", body };
}

function detailsOf(score: Score, profile: ProfileName): Content {
  return bugsOn(profile, score.bugs).map((bug, i) => {
    const cells = score.options.map((set) => cellsUnder(score, profile, set)[i]);
    return html`<details><summary><code>${bug}</code> ${BUG_ABOUT[bug]}</summary>
${detailOf(profile, bug, cells)}</details>
`;
  });
}

function detailOf(profile: ProfileName, bug: BugName, cells: readonly ScoreCell[]): Content {
  const rows = cells.map(({ options, data }) => ({ label: options, data }));
  return [
    chartOf(`${profile} ${bug}`, rows, cells),
    figuresTable(`${profile} ${bug}`, "options", rows),
  ];
}
