// A slab as a row of objects, with the free lists drawn over it as arrows.
import type { BlockBelief, BlockRecord, CellTruth, Difference } from "../trace.ts";
import { columnsOf, make, makeSvg, moveWithin } from "./dom.ts";
import type { Playback } from "./playback.ts";
import {
  type CellNow,
  cellText,
  chainEnd,
  chainsOf,
  cueOf,
  isBroken,
  NEVER_USED,
  openDamages,
} from "./words.ts";

/** Objects of a list that are written out; the arrows show all of them. */
const LISTED_MAX = 24;

export class SlabFigure {
  readonly element: HTMLElement;
  readonly #playback: Playback;
  readonly #block: number;
  readonly #open: (cell: number) => void;
  #cells: readonly HTMLElement[] = [];
  readonly #caption = make("figcaption");
  readonly #grid = make("div", { class: "cells", role: "group" });
  readonly #lists = make("ul", { class: "lists" });
  readonly #arrows = makeSvg("svg", { class: "arrows", "aria-hidden": "true" });
  #isVisible = false;
  #isStale = true;
  #chosen: number | undefined;

  constructor(playback: Playback, block: number, open: (cell: number) => void) {
    this.#playback = playback;
    this.#block = block;
    this.#open = open;
    this.#caption.textContent = this.#record.name;
    this.#grid.setAttribute("aria-label", `objects of ${this.#record.name}`);
    moveWithin(this.#grid, "button", () => columnsOf(this.#cells));
    this.element = make("figure", { class: "slab" }, this.#caption, this.#grid, this.#lists);
  }

  /** The slab changed, or another object of it is chosen. Out of sight, it waits. */
  update(chosen: number | undefined): void {
    this.#chosen = chosen;
    this.#isStale = true;
    if (this.#isVisible) this.show();
  }

  /** The slab came into sight, or left it. */
  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible) this.show();
  }

  /** Shows the slab as it is now. */
  show(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    if (this.#cells.length === 0) this.#makeCells();
    const belief = this.#belief;
    this.#caption.textContent = this.#captionText(belief);
    const damaged = this.#damagedCells();
    const disputed = this.#disputedCells();
    for (const [cell, button] of this.#cells.entries()) {
      const truth = this.#playback.get<CellTruth>(`o${this.#block}.${cell}`) ?? NEVER_USED;
      const isDamaged = damaged.has(cell);
      const now = { truth, isDamaged, isDisputed: disputed.has(cell) };
      showCell(button, cell, now, cell === this.#chosen);
    }
    this.#showLists(belief);
    this.draw();
  }

  #makeCells(): void {
    this.#cells = Array.from({ length: this.#record.cells }, (_, cell) => {
      const button = make("button", { type: "button", tabindex: cell === 0 ? 0 : -1 });
      button.addEventListener("click", () => this.#open(cell));
      return button;
    });
    this.#grid.append(...this.#cells, this.#arrows);
  }

  get #belief(): BlockBelief {
    return this.#playback.get<BlockBelief>(`b${this.#block}`) ?? {};
  }

  focus(cell: number): void {
    this.#cells[cell]?.focus();
  }

  /** The arrows need the places of the cells. */
  draw(): void {
    this.#arrows.replaceChildren();
    if (!this.#isVisible || this.#isStale) return;
    for (const [list, { at, end }] of chainsOf(this.#belief)) {
      const kind = list === "slab" ? "own" : "cpus";
      for (const [i, cell] of at.slice(1).entries()) this.#arrow(at[i], cell, kind);
      const last = at.at(-1);
      if (end !== "null" && last !== undefined) this.#brokenArrow(last);
    }
  }

  get #record(): BlockRecord {
    return this.#playback.trace.blocks[this.#block];
  }

  #captionText({ inuse, frozen, cpu }: BlockBelief): string {
    const { name, cells, address } = this.#record;
    const owner = cpu === undefined ? "" : `, the slab of CPU ${cpu}`;
    const state = frozen === true ? ", frozen" : "";
    return `${name} at ${address}: inuse ${inuse} of ${cells}${owner}${state}`;
  }

  #damagedCells(): ReadonlySet<number | undefined> {
    return new Set(openDamages(this.#playback, this.#block).map(({ cell }) => cell));
  }

  #disputedCells(): ReadonlySet<number> {
    const all = this.#playback.get<readonly Difference[]>("x") ?? [];
    const own = all.filter(({ block }) => block === this.#block);
    return new Set(own.flatMap(({ cells }) => cells ?? []));
  }

  #showLists(belief: BlockBelief): void {
    const items = chainsOf(belief).map(([list, chain]) => {
      const shown = chain.at.slice(0, LISTED_MAX).join(" → ");
      const more = chain.at.length - LISTED_MAX;
      const rest = more > 0 ? ` → ${more} more` : "";
      const head = list === "slab" ? "free list of the slab" : `free list of ${list}`;
      const start = chain.at.length === 0 ? "" : `${shown}${rest} → `;
      const end = make("strong", { class: isBroken(chain) ? "broken" : "" }, chainEnd(chain));
      return make("li", {}, `${head}: ${start}`, end);
    });
    this.#lists.replaceChildren(...items);
  }

  #arrow(from: number, to: number, kind: string): void {
    const [x1, y1] = this.#middle(from);
    const [x2, y2] = this.#middle(to);
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const tip = (turn: number): string =>
      `${x2 - 7 * Math.cos(angle + turn)},${y2 - 7 * Math.sin(angle + turn)}`;
    const points = `${x1},${y1} ${x2},${y2} ${tip(0.5)} ${x2},${y2} ${tip(-0.5)}`;
    this.#arrows.append(makeSvg("polyline", { points, class: kind }));
  }

  /** It leaves the picture: whatever it leads to is no object of the slab. */
  #brokenArrow(from: number): void {
    const [x, y] = this.#middle(from);
    const points = `${x},${y} ${x + 14},${y - 22} ${x + 8},${y - 19} ${x + 14},${y - 22}`;
    this.#arrows.append(makeSvg("polyline", { points, class: "broken" }));
  }

  #middle(cell: number): readonly [x: number, y: number] {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.#cells[cell];
    return [offsetLeft + offsetWidth / 2, offsetTop + offsetHeight - 7];
  }
}

function showCell(button: HTMLElement, cell: number, now: CellNow, isChosen: boolean): void {
  const label = cellText(cell, now);
  button.setAttribute("aria-pressed", `${isChosen}`);
  if (button.title === label) return;
  const letter = cueOf(now);
  const name = now.truth[0] === "L" ? now.truth[1] : "";
  const mark = now.isDisputed ? "≠" : "";
  button.className = `cell ${letter}${now.isDisputed ? " disputed" : ""}`;
  button.title = label;
  button.replaceChildren(
    make("small", {}, `${cell}`),
    make("b", {}, `${letter}${mark}`),
    make("span", {}, name),
  );
}
