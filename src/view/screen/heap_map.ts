// A piece of the heap as lines of text: a slab with a line for each object, the heap of a module
// with one for each block. Beside its letter an object has a strip, a character for every few
// bytes, that shows where in it the damage lies.
import type { Playback } from "../page/playback.ts";
import {
  chainEnd,
  chainsOf,
  cueOf,
  heapBlocks,
  isHurt,
  NEVER_USED,
  openDamages,
  regionInCell,
  sheafOfCell,
  sheafTitle,
} from "../page/words.ts";
import type {
  BlockBelief,
  CacheView,
  CellShape,
  CellTruth,
  Difference,
  SheavesView,
} from "../trace.ts";
import type { ScreenLine, ScreenTone } from "./line.ts";

export interface HeapMap {
  readonly title: string;
  /** A line for each object. */
  readonly lines: readonly ScreenLine[];
  /** The line that the operation at hand is about. */
  readonly focus: number;
  /** The free lists, in words. */
  readonly lists: readonly ScreenLine[];
}

const TONES: Readonly<Record<string, ScreenTone>> = { L: "live", F: "free", N: "never", D: "hurt" };

export function mapOf(playback: Playback, block: number, stripWidth: number): HeapMap {
  const { kind } = playback.trace.blocks[block];
  return kind === "heap"
    ? heapMap(playback, block, stripWidth)
    : slabMap(playback, block, stripWidth);
}

function slabMap(playback: Playback, block: number, stripWidth: number): HeapMap {
  const { cells, name, address } = playback.trace.blocks[block];
  const belief = playback.get<BlockBelief>(`b${block}`) ?? {};
  const shape = playback.trace.shapes[belief.shape ?? 0];
  const touched = touchedCells(playback, block, shape);
  const rows = new CellRows(playback, block, belief, stripWidth);
  const lines = Array.from({ length: cells }, (_, cell) => rows.row(cell, touched.has(cell)));
  const owner = belief.cpu === undefined ? "" : `, CPU ${belief.cpu}`;
  const counts = `inuse ${belief.inuse} of ${cells}${owner}${belief.frozen ? ", frozen" : ""}`;
  const [focus = openDamages(playback, block)[0]?.cell ?? 0] = touched;
  const lists = [...listLines(belief), ...sheavesLine(playback, shape.cache)];
  return { title: `${name} at ${address}: ${counts}`, lines, focus, lists };
}

/** What the cache has in sheaves, in one line. */
function sheavesLine(playback: Playback, cache: string): readonly ScreenLine[] {
  const number = playback
    .numbers("c")
    .find((one) => playback.get<CacheView>(`c${one}`)?.name === cache);
  const view = playback.get<SheavesView>(`s${number}`);
  if (view === undefined) return [];
  const empty = view.empty === 0 ? [] : [`${view.empty} empty in the barn`];
  return [[[`sheaves of ${cache}: ${[...view.sheaves.map(sheafTitle), ...empty].join("; ")}`]]];
}

/** Cells that the operation at hand is about: damaged ones first. */
function touchedCells(playback: Playback, block: number, shape: CellShape): ReadonlySet<number> {
  const { trace, at } = playback;
  const { set = [], mem = [] } = trace.deltas[at];
  const hurt = trace.damages.flatMap((one) =>
    one.op === at && one.block === block && one.cell !== undefined ? [one.cell] : [],
  );
  const told = set.flatMap(([key, value]) => {
    const isOwn = key.startsWith(`o${block}.`) && (value as CellTruth | null)?.[0] !== "N";
    return isOwn ? [Number(key.split(".")[1])] : [];
  });
  const written = mem.flatMap(([one, offset, , , writer]) =>
    one === block && writer === undefined ? [Math.floor(offset / shape.size)] : [],
  );
  return new Set([...hurt.reverse(), ...told, ...written]);
}

/** The lines of the objects of one slab. */
class CellRows {
  readonly #playback: Playback;
  readonly #block: number;
  readonly #shape: CellShape;
  readonly #belief: BlockBelief;
  readonly #stripWidth: number;
  readonly #open: ReturnType<typeof openDamages>;
  readonly #disputed: ReadonlySet<number>;

  constructor(playback: Playback, block: number, belief: BlockBelief, stripWidth: number) {
    const shape = playback.trace.shapes[belief.shape ?? 0];
    this.#playback = playback;
    this.#block = block;
    this.#belief = belief;
    this.#shape = shape;
    this.#stripWidth = Math.min(stripWidth, shape.size);
    this.#open = openDamages(playback, block);
    const all = playback.get<readonly Difference[]>("x") ?? [];
    const own = all.filter((one) => one.block === block);
    this.#disputed = new Set(own.flatMap(({ cells }) => cells ?? []));
  }

  row(cell: number, isTouched: boolean): ScreenLine {
    const truth = this.#playback.get<CellTruth>(`o${this.#block}.${cell}`) ?? NEVER_USED;
    const isDamaged = this.#open.some((one) => one.cell === cell);
    const isDisputed = this.#disputed.has(cell);
    const cue = cueOf({ truth, isDamaged, isDisputed });
    return [
      [`${isTouched ? ">" : " "}${String(cell).padStart(4)} `],
      [`${cue}${isDisputed ? "!" : " "}`, TONES[cue]],
      [" "],
      ...this.#strip(cell, truth),
      [` ${shortTruth(truth)}${this.#sheafText(cell)}`],
    ];
  }

  #sheafText(cell: number): string {
    const place = sheafOfCell(this.#belief, cell);
    return place === undefined ? "" : `, ${place}`;
  }

  #strip(cell: number, truth: CellTruth): ScreenLine {
    const { size } = this.#shape;
    const { ops } = this.#playback.memory(this.#block);
    const column = (i: number) => Math.floor((i * size) / this.#stripWidth);
    const marks = Array.from({ length: this.#stripWidth }, (_, i) => {
      const bytes = Array.from({ length: column(i + 1) - column(i) }, (_, n) => column(i) + n);
      if (bytes.some((at) => isHurt(this.#open, ops, cell * size + at))) return "X";
      const regions = new Set(bytes.map((at) => regionInCell(this.#shape, truth, at)));
      return MARKS.find(([, names]) => names.some((name) => regions.has(name)))?.[0] ?? ".";
    });
    const runs = marks.join("").match(/X+|[^X]+/g) ?? [];
    return runs.map((text) => [text, text.startsWith("X") ? "hurt" : "soft"]);
  }
}

/** Characters of a strip; of several parts that share one, the first in this list is shown. */
const MARKS: readonly (readonly [mark: string, regions: readonly string[]])[] = [
  ["f", ["free-pointer"]],
  ["r", ["left-redzone", "right-redzone"]],
  ["t", ["track", "orig-size"]],
  ["-", ["padding"]],
];

/** What the letters and characters mean, in 80 columns. */
export const MAP_LEGEND =
  "L alive F free N unused D damaged ! disputed | X damage f freeptr r red t track";

function shortTruth(truth: CellTruth): string {
  if (truth[0] === "N") return "never used";
  if (truth[0] === "F") return `free since op ${truth[2]}, was ${truth[1]}`;
  return `${truth[1]}, ${truth[2]} bytes, since op ${truth[3]}`;
}

/** Objects at either end of a list that is too long to be written out. */
const LIST_ENDS = 4;

function listLines(belief: BlockBelief): readonly ScreenLine[] {
  const sheaves = (belief.sheaves ?? []).map(([place, cells]): ScreenLine => {
    const isLong = cells.length > 2 * LIST_ENDS + 1;
    const shown = isLong
      ? [...cells.slice(0, LIST_ENDS), "...", ...cells.slice(-LIST_ENDS)]
      : cells;
    return [[`sheaf ${place}: ${shown.join(" ")}`]];
  });
  return [...chainLines(belief), ...sheaves];
}

function chainLines(belief: BlockBelief): readonly ScreenLine[] {
  return chainsOf(belief).map(([list, chain]) => {
    const { at, end } = chain;
    const isLong = at.length > 2 * LIST_ENDS + 1;
    const shown = isLong ? [...at.slice(0, LIST_ENDS), "...", ...at.slice(-LIST_ENDS)] : at;
    const way = shown.map((cell) => `${cell} -> `).join("");
    const head = `free list of ${list === "slab" ? "the slab" : list}: ${way}`;
    return [[head], [chainEnd(chain), end === "null" ? "soft" : "hurt"]];
  });
}

/** Blocks by address, with what lies between them. */
function heapMap(playback: Playback, block: number, stripWidth: number): HeapMap {
  const { name, address } = playback.trace.blocks[block];
  const { ops } = playback.memory(block);
  const open = openDamages(playback, block);
  const blocks = heapBlocks(playback);
  const lines = blocks.map(([state, slot, first, size, op]): ScreenLine => {
    const width = Math.min(stripWidth, size);
    const hurtIn = (i: number): boolean =>
      rangeOf((i * size) / width, ((i + 1) * size) / width).some((at) =>
        isHurt(open, ops, first + at),
      );
    const strip = rangeOf(0, width).map((i) => (hurtIn(i) ? "X" : "."));
    const cue = strip.includes("X") ? "D" : state;
    const since = state === "L" ? "alive since" : "free since";
    const place = `0x${(Number.parseInt(address, 16) + first).toString(16)}`;
    const runs =
      strip
        .join("")
        .padEnd(stripWidth)
        .match(/X+|[^X]+/g) ?? [];
    return [
      [`${op === playback.at ? ">" : " "}${slot.padStart(6)} `],
      [`${cue} `, TONES[cue]],
      ...runs.map((text): ScreenLine[number] => [text, text.startsWith("X") ? "hurt" : "soft"]),
      [` ${place}, ${size} bytes, ${since} op ${op}`],
    ];
  });
  const focus = blocks.findIndex(([, , , , op]) => op === playback.at);
  return { title: name, lines, focus: Math.max(focus, 0), lists: [] };
}

function rangeOf(first: number, end: number): readonly number[] {
  const from = Math.floor(first);
  return Array.from({ length: Math.max(0, Math.floor(end) - from) }, (_, i) => from + i);
}
