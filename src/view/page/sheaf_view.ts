// The sheaves of a cache of 7.3: a row of boxes for each, the object that is handed out next first.
// A box leads to its object in the slab.
import type { SheafView, SheavesView } from "../trace.ts";
import { columnsOf, make, moveWithin } from "./dom.ts";
import type { Playback } from "./playback.ts";
import { sheafTitle } from "./words.ts";

export class SheafFigures {
  readonly element = make("div", { class: "sheaves" });
  readonly #playback: Playback;
  readonly #key: string;
  readonly #open: (block: number, cell: number) => void;

  constructor(playback: Playback, cache: number, open: (block: number, cell: number) => void) {
    this.#playback = playback;
    this.#key = `s${cache}`;
    this.#open = open;
  }

  /** Shows them as they are now; a cache without sheaves shows nothing. */
  show(): void {
    const view = this.#playback.get<SheavesView>(this.#key);
    const figures = (view?.sheaves ?? []).map((sheaf) => this.#figure(sheaf));
    const empty = view === undefined || view.empty === 0 ? [] : [emptyText(view.empty)];
    this.element.replaceChildren(...figures, ...empty.map((text) => make("p", {}, text)));
  }

  #figure(sheaf: SheafView): HTMLElement {
    const title = `sheaf ${sheafTitle(sheaf)}`;
    const cells = sheaf.objects.map((object, i) => this.#box(object, i));
    const grid = make("div", { class: "cells", role: "group", "aria-label": title }, ...cells);
    moveWithin(grid, "button", () => columnsOf(cells));
    const more = cells.length > 1 ? ", the next to go out first" : "";
    const caption = make("figcaption", {}, `${title}${more}`);
    return make("figure", { class: "slab sheaf" }, caption, grid);
  }

  #box(object: SheafView["objects"][number], i: number): HTMLElement {
    const isObject = typeof object !== "string";
    const name = isObject ? this.#playback.trace.blocks[object[0]].name : "";
    const title = isObject ? `object ${object[1]} of ${name}` : `${object}, which is no object`;
    const attributes = {
      ...{ type: "button", title, tabindex: i === 0 ? 0 : -1 },
      class: `cell ${isObject ? "F" : "D"}`,
    };
    const button = make(
      "button",
      attributes,
      make("small", {}, `${i + 1}`),
      make("b", {}, isObject ? `${object[1]}` : "?"),
      make("span", {}, isObject ? name.slice(name.lastIndexOf("/") + 1) : ""),
    );
    if (isObject) button.addEventListener("click", () => this.#open(object[0], object[1]));
    return button;
  }
}

function emptyText(count: number): string {
  return `empty sheaves of the barn: ${count}`;
}
