// A matrix as a page: for each program its script, when each set of options spoke, the cells, and
// how many symptoms one mistake has.
import { fileName } from "../../base/file_name.ts";
import { type Mark, type TimeRow, timeChartOf } from "../../html/chart.ts";
import { type Content, documentOf, type Html, html, type PageSection } from "../../html/html.ts";
import { type Cell, tableOf } from "../../html/table.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { toneOf } from "../tones.ts";
import { type Matrix, type MatrixCell, symptomsOf, whereabouts } from "./matrix.ts";
import { cellsOn, columnHead, kernelWordsOf, shortText } from "./matrix_text.ts";

export interface MatrixPage {
  readonly matrices: readonly Matrix[];
  /** The command line that makes the page again. */
  readonly command: string;
  readonly version: string;
}

export function matrixPage({ matrices, command, version }: MatrixPage): string {
  const [first] = matrices;
  const isOne = matrices.length === 1;
  const overview = isOne ? [] : overviewSections(matrices);
  return documentOf({
    title: isOne
      ? `${fileName(first.name)} under every option set`
      : "Bug classes under every option set",
    lead: html`What each set of <code>slub_debug</code> options reported of
${isOne ? "one program" : "one program of each class"}, at which operation, in which words, and
what came of it where none did. Options move what they look at, so one mistake has many faces.`,
    sections: [...overview, ...matrices.flatMap((matrix) => sectionsOf(matrix, isOne))],
    footer: html`slabfuzz ${version}: <code>${command}</code>`,
  });
}

function overviewSections(matrices: readonly Matrix[]): PageSection[] {
  const [{ profiles, options }] = matrices;
  return profiles.map((profile) => ({
    id: `overview-${profile.replace(".", "-")}`,
    title: profile,
    body: tableOf({
      caption: `${profile}: verdict, and the operation that reported`,
      columns: ["class", ...options],
      rows: matrices.map((matrix) => {
        const cells = cellsOn(matrix, profile);
        const known = options.map((_, i) => cells[i]);
        return { head: matrix.name, cells: known.map(shortCell) };
      }),
      isNumeric: true,
    }),
  }));
}

function shortCell(cell: MatrixCell | undefined): Cell {
  if (cell === undefined) return { content: "not applicable", tone: toneOf("not applicable") };
  return { content: shortText(cell), tone: toneOf(cell.verdict) };
}

function sectionsOf(matrix: Matrix, isOne: boolean): PageSection[] {
  const id = isOne ? "" : `-${matrix.name}`;
  if (!isOne) return [{ id: `program${id}`, title: matrix.name, body: wholeOf(matrix) }];
  return [
    { id: "when", title: "When it was reported", body: timesOf(matrix) },
    { id: "cells", title: "Every option set", body: gridOf(matrix) },
    { id: "symptoms", title: "One mistake, and how it shows", body: symptomsTable(matrix) },
    { id: "program", title: "The program", body: scriptOf(matrix) },
  ];
}

function wholeOf(matrix: Matrix): Content {
  const script = html`<details><summary>The program</summary>${scriptOf(matrix)}</details>`;
  return [symptomsTable(matrix), timesOf(matrix), script];
}

function scriptOf({ script }: Matrix): Html {
  return html`<pre tabindex="0">${script}</pre>`;
}

function timesOf(matrix: Matrix): Html {
  const rows = matrix.cells.map(timeRow);
  const series = [EVENTS.mistake, EVENTS.report, EVENTS.death];
  const title = "Operations from the first to the last, and what happened at them";
  return timeChartOf({ title, series, rows, full: matrix.operations, axis: "operation" });
}

/** What happens in a run; where two fall on one operation, the last of these is seen. */
const EVENTS = {
  mistake: { name: "the mistake", tone: "odd", shape: "circle" },
  death: { name: "the machine died", tone: "bad", shape: "diamond" },
  report: { name: "the first report", tone: "good", shape: "square" },
} as const;

function timeRow(cell: MatrixCell): TimeRow {
  const { profile, options, ran, verdict } = cell;
  const marks = (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).flatMap((event): Mark[] => {
    const { name: says, tone, shape } = EVENTS[event];
    const happened = cell[event];
    return happened === null ? [] : [{ at: happened.op, tone, shape, says }];
  });
  return { label: `${profile} ${options}`, marks, length: ran, note: verdict };
}

function gridOf(matrix: Matrix): Content {
  const { profiles, options, refused } = matrix;
  const columns = profiles.filter((profile) => cellsOn(matrix, profile).length > 0);
  const table = tableOf({
    caption: "Verdict, first report and impact, by option set and kernel",
    columns: ["options", ...columns.map((profile) => headOf(matrix, profile))],
    rows: options.map((option, i) => ({
      head: option,
      cells: columns.map((profile) => cellOf(cellsOn(matrix, profile)[i])),
    })),
  });
  const why = refused.map((one) => html`<p>${one.profile}: ${one.why}</p>`);
  return [table, why];
}

function headOf(matrix: Matrix, profile: ProfileName): string {
  return columnHead(cellsOn(matrix, profile)[0]);
}

function cellOf(cell: MatrixCell): Cell {
  const { verdict, report, impact } = cell;
  const place = report === null ? undefined : html`op ${report.op} <code>${report.text}</code>`;
  const words = report === null && cell.death === null ? "no report" : kernelWordsOf(cell);
  const content = html`<strong>${verdict}</strong> ${place}
<small>${words}</small><small>impact: ${impact}</small>`;
  return { content, tone: toneOf(verdict) };
}

function symptomsTable(matrix: Matrix): Html {
  const symptoms = symptomsOf(matrix);
  return tableOf({
    caption: `One mistake, ${symptoms.length} ${symptoms.length === 1 ? "symptom" : "symptoms"}`,
    columns: ["symptom", "cells", "where"],
    rows: symptoms.map(({ symptom, cells }) => ({
      head: symptom,
      cells: [cells.length, whereabouts(cells)],
    })),
  });
}
