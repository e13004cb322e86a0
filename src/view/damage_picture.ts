// A small picture of what a program damaged first: the objects that it hit, part by part, with the
// damaged bytes marked by colour, by height, and by an arrow. It says the same in words.
import { type Content, type Html, html } from "../html/html.ts";
import { Playback } from "./page/playback.ts";
import { cellStretches, heapBlocks, NEVER_USED, plainRegion, type Stretch } from "./page/words.ts";
import type { BlockBelief, CellTruth, Trace, TraceDamage } from "./trace.ts";

interface Window {
  readonly first: number;
  readonly end: number;
  readonly stretches: readonly Stretch[];
}

/** What is drawn of memory without objects, around the damage. */
const AROUND_BYTES = 64;
const CELLS_MAX = 4;
const WIDTH = 260;
const HEIGHT = 30;
/** A damaged byte of a large object can be seen, too. */
const HURT_WIDTH_MIN = 4;

const LIGHT = "--live: #7fb8dd; --free: #dedede; --pointer: #8d6cc0; --hurt: #c43c00;";

/** How the picture looks; it uses colours of style.ts, too. */
export const DAMAGE_STYLE = `
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) {
  :root { --live: #2f6f9e; --free: #4a515b; --pointer: #c3a6ee; --hurt: #ff7a45; }
}
@media print { :root { ${LIGHT} } }
.damage rect { stroke: var(--page); stroke-width: 0.5; }
svg .live { fill: var(--live); }
svg .free { fill: var(--free); }
svg .left-redzone, svg .right-redzone { fill: var(--masked); }
svg .free-pointer { fill: var(--pointer); }
svg .track, svg .orig-size { fill: var(--fair); }
svg .padding, svg .slack { fill: var(--wash); stroke: var(--line); }
svg .hurt { fill: var(--hurt); }`;

/** What its colours stand for. */
export const DAMAGE_PARTS = [
  { tone: "live", name: "payload of an object that is alive" },
  { tone: "free", name: "of one that is free" },
  { tone: "left-redzone", name: "red zone" },
  { tone: "free-pointer", name: "free pointer" },
  { tone: "track", name: "track" },
  { tone: "padding", name: "padding, or between objects" },
  { tone: "hurt", name: "damaged, with an arrow above" },
] as const;

export interface DamagePicture {
  /** What was damaged, in words. */
  readonly words: string;
  readonly image: Html;
}

/** Undefined for a program that damages no byte. */
export function damagePicture(trace: Trace): DamagePicture | undefined {
  const [first] = trace.damages;
  if (first === undefined) return undefined;
  const hurt = trace.damages.filter(({ op }) => op === first.op);
  const words = `op ${first.op}: ${hurt.map(damageWords).join("; ")}`;
  const place = hurt.find(({ block }) => block !== undefined) ?? first;
  const own = hurt.filter(({ block }) => block === place.block);
  const drawing = place.block === undefined ? undefined : drawingOf(trace, place, own);
  const image = html`<svg class="damage" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"
aria-label="${words}">${drawing}</svg>`;
  return { words, image };
}

function damageWords({ length, region, owner }: TraceDamage): string {
  const bytes = length === 1 ? "1 byte" : `${length} bytes`;
  return `${bytes} of the ${plainRegion(region)} of ${owner}`;
}

function drawingOf(trace: Trace, place: TraceDamage, hurt: readonly TraceDamage[]): Content {
  const playback = new Playback(trace);
  playback.moveTo(place.op);
  const block = place.block as number;
  const isSlab = place.cell !== undefined;
  const window = isSlab ? cellsAround(playback, block, hurt) : bytesAround(playback, block, hurt);
  const scale = WIDTH / (window.end - window.first);
  const x = (at: number) => Math.round(10 * (at - window.first) * scale) / 10;
  const parts = window.stretches.map(({ first, end, region }) => {
    const size = html`x="${x(first)}" y="8" width="${x(end) - x(first)}" height="16"`;
    return html`<rect class="${region}" ${size}><title>${plainRegion(region)}</title></rect>`;
  });
  const marks = hurt
    .filter(({ first = 0 }) => first < window.end)
    .map(({ first = 0, length }) => {
      const left = x(first);
      const width = Math.max(HURT_WIDTH_MIN, x(Math.min(first + length, window.end)) - left);
      const middle = Math.round(left + width / 2);
      const arrow = `${middle - 4},0 ${middle + 4},0 ${middle},6`;
      const bar = html`<rect class="hurt" x="${left}" y="6" width="${width}" height="22"/>`;
      return [bar, html`<polygon class="hurt" points="${arrow}"/>`];
    });
  return [parts, marks];
}

/** The cells that were hit; the first ones of many. */
function cellsAround(playback: Playback, block: number, hurt: readonly TraceDamage[]): Window {
  const belief = playback.get<BlockBelief>(`b${block}`);
  const shape = playback.trace.shapes[belief?.shape ?? 0];
  const cells = hurt.flatMap(({ cell }) => cell ?? []);
  const low = Math.min(...cells);
  const high = Math.min(Math.max(...cells), low + CELLS_MAX - 1);
  const stretches: Stretch[] = [];
  for (let cell = low; cell <= high; cell++) {
    const truth = playback.get<CellTruth>(`o${block}.${cell}`) ?? NEVER_USED;
    const payload = truth[0] === "L" ? "live" : "free";
    const parts = cellStretches(shape, truth, cell);
    stretches.push(
      ...parts.map((one) => (one.region === "payload" ? { ...one, region: payload } : one)),
    );
  }
  return { first: low * shape.size, end: (high + 1) * shape.size, stretches };
}

/** Memory without cells: a module's heap with its blocks, or a range with a name. */
function bytesAround(playback: Playback, block: number, hurt: readonly TraceDamage[]): Window {
  const { size } = playback.trace.blocks[block];
  const starts = hurt.map(({ first = 0 }) => first);
  const ends = hurt.map(({ first = 0, length }) => first + length);
  const first = Math.max(0, Math.min(...starts) - AROUND_BYTES);
  const end = Math.min(size, Math.max(...ends), Math.min(...starts) + 3 * AROUND_BYTES);
  const last = Math.min(size, end + AROUND_BYTES);
  const blocks = heapBlocks(playback).flatMap(([state, , from, length]) => {
    const [left, right] = [Math.max(from, first), Math.min(from + length, last)];
    const region = state === "L" ? "live" : "free";
    return left < right ? [{ first: left, end: right, region }] : [];
  });
  return { first, end: last, stretches: [{ first, end: last, region: "padding" }, ...blocks] };
}
