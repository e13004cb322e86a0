// Charts out of rows, each with a name and a drawing beside it. A drawing has no text in it, so it
// can be as narrow as a phone; what it says is said again in words, for readers who cannot see it.
import { type Content, type Html, html } from "./html.ts";

/** What a mark looks like beside its colour. */
export type Shape = "circle" | "square" | "diamond";

/** What a colour stands for; `tone` is one of style.ts. Without a shape it fills bars. */
export interface Series {
  readonly name: string;
  readonly tone: string;
  readonly shape?: Shape;
}

export interface BarRow {
  readonly label: string;
  /** As many as there are series. */
  readonly values: readonly number[];
  /** What stands behind the bar. */
  readonly note?: string;
}

interface BarChart {
  readonly title: string;
  readonly series: readonly Series[];
  readonly rows: readonly BarRow[];
  /** What a full bar is: the same for all rows. */
  readonly full: number;
  readonly unit: string;
}

/** Bars of stacked parts. */
export function barChartOf({ title, series, rows, full, unit }: BarChart): Html {
  const shown = series.filter((_, i) => rows.some((row) => row.values[i] > 0));
  const lines = rows.map((row) => {
    const words = series.flatMap(({ name }, i) =>
      row.values[i] > 0 ? [`${name} ${rounded(row.values[i])}${unit}`] : [],
    );
    return chartRow(
      row,
      `${row.label}: ${words.join(", ") || "nothing"}`,
      barsOf(series, row, full),
    );
  });
  return figureOf(title, shown, lines);
}

function barsOf(series: readonly Series[], { values }: BarRow, full: number): Content {
  let left = 0;
  return series.map(({ name, tone }, i) => {
    const width = full === 0 ? 0 : (100 * values[i]) / full;
    const place = html`x="${percent(left)}" y="10%" width="${percent(width)}" height="80%"`;
    const says = html`<title>${name} ${rounded(values[i])}</title>`;
    const bar = html`<rect class="${tone}" ${place}>${says}</rect>`;
    left += width;
    return width === 0 ? undefined : bar;
  });
}

/** Something that happens at one of a row's steps. */
export interface Mark {
  readonly at: number;
  readonly tone: string;
  readonly shape: Shape;
  readonly says: string;
}

export interface TimeRow {
  readonly label: string;
  readonly marks: readonly Mark[];
  /** Steps that were gone through. */
  readonly length: number;
  readonly note?: string;
}

interface TimeChart {
  readonly title: string;
  readonly series: readonly Series[];
  readonly rows: readonly TimeRow[];
  /** Steps of a row that is full. */
  readonly full: number;
  /** What is counted along the axis. */
  readonly axis: string;
}

/** What happened when: a line for each row, with marks on it. */
export function timeChartOf({ title, series, rows, full, axis }: TimeChart): Html {
  const lines = rows.map((row) => {
    const words = row.marks.map(({ at, says }) => `${says} at ${at}`).join(", ");
    return chartRow(row, `${row.label}: ${words || "nothing"}`, marksOf(row, full));
  });
  return figureOf(title, series, [...lines, axisRow(axis, full)]);
}

/** Where a step lies across a row. */
function placeOf(step: number, full: number): string {
  return percent(1 + (98 * step) / Math.max(full, 1));
}

/** Numbers below the rows; each row says in words what its marks are at. */
function axisRow(name: string, full: number): Html {
  const numbers = ticksTo(full).map((tick) => {
    const at = placeOf(tick, full);
    const anchor = tick === 0 ? "start" : tick > 0.95 * full ? "end" : "middle";
    return html`<text x="${at}" y="75%" text-anchor="${anchor}">${tick}</text>`;
  });
  return html`<li class="axis" aria-hidden="true"><span class="label">${name}</span>
<svg>${numbers}</svg><span class="note"></span></li>
`;
}

/** Round numbers from 0 on, at most six of them. */
function ticksTo(full: number): readonly number[] {
  const unit = 10 ** Math.floor(Math.log10(Math.max(full, 1)));
  const steps = [unit / 10, unit / 5, unit / 2, unit, 2 * unit];
  const step = Math.max(1, steps.find((one) => full / one <= 5) ?? unit);
  return Array.from({ length: Math.floor(full / step) + 1 }, (_, i) => i * step);
}

function marksOf({ marks, length }: TimeRow, full: number): Content {
  const place = (step: number): string => placeOf(step, full);
  const lines = ticksTo(full).map(
    (tick) => html`<line class="tick" x1="${place(tick)}" y1="0" x2="${place(tick)}" y2="100%"/>`,
  );
  const line = html`<line class="axis" x1="${place(0)}" y1="50%" x2="${place(length)}" y2="50%"/>`;
  const dots = marks.map(({ at, tone, shape, says }) =>
    markOf(tone, shape, place(at), html`<title>${says} at ${at}</title>`),
  );
  return [lines, line, dots];
}

/** A mark around a point; the style moves a rectangle there, and turns a diamond. */
function markOf(tone: string, shape: Shape, x: string, title?: Html): Html {
  if (shape === "circle") {
    return html`<circle class="${tone}" cx="${x}" cy="50%" r="6">${title}</circle>`;
  }
  const place = html`x="${x}" y="50%" width="10" height="10"`;
  return html`<rect class="${tone} ${shape}" ${place}>${title}</rect>`;
}

function chartRow(
  { label, note }: { label: string; note?: string },
  words: string,
  drawing: Content,
) {
  const image = html`<svg role="img" aria-label="${words}">${drawing}</svg>`;
  return html`<li><span class="label">${label}</span>${image}<span class="note">${note}</span></li>
`;
}

/** What each colour stands for. */
export function legendOf(series: readonly Series[]): Html {
  const keys = series.map(({ name, tone, shape }) => {
    const whole = html`<rect class="${tone}" width="100%" height="100%"/>`;
    const patch = shape === undefined ? whole : markOf(tone, shape, "50%");
    return html`<li><svg aria-hidden="true">${patch}</svg>${name}</li>`;
  });
  return html`<ul class="legend">${keys}</ul>`;
}

function figureOf(title: string, series: readonly Series[], lines: readonly Html[]): Html {
  return html`<figure class="chart">
<figcaption>${title}</figcaption>
${legendOf(series)}
<ul class="rows">
${lines}</ul>
</figure>`;
}

function percent(value: number): string {
  return `${rounded(value)}%`;
}

function rounded(value: number): number {
  return Math.round(100 * value) / 100;
}
