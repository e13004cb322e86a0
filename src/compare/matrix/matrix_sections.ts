// What a page shows of one matrix: when each set of options spoke, every cell, and in how many ways
// one mistake shows.
import { type Mark, type TimeRow, timeChartOf } from "../../html/chart.ts";
import { type Content, type Html, html } from "../../html/html.ts";
import { type Cell, tableOf } from "../../html/table.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { toneOf } from "../tones.ts";
import { type Matrix, type MatrixCell, symptomsOf, whereabouts } from "./matrix.ts";
import { cellsOn, columnHead, kernelWordsOf } from "./matrix_text.ts";

/** All of it, for a page that has the program already. */
export function matrixParts(matrix: Matrix): Content {
  return [timesOf(matrix), gridOf(matrix), symptomsTable(matrix)];
}

export function timesOf(matrix: Matrix): Html {
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

export function gridOf(matrix: Matrix): Content {
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

export function symptomsTable(matrix: Matrix): Html {
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
