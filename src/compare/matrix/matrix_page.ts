// A matrix as a page: for each program its script, when each set of options spoke, the cells, and
// how many symptoms one mistake has.
import { fileName } from "../../base/file_name.ts";
import { documentOf, type PageSection } from "../../html/document.ts";
import { type Content, type Html, html } from "../../html/html.ts";
import { type Cell, tableOf } from "../../html/table.ts";
import { toneOf } from "../tones.ts";
import type { Matrix, MatrixCell } from "./matrix.ts";
import { gridOf, symptomsTable, timesOf } from "./matrix_sections.ts";
import { cellsOn, shortText } from "./matrix_text.ts";

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
