// A coverage report as a page: how much of each source was reached, and the text of what was not.
import { documentOf, type PageSection } from "../html/document.ts";
import { type Html, html } from "../html/html.ts";
import { tableOf } from "../html/table.ts";
import {
  type Coverage,
  type LineRange,
  rangeText,
  type SourceCoverage,
  shareOf,
  shareText,
  unreachedRanges,
} from "./coverage.ts";

export function coveragePage({ about, sources }: Coverage, again: string): string {
  const left = sources.filter(({ functions, lines }) =>
    [...functions, ...lines].some(({ isReached }) => !isReached),
  );
  return documentOf({
    title: "What a campaign never reached",
    lead: `Functions and lines that code of the target comes from, in ${about}.`,
    sections: [
      { id: "sources", title: "Sources", body: sourceTable(sources) },
      ...left.map(sectionOf),
    ],
    footer: html`Made by <code>${again}</code>.`,
  });
}

function sourceTable(sources: readonly SourceCoverage[]): Html {
  return tableOf({
    caption: "Reached of each source",
    columns: ["source", "functions", "lines"],
    isNumeric: true,
    rows: sources.map(({ source, functions, lines }) => ({
      head: source,
      cells: [shareText(shareOf(functions)), shareText(shareOf(lines))],
    })),
  });
}

/** Its number makes the id, for a source may be named in any letters. */
function sectionOf(one: SourceCoverage, number: number): PageSection {
  const names = one.functions
    .filter(({ isReached }) => !isReached)
    .map(({ name, line }) => {
      return html`<li><code>${name}</code>${line === undefined ? "" : `, line ${line}`}</li>`;
    });
  const body = html`${names.length === 0 ? "" : html`<ul>${names}</ul>`}
${unreachedRanges(one.lines).map((range) => rangeOf(one, range))}`;
  return { id: `source-${idOf(number)}`, title: one.source, body };
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** A number in letters. */
function idOf(number: number): string {
  const rest = Math.floor(number / LETTERS.length);
  return (rest === 0 ? "" : idOf(rest - 1)) + LETTERS[number % LETTERS.length];
}

function rangeOf({ textOf }: SourceCoverage, range: LineRange): Html {
  const numbers = Array.from({ length: range.to - range.from + 1 }, (_, i) => range.from + i);
  const text = numbers.map((line) => `${String(line).padStart(5)}  ${textOf(line)}`).join("\n");
  return html`<pre tabindex="0" aria-label="lines ${rangeText(range)}">${text}</pre>
`;
}
