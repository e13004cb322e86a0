// Plots: points over two axes, joined by lines where they belong together. The drawing scales with
// the page; its words are large enough to be read on a phone. The same figures stand in a table,
// for readers who cannot see it.
import { type Content, type Html, html } from "./html.ts";

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  /** One of style.ts. */
  readonly tone: string;
}

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
${plot.lines.map((line) => lineOf(line, plot, scale))}
${namesOf(plot.lines, scale)}
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

  constructor({ isLogarithmic }: Plot, points: readonly PlotPoint[]) {
    this.#bend = isLogarithmic === true ? Math.log : (x) => x;
    const most = Math.max(1, ...points.map(({ x }) => x));
    const least = Math.min(most, ...points.map(({ x }) => x));
    this.#first = isLogarithmic === true ? Math.log(least) : 0;
    this.#last = this.#bend(isLogarithmic === true ? most : roundUp(most));
    this.#top = roundUp(Math.max(1, ...points.map(({ y }) => y)));
    this.xs =
      isLogarithmic === true ? [...new Set(points.map(({ x }) => x))] : stepsTo(roundUp(most));
    this.ys = stepsTo(this.#top);
  }

  across(x: number): number {
    const span = this.#last - this.#first || 1;
    const part = (this.#bend(x) - this.#first) / span;
    return Math.round(LEFT + part * (WIDTH - LEFT - RIGHT));
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
    const ends = html`x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}"`;
    const line = html`<line class="grid" ${ends}/>`;
    return [line, html`<text x="${LEFT - 8}" y="${at + 5}" text-anchor="end">${short(y)}</text>`];
  });
  const names = [
    html`<text x="${WIDTH - RIGHT}" y="${HEIGHT - 12}" text-anchor="end">${across}</text>`,
    html`<text x="4" y="${TOP - 16}">${up}</text>`,
  ];
  return [rows, columns, names];
}

function lineOf({ points }: PlotLine, { isJoined }: Plot, scale: Scale): Content {
  const places = points.map(({ x, y }) => `${scale.across(x)},${scale.up(y)}`);
  const dots = points.map(({ tone, label, x, y }) => {
    const says = html`<title>${label}: ${short(x)}, ${short(y)}</title>`;
    const [left, top] = [scale.across(x), scale.up(y)];
    return html`<circle class="${tone}" cx="${left}" cy="${top}" r="7">${says}</circle>`;
  });
  const path = html`<polyline class="joined" points="${places.join(" ")}"/>`;
  return [isJoined === true ? path : undefined, dots];
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
