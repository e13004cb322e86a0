// A slab as a row of objects, with the free lists drawn over it as arrows.
import type { BlockBelief, BlockRecord, CellTruth, ChainView, Difference } from "../trace.ts";
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
  sheafOfCell,
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
  readonly #arrows = makeSvg("svg", {
    class: "arrows",
    "aria-hidden": "true",
    preserveAspectRatio: "none",
  });
  #isVisible = false;
  #isStale = true;
  #chosen: number | undefined;

  constructor(playback: Playback, block: number, open: (cell: number) => void) {
    this.#playback = playback;
    this.#block = block;
    this.#open = open;
    this.#caption.textContent = this.#record.name;
    this.#grid.setAttribute("aria-label", `objects of ${this.#record.name}`);
    // A slab that was never in sight has no cells yet; keys reach it all the same.
    this.#grid.tabIndex = 0;
    this.#grid.addEventListener("focus", () => this.reveal());
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
    if (!isVisible) return;
    this.show();
    this.draw();
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
      const place = sheafOfCell(belief, cell);
      const now = { truth, isDamaged, isDisputed: disputed.has(cell), place };
      showCell(button, cell, now, cell === this.#chosen);
    }
    this.#showLists(belief);
    this.#drawArrows();
  }

  #makeCells(): void {
    this.#grid.removeAttribute("tabindex");
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

  /** Comes into sight, and gets the focus. */
  reveal(): void {
    this.setVisible(true);
    this.element.scrollIntoView({ block: "center" });
    this.focus(this.#chosen ?? 0);
  }

  focus(cell: number): void {
    this.#cells[cell]?.focus();
  }

  /** The cells have other places; a slab that is out of sight waits. */
  draw(): void {
    if (this.#isVisible && !this.#isStale) this.#drawArrows();
  }

  /**
   * The arrows need the places of the cells: all are read before anything is drawn. Paper is
   * narrower than a screen: there the slab keeps its columns, and the arrows shrink with them.
   */
  #drawArrows(): void {
    const { clientWidth, clientHeight } = this.#grid;
    const columns = `${columnsOf(this.#cells)}`;
    const paths = chainsOf(this.#belief).flatMap(this.#path);
    this.#grid.style.setProperty("--columns", columns);
    this.#arrows.setAttribute("viewBox", `0 0 ${clientWidth} ${clientHeight}`);
    this.#arrows.replaceChildren(...paths);
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
    const sheaves = (belief.sheaves ?? []).map(([place, cells]) =>
      make("li", {}, `sheaf ${place}: ${cells.join(", ")}`),
    );
    this.#lists.replaceChildren(...items, ...sheaves);
  }

  readonly #path = ([list, { at, end }]: readonly [string, ChainView]): readonly SVGElement[] => {
    const points = at.map((cell) => this.#middle(cell));
    // A list that is broken at its head leaves from the edge of the slab.
    const last = points.at(-1) ?? (end === "null" ? undefined : this.#edge);
    if (last === undefined) return [];
    const d = points.slice(1).map((to, i) => arrowTo(points[i], to));
    const kind = list === "slab" ? "own" : "cpus";
    const arrows = d.length === 0 ? [] : [makeSvg("path", { d: d.join(""), class: kind })];
    return end === "null" ? arrows : [...arrows, brokenArrow(last)];
  };

  /** Above the last cell of the first row, beyond the words about the slab. */
  get #edge(): Point {
    return [this.#grid.clientWidth - 24, 2];
  }

  #middle(cell: number): Point {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.#cells[cell];
    return [offsetLeft + offsetWidth / 2, offsetTop + offsetHeight - 7];
  }
}

type Point = readonly [x: number, y: number];

function arrowTo([x1, y1]: Point, [x2, y2]: Point): string {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const tip = (turn: number): string => {
    const [x, y] = [x2 - 7 * Math.cos(angle + turn), y2 - 7 * Math.sin(angle + turn)];
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  return `M${x1},${y1}L${x2},${y2}L${tip(0.5)}M${x2},${y2}L${tip(-0.5)}`;
}

/** It leaves the picture: whatever it leads to is no object of the slab. */
function brokenArrow([x, y]: Point): SVGElement {
  const tip = `${x + 14},${y - 22}`;
  const d = `M${x},${y}L${tip}L${x + 8},${y - 19}M${tip}L${x + 15},${y - 15}`;
  return makeSvg("path", { d, class: "broken" });
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
