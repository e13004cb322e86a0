// The bytes of one object or range: part by part, each byte with its owner and its last writer.
import type { BlockBelief, CellShape, CellTruth, StrayObject } from "../trace.ts";
import { make, moveWithin } from "./dom.ts";
import type { Playback } from "./playback.ts";
import {
  cellStretches,
  heapBlocks,
  isHurt,
  NEVER_USED,
  openDamages,
  ownerText,
  plainRegion,
  type Stretch,
  truthText,
  writerText,
} from "./words.ts";

/** What is shown: a cell of a slab, or a window of a range. */
export interface Choice {
  readonly block: number;
  readonly cell?: number;
  readonly first?: number;
}

/** Bytes that are shown of a range. */
const WINDOW_BYTES = 512;
const ROW_BYTES = 16;
/** Parts with a name of their own; the others are called by who owns them. */
const OWN_REGION = /^[a-z]+(-[a-z]+)*$/;

export class ByteView {
  readonly element: HTMLElement;
  readonly #playback: Playback;
  readonly #title = make("h3");
  readonly #body = make("div", { class: "bytes" });
  readonly #status = make("p", { class: "status", role: "status" });
  #choice: Choice | undefined;

  constructor(playback: Playback) {
    this.#playback = playback;
    moveWithin(this.#body, ".byte", () => ROW_BYTES);
    for (const kind of ["pointerover", "focusin", "click"]) {
      this.#body.addEventListener(kind, (event) => this.#tell(event.target as HTMLElement));
    }
    this.element = make("section", { class: "zoom", "aria-label": "Bytes" });
    this.element.append(this.#title, this.#status, this.#body);
    this.show(undefined);
  }

  show(choice: Choice | undefined): void {
    this.#choice = choice;
    this.update();
  }

  /** Shows the bytes as they are now. */
  update(): void {
    const choice = this.#choice;
    const isThere = choice !== undefined && this.#playback.get(`b${choice.block}`) !== undefined;
    this.element.hidden = choice === undefined;
    this.#status.textContent = "";
    if (!isThere || choice === undefined) {
      this.#title.textContent = choice === undefined ? "" : "The slab is not there now";
      this.#body.replaceChildren();
      return;
    }
    this.#title.textContent = this.#titleText(choice);
    this.#body.replaceChildren(...this.#stretches(choice).map((one) => this.#part(one)));
    this.#body.querySelector<HTMLElement>(".byte")?.setAttribute("tabindex", "0");
    this.#status.textContent = "Choose a byte to see whose it is, and who wrote it last.";
  }

  #shape({ block }: Choice): CellShape | undefined {
    const { shape } = this.#playback.get<BlockBelief>(`b${block}`) ?? {};
    return shape === undefined ? undefined : this.#playback.trace.shapes[shape];
  }

  #truth({ block, cell }: Choice): CellTruth {
    return this.#playback.get<CellTruth>(`o${block}.${cell}`) ?? NEVER_USED;
  }

  #titleText(choice: Choice): string {
    const { name } = this.#playback.trace.blocks[choice.block];
    if (choice.cell === undefined) return `Bytes of ${name}`;
    return `Object ${choice.cell} of ${name}: ${truthText(this.#truth(choice))}`;
  }

  #stretches(choice: Choice): readonly Stretch[] {
    const shape = this.#shape(choice);
    if (shape === undefined || choice.cell === undefined) return this.#window(choice);
    return cellStretches(shape, this.#truth(choice), choice.cell);
  }

  /** A window of memory, cut at the objects and blocks that were handed out from it. */
  #window({ block, first = 0 }: Choice): readonly Stretch[] {
    const start = Math.max(0, first - 64) & -ROW_BYTES;
    const end = Math.min(this.#playback.trace.blocks[block].size, start + WINDOW_BYTES);
    const stretches: Stretch[] = [];
    let at = start;
    for (const [name, from, size] of this.#owners(block)) {
      if (from >= end || from + size <= at) continue;
      if (from > at) stretches.push({ region: this.#unowned(block), first: at, end: from });
      const stop = Math.min(end, from + size);
      stretches.push({ region: name, first: Math.max(at, from), end: stop });
      at = stop;
    }
    if (at < end) stretches.push({ region: this.#unowned(block), first: at, end });
    return stretches;
  }

  /** What lies in a piece of memory without cells, by address: words, first byte, size. */
  #owners(block: number): readonly (readonly [words: string, first: number, size: number])[] {
    if (this.#playback.trace.blocks[block].kind === "heap") {
      return heapBlocks(this.#playback).map((one) => [ownerText(one), one[2], one[3]] as const);
    }
    const strays = this.#playback.get<readonly StrayObject[]>("strays") ?? [];
    return strays
      .filter((one) => one.block === block && one.first !== undefined)
      .map(
        ({ name, first = 0, asked }) => [`${name}, handed out as an object`, first, asked] as const,
      )
      .sort(([, one], [, other]) => one - other);
  }

  #unowned(block: number): string {
    return this.#playback.trace.blocks[block].kind === "heap" ? "between-blocks" : "named-memory";
  }

  #part({ region, first, end }: Stretch): HTMLElement {
    const title = `${plainRegion(region)}, ${end - first} ${end - first === 1 ? "byte" : "bytes"}`;
    const part = make("section", { class: `part ${OWN_REGION.test(region) ? region : "payload"}` });
    part.append(make("h4", {}, title));
    for (let row = first; row < end; row += ROW_BYTES) {
      part.append(this.#row(region, row, Math.min(row + ROW_BYTES, end)));
    }
    return part;
  }

  #row(region: string, first: number, end: number): HTMLElement {
    const { block } = this.#choice as Choice;
    const { bytes, ops } = this.#playback.memory(block);
    const hurt = openDamages(this.#playback, block);
    const row = make("div", { class: "line" }, make("small", {}, this.#offsetText(first)));
    for (let at = first; at < end; at++) {
      const isDamaged = isHurt(hurt, ops, at);
      const isNew = ops[at] === this.#playback.at;
      const classes = `byte${isDamaged ? " hurt" : ""}${isNew ? " new" : ""}`;
      const text = bytes[at].toString(16).padStart(2, "0");
      const attributes = { class: classes, tabindex: -1, role: "img", "data-at": at };
      const label = `${plainRegion(region)} byte ${text}${isDamaged ? ", damaged" : ""}`;
      row.append(make("span", { ...attributes, "aria-label": label }, text));
    }
    return row;
  }

  /** From the object's own address, or from the beginning of the range. */
  #offsetText(at: number): string {
    const choice = this.#choice as Choice;
    const shape = this.#shape(choice);
    if (shape === undefined || choice.cell === undefined) return `+${at}`;
    const offset = at - choice.cell * shape.size - shape.left;
    return offset < 0 ? `${offset}` : `+${offset}`;
  }

  #tell(target: HTMLElement): void {
    const choice = this.#choice;
    if (choice === undefined || target.dataset.at === undefined) return;
    const at = Number(target.dataset.at);
    const { bytes, ops, roles } = this.#playback.memory(choice.block);
    const { name } = this.#playback.trace.blocks[choice.block];
    const whose = choice.cell === undefined ? name : `object ${choice.cell} of ${name}`;
    const value = bytes[at].toString(16).padStart(2, "0");
    const label = target.getAttribute("aria-label") ?? "";
    const writer = writerText(this.#playback, ops[at], roles[at]);
    const place = `${whose} ${this.#offsetText(at)}`;
    const what = label.replace(/ byte ..(, )?/, " ");
    this.#status.textContent = `${place}: 0x${value}, ${what} · ${writer}`;
  }
}
