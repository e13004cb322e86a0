// Plots: points over two axes, joined by lines where they belong together. The drawing scales with
// the page; its words are large enough to be read on a phone. The same figures stand in a table,
// for readers who cannot see it.
import { type Content, type Html, html } from "./html.ts";
import { LINE_DASHES, LINE_HUES } from "./style.ts";

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  /** One of style.ts. */
  readonly tone: string;
  /** Between which values it lay, where more than one was measured. */
  readonly spread?: Range;
  /** The same of x. */
  readonly spreadAcross?: Range;
}

type Range = readonly [low: number, high: number];

interface PlotLine {
  readonly name: string;
  readonly points: readonly PlotPoint[];
}

interface Plot {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly lines: readonly PlotLine[];
  /** Steps along x count by factors, not by sums. */
  readonly isLogarithmic?: boolean;
  /** Points of a line are joined. */
  readonly isJoined?: boolean;
}

const WIDTH = 640;
const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 24;
/** Beside lines stand their names, where no line goes. */
const NAMES = 150;
const TOP = 36;
const BOTTOM = 60;
const TICKS = 5;

export function plotOf(plot: Plot): Html {
  const points = plot.lines.flatMap((line) => line.points);
  const scale = new Scale(plot, points);
  const words = points.map(({ label, x, y }) => `${label}: ${short(x)}, ${short(y)}`).join("; ");
  return html`<figure class="plot">
<figcaption>${plot.title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${plot.title}: ${words}">
${axesOf(plot, scale)}
${plot.lines.map((line, i) => lineOf(line, i, plot, scale))}
${plot.isJoined === true ? namesBeside(plot.lines, scale) : namesOf(plot.lines, scale)}
</svg>
</figure>`;
}

class Scale {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly #bend: (x: number) => number;
  readonly #first: number;
  readonly #last: number;
  readonly #top: number;
  /** Where the axis along x ends. */
  readonly right: number;

  constructor({ isLogarithmic, isJoined }: Plot, points: readonly PlotPoint[]) {
    this.right = WIDTH - (isJoined === true ? NAMES : RIGHT);
    this.#bend = isLogarithmic === true ? Math.log : (x) => x;
    const most = Math.max(1, ...points.map(({ x, spreadAcross }) => spreadAcross?.[1] ?? x));
    const least = Math.min(most, ...points.map(({ x }) => x));
    this.#first = isLogarithmic === true ? Math.log(least) : 0;
    this.#last = this.#bend(isLogarithmic === true ? most : roundUp(most));
    this.#top = roundUp(Math.max(1, ...points.map(({ y, spread }) => spread?.[1] ?? y)));
    this.xs =
      isLogarithmic === true ? [...new Set(points.map(({ x }) => x))] : stepsTo(roundUp(most));
    this.ys = stepsTo(this.#top);
  }

  across(x: number): number {
    const span = this.#last - this.#first || 1;
    const part = (this.#bend(x) - this.#first) / span;
    return Math.round(LEFT + part * (this.right - LEFT));
  }

  up(y: number): number {
    return Math.round(HEIGHT - BOTTOM - (y / this.#top) * (HEIGHT - TOP - BOTTOM));
  }
}

/** The next round number. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * unit >= value) ?? 10;
  return factor * unit;
}

function stepsTo(last: number): readonly number[] {
  return Array.from({ length: TICKS + 1 }, (_, i) => (last * i) / TICKS);
}

function axesOf({ across, up }: Plot, scale: Scale): Content {
  const floor = HEIGHT - BOTTOM;
  const columns = scale.xs.map((x) => {
    const at = scale.across(x);
    return html`<text x="${at}" y="${floor + 20}" text-anchor="middle">${short(x)}</text>`;
  });
  const rows = scale.ys.map((y) => {
    const at = scale.up(y);
    const ends = html`x1="${LEFT}" y1="${at}" x2="${scale.right}" y2="${at}"`;
    const line = html`<line class="grid" ${ends}/>`;
    return [line, html`<text x="${LEFT - 8}" y="${at + 5}" text-anchor="end">${short(y)}</text>`];
  });
  const names = [
    html`<text x="${scale.right}" y="${HEIGHT - 12}" text-anchor="end">${across}</text>`,
    html`<text x="4" y="${TOP - 16}">${up}</text>`,
  ];
  return [rows, columns, names];
}

function lineOf({ points }: PlotLine, index: number, { isJoined }: Plot, scale: Scale): Content {
  const places = points.map(({ x, y }) => `${scale.across(x)},${scale.up(y)}`);
  const bars = points.map(({ x, y, spread, spreadAcross }) => [
    spread && spreadOf(scale.across(x), spread, scale),
    spreadAcross && spreadAcrossOf(scale.up(y), spreadAcross, scale),
  ]);
  const radius = isJoined === true ? 4 : 7;
  const dots = points.map(({ tone, label, x, y }) => {
    const says = html`<title>${label}: ${short(x)}, ${short(y)}</title>`;
    const [left, top] = [scale.across(x), scale.up(y)];
    return html`<circle class="${tone}" cx="${left}" cy="${top}" r="${radius}">${says}</circle>`;
  });
  if (isJoined !== true) return [bars, dots];
  const path = html`<polyline class="joined" points="${places.join(" ")}"/>`;
  return html`<g class="${lineClass(index)}">${[bars, path, dots]}</g>`;
}

/** A bar with ends from the least to the most that was measured. */
function spreadOf(at: number, [low, high]: Range, scale: Scale): Html {
  const [bottom, top] = [scale.up(low), scale.up(high)];
  const end = (y: number) => `M${at - 4} ${y}H${at + 4}`;
  return html`<path class="spread" d="M${at} ${bottom}V${top}${end(bottom)}${end(top)}"/>`;
}

function spreadAcrossOf(at: number, [low, high]: Range, scale: Scale): Html {
  const [left, right] = [scale.across(low), scale.across(high)];
  const end = (x: number) => `M${x} ${at - 4}V${at + 4}`;
  return html`<path class="spread" d="M${left} ${at}H${right}${end(left)}${end(right)}"/>`;
}

/** Colours and dashes of style.ts: their counts have no common factor, so pairs differ for long. */
function lineClass(index: number): string {
  return `hue${index % LINE_HUES} dash${index % LINE_DASHES}`;
}

/** Names of lines in a column of their own, in the order of their ends, one below the other. */
function namesBeside(lines: readonly PlotLine[], scale: Scale): Content {
  const ends = lines.flatMap(({ name, points }, index) => {
    const end = points.at(-1);
    return end === undefined
      ? []
      : [{ name, index, from: scale.across(end.x), y: scale.up(end.y) }];
  });
  ends.sort((one, other) => one.y - other.y);
  const first = Math.min(TOP, HEIGHT - BOTTOM - LINE_HEIGHT * (ends.length - 1));
  let lowest = first - LINE_HEIGHT;
  return ends.map(({ name, index, from, y }, i) => {
    const room = HEIGHT - BOTTOM - LINE_HEIGHT * (ends.length - 1 - i);
    const at = Math.min(Math.max(y, lowest + LINE_HEIGHT), room);
    lowest = at;
    const [start, end] = [from + 8, scale.right + 34];
    return html`<g class="${lineClass(index)}"><path class="lead" d="M${start} ${y}L${end} ${at}"/>
<text x="${end + 4}" y="${at + 5}">${name}</text></g>`;
  });
}

interface Name {
  readonly text: string;
  readonly left: number;
  top: number;
}

const LINE_HEIGHT = 16;
const NAME_WIDTH = 90;

/** The name of each line beside its last point, moved up where it would lie on another. */
function namesOf(lines: readonly PlotLine[], scale: Scale): Content {
  const names = lines.flatMap(({ name, points }): Name[] => {
    const end = points[points.length - 1];
    return end === undefined
      ? []
      : [{ text: name, left: scale.across(end.x), top: scale.up(end.y) - 8 }];
  });
  names.sort((one, other) => other.top - one.top);
  for (const [i, name] of names.entries()) keepClear(name, names.slice(0, i));
  return names.map(({ text, left, top }) => {
    const isRight = left > WIDTH / 2;
    const [anchor, at] = isRight ? ["end", left - 12] : ["start", left + 12];
    return html`<text x="${at}" y="${top}" text-anchor="${anchor}">${text}</text>`;
  });
}

function keepClear(name: Name, placed: readonly Name[]): void {
  const isHit = ({ left, top }: Name): boolean =>
    Math.abs(left - name.left) < NAME_WIDTH && Math.abs(top - name.top) < LINE_HEIGHT;
  while (name.top > LINE_HEIGHT && placed.some(isHit)) name.top -= 2;
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
