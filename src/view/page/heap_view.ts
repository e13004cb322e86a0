// The heap of a module: a strip of memory to scale, and below it a button for each block.
import type { BlockRecord, HeapBlock, TraceDamage } from "../trace.ts";
import { columnsOf, make, makeSvg, moveWithin } from "./dom.ts";
import type { Playback } from "./playback.ts";
import { addressText, heapBlocks, isHurt, openDamages, ownerText } from "./words.ts";

/** Blocks that are shown; of more, those around the one that changed last. */
const SHOWN_MAX = 300;

export class HeapFigure {
  readonly element: HTMLElement;
  readonly #playback: Playback;
  readonly #block: number;
  readonly #open: (first: number) => void;
  readonly #strip = makeSvg("svg", { class: "strip", preserveAspectRatio: "none" });
  readonly #cells = make("div", { class: "cells", role: "group" });
  readonly #more = make("p", { class: "about" });

  constructor(playback: Playback, block: number, open: (first: number) => void) {
    this.#playback = playback;
    this.#block = block;
    this.#open = open;
    const { name, address, size } = this.#record;
    const caption = `${name} from ${addressText(address)} on, ${size} bytes to scale`;
    this.#strip.setAttribute("viewBox", `0 0 ${size} 10`);
    this.#strip.setAttribute("aria-hidden", "true");
    this.#cells.setAttribute("aria-label", `blocks of ${name}`);
    moveWithin(this.#cells, "button", () => columnsOf([...this.#cells.children] as HTMLElement[]));
    const heading = make("figcaption", {}, caption);
    this.element = make("figure", { class: "slab" }, heading, this.#strip, this.#cells, this.#more);
  }

  get #record(): BlockRecord {
    return this.#playback.trace.blocks[this.#block];
  }

  /** Shows the blocks as they are now; `chosen`: where the bytes that are open begin. */
  update(chosen: number | undefined): void {
    const all = heapBlocks(this.#playback);
    const hurt = openDamages(this.#playback, this.#block);
    const shown = aroundLast(all, this.#playback.at);
    this.#strip.replaceChildren(...this.#marks(all, hurt));
    this.#cells.replaceChildren(...shown.map((one) => this.#button(one, hurt, chosen)));
    this.#cells.querySelector("button")?.setAttribute("tabindex", "0");
    const more = all.length - shown.length;
    this.#more.textContent = more === 0 ? "" : `${more} more blocks`;
  }

  #marks(blocks: readonly HeapBlock[], hurt: readonly TraceDamage[]): readonly SVGElement[] {
    const { size: whole } = this.#record;
    const least = whole / 400;
    const boxes = blocks.map(([state, , x, size]) =>
      makeSvg("rect", { class: state, x, y: 2, width: Math.max(least, size), height: 6 }),
    );
    const marks = hurt.map(({ first = 0, length }) =>
      makeSvg("rect", { class: "D", x: first, y: 0, width: Math.max(least, length), height: 10 }),
    );
    return [...boxes, ...marks];
  }

  #button(block: HeapBlock, hurt: readonly TraceDamage[], chosen: number | undefined): HTMLElement {
    const [state, name, first, size] = block;
    const { ops } = this.#playback.memory(this.#block);
    const isDamaged = Array.from({ length: size }, (_, i) => first + i).some((at) =>
      isHurt(hurt, ops, at),
    );
    const letter = isDamaged ? "D" : state;
    const isChosen = chosen === first;
    const title = `${ownerText(block)}, ${size} bytes${isDamaged ? ", damaged" : ""}`;
    const button = make(
      "button",
      {
        type: "button",
        class: `cell ${letter}`,
        title,
        "aria-pressed": `${isChosen}`,
        tabindex: -1,
      },
      make("small", {}, name),
      make("b", {}, letter),
      make("span", {}, `${size} B`),
    );
    button.addEventListener("click", () => this.#open(first));
    return button;
  }
}

function aroundLast(blocks: readonly HeapBlock[], at: number): readonly HeapBlock[] {
  if (blocks.length <= SHOWN_MAX) return blocks;
  const last = Math.max(
    0,
    blocks.findIndex(([, , , , op]) => op === at),
  );
  const first = Math.max(0, Math.min(blocks.length - SHOWN_MAX, last - SHOWN_MAX / 2));
  return blocks.slice(first, first + SHOWN_MAX);
}
