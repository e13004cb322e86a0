// A slab as a drawing that is a file of its own: its objects with their letters and names, and its
// free lists as arrows. It shows what the page of a view shows at one operation.
import { type Content, type Html, html } from "../../src/html/html.ts";
import { COLOURS } from "../../src/html/style.ts";
import { Playback } from "../../src/view/page/playback.ts";
import {
  cellText,
  chainEnd,
  chainsOf,
  cueOf,
  isBroken,
  NEVER_USED,
  openDamages,
  placesOf,
  sheafOfCell,
  touchedPlace,
} from "../../src/view/page/words.ts";
import { VIEW_COLOURS } from "../../src/view/page_style.ts";
import type {
  BlockBelief,
  CacheView,
  CellTruth,
  ChainView,
  Difference,
  Trace,
} from "../../src/view/trace.ts";

export interface SlabPicture {
  /** The file. */
  readonly svg: string;
  /** The slab, and each of its objects that was used, in words. */
  readonly words: string;
  /** Its lists, in words. */
  readonly lists: readonly string[];
}

const COLUMNS = 8;
const WIDTH = 88;
const HEIGHT = 44;
const GAP = 4;
const MARGIN = 8;
/** Above the objects, where an arrow that leaves the slab ends. */
const HEAD = 20;
const NAME_MAX = 11;
/** Objects of a list that are written out. */
const LISTED_MAX = 8;

const STYLE = `${COLOURS}${VIEW_COLOURS}
text { font: 13px ui-monospace, monospace; fill: var(--ink); }
.ground { fill: var(--page); }
.cell { stroke: var(--soft); stroke-width: 1; }
.L { fill: var(--live); stroke: var(--edge-live); }
.F { fill: var(--free); }
.N { fill: var(--never); stroke-dasharray: 4 3; }
.D { fill: var(--hurt); stroke: var(--edge-hurt); stroke-width: 3; }
.arrow { fill: none; stroke: var(--arrow); stroke-width: 1.5; }
.own { stroke: var(--arrow-own); stroke-dasharray: 4 3; }
.broken { stroke: var(--edge-hurt); stroke-width: 3; }
.tip { fill: var(--arrow); }
.tip-own { fill: var(--arrow-own); }
.tip-broken { fill: var(--edge-hurt); }`;

/** The slab that an operation is about, or caches without slabs; undefined where neither is. */
export function slabPicture(trace: Trace, op: number): SlabPicture | undefined {
  const playback = new Playback(trace);
  playback.moveTo(op);
  const block = touchedPlace(playback, placesOf(playback));
  if (block === undefined) return cachesPicture(playback);
  if (trace.blocks[block].kind !== "slab") return undefined;
  const belief = playback.get<BlockBelief>(`b${block}`) ?? {};
  const cells = cellsOf(playback, block, belief);
  const rows = Math.ceil(cells.length / COLUMNS);
  const width = 2 * MARGIN + Math.min(cells.length, COLUMNS) * (WIDTH + GAP);
  const height = HEAD + MARGIN + rows * (HEIGHT + GAP);
  const chains = chainsOf(belief);
  const drawing = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"
width="${width}" height="${height}">
<style>${STYLE}</style>
<defs>${["", "-own", "-broken"].map(tipOf)}</defs>
<rect class="ground" width="100%" height="100%"/>
${cells.map(drawCell)}
${chains.map(([list, chain]) => drawChain(list, chain))}
</svg>
`;
  const used = cells.filter(({ letter }) => letter !== "N").map(({ says }) => says);
  const { name } = trace.blocks[block];
  return {
    svg: drawing.text,
    words: `${name}: ${used.join("; ") || "no object was used yet"}`,
    lists: [
      ...chains.map(([list, chain]) => listText(list, chain)),
      ...(belief.sheaves ?? []).map(([place, cells]) => `sheaf ${place}: ${shownOf(cells, ", ")}`),
    ],
  };
}

/** A box for each cache, because there is no slab. */
function cachesPicture(playback: Playback): SlabPicture | undefined {
  const caches = playback.numbers("c").map((number) => playback.get<CacheView>(`c${number}`)!);
  const says = caches.map(({ name }) => `cache ${name}: no slab`);
  if (says.length === 0) return undefined;
  const width = COLUMNS * (WIDTH + GAP) + 2 * MARGIN;
  const height = 2 * MARGIN + says.length * (HEIGHT + GAP);
  const boxes = says.map((words, i) => {
    const y = MARGIN + i * (HEIGHT + GAP);
    const size = html`width="${width - 2 * MARGIN}" height="${HEIGHT}"`;
    return html`<rect class="cell N" x="${MARGIN}" y="${y}" ${size} rx="3"/>
<text x="${MARGIN + 8}" y="${y + 27}">${words}</text>
`;
  });
  const drawing = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"
width="${width}" height="${height}">
<style>${STYLE}</style>
<rect class="ground" width="100%" height="100%"/>
${boxes}</svg>
`;
  return { svg: drawing.text, words: says.join("; "), lists: [] };
}

interface DrawnCell {
  readonly letter: string;
  readonly name: string;
  readonly says: string;
  readonly isDisputed: boolean;
}

function cellsOf(playback: Playback, block: number, belief: BlockBelief): readonly DrawnCell[] {
  const damaged = new Set(openDamages(playback, block).map(({ cell }) => cell));
  const all = playback.get<readonly Difference[]>("x") ?? [];
  const own = all.filter((one) => one.block === block);
  const disputed = new Set(own.flatMap(({ cells }) => cells ?? []));
  return Array.from({ length: playback.trace.blocks[block].cells }, (_, cell) => {
    const truth = playback.get<CellTruth>(`o${block}.${cell}`) ?? NEVER_USED;
    const isDisputed = disputed.has(cell);
    const place = sheafOfCell(belief, cell);
    const now = { truth, isDamaged: damaged.has(cell), isDisputed, place };
    const name = truth[0] === "L" ? truth[1] : "";
    return { letter: cueOf(now), name, says: cellText(cell, now), isDisputed };
  });
}

function leftOf(cell: number): number {
  return MARGIN + (cell % COLUMNS) * (WIDTH + GAP);
}

function topOf(cell: number): number {
  return HEAD + Math.floor(cell / COLUMNS) * (HEIGHT + GAP);
}

function drawCell({ letter, name, says, isDisputed }: DrawnCell, cell: number): Html {
  const [x, y] = [leftOf(cell), topOf(cell)];
  const shown = name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name;
  const mark = `${letter}${isDisputed ? "≠" : ""}`;
  return html`<g><title>${says}</title>
<rect class="cell ${letter}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="3"/>
<text x="${x + 4}" y="${y + 14}">${cell}</text>
<text x="${x + WIDTH - 4}" y="${y + 14}" text-anchor="end">${mark}</text>
<text x="${x + 4}" y="${y + 29}">${shown}</text></g>
`;
}

function tipOf(kind: string): Html {
  return html`<marker id="tip${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"
markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path class="tip${kind}"
d="M0 0L8 4L0 8z"/></marker>`;
}

function drawChain(list: string, chain: ChainView): Content {
  const [kind, own] = list === "slab" ? ["-own", "own"] : ["", ""];
  const points = chain.at.map((cell) => [leftOf(cell) + WIDTH / 2, topOf(cell) + HEIGHT - 8]);
  const arrows = points.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = points[i];
    const d = `M${fromX} ${fromY}L${x} ${y}`;
    return html`<path class="arrow ${own}" d="${d}" marker-end="url(#tip${kind})"/>`;
  });
  const last = points.at(-1) ?? [MARGIN + WIDTH, HEAD];
  return [arrows, isBroken(chain) ? brokenArrow(chain, last) : undefined];
}

/** Back to the object that comes again, or out of the slab. */
function brokenArrow({ end, to }: ChainView, [x, y]: readonly number[]): Html {
  const again = end === "loop" ? Number(to) : undefined;
  const goal =
    again === undefined
      ? `L${x + 24} ${HEAD - 14}`
      : `C${x + 30} ${y - 40} ${leftOf(again) + WIDTH / 2 + 30} ${topOf(again) - 6} ${
          leftOf(again) + WIDTH / 2 + 10
        } ${topOf(again) + HEIGHT - 12}`;
  return html`<path class="arrow broken" d="M${x} ${y}${goal}" marker-end="url(#tip-broken)"/>`;
}

function listText(list: string, chain: ChainView): string {
  const way = chain.at.length === 0 ? "" : `${shownOf(chain.at, " → ")} → `;
  const head = list === "slab" ? "free list of the slab" : `free list of ${list}`;
  return `${head}: ${way}${chainEnd(chain)}`;
}

function shownOf(cells: readonly number[], between: string): string {
  const shown = cells.slice(0, LISTED_MAX).map(String);
  const more = cells.length - LISTED_MAX;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(between);
}
