// The operations as a list. Only rows in sight, and some around them, are elements of the page:
// with all rows of a long program each step would take as long as the whole list.
import { make } from "./dom.ts";

/** Rows beyond those in sight. */
const AROUND = 30;

export class OpList {
  readonly #box: HTMLElement;
  #count = 0;
  #makeRow: (op: number) => HTMLElement = () => make("li");
  /** Space for the rows that are not there. */
  readonly #above = make("li", { role: "presentation", class: "space" });
  readonly #below = make("li", { role: "presentation", class: "space" });
  #rows = new Map<number, HTMLElement>();
  #rowHeight = 0;
  #selected = -1;

  /** `onChoice` is told which row was clicked. */
  constructor(box: HTMLElement, onChoice: (op: number) => void) {
    this.#box = box;
    box.addEventListener("scroll", () => this.#fill());
    box.addEventListener("click", ({ target }) => {
      const row = (target as HTMLElement).closest<HTMLElement>("[data-op]");
      if (row !== null) onChoice(Number(row.dataset.op));
    });
  }

  /** Other operations; `makeRow` makes the row of one. */
  fill(count: number, makeRow: (op: number) => HTMLElement): void {
    this.#count = count;
    this.#makeRow = makeRow;
    this.#selected = -1;
    this.redraw();
  }

  /** Rows may have another height than before. */
  redraw(): void {
    const probe = make("li", { role: "presentation" }, "0");
    this.#box.replaceChildren(probe);
    this.#rowHeight = probe.getBoundingClientRect().height || 1;
    this.#rows.clear();
    this.#fill();
    this.#keepInView();
  }

  /** The row of an operation is the selected one, and in sight. */
  select(op: number): void {
    this.#rows.get(this.#selected)?.setAttribute("aria-selected", "false");
    this.#selected = op;
    this.#keepInView();
    this.#rows.get(op)?.setAttribute("aria-selected", "true");
    this.#box.setAttribute("aria-activedescendant", `op${op}`);
  }

  /** Moves the list, not the page. */
  #keepInView(): void {
    const { scrollTop, clientHeight } = this.#box;
    const top = this.#selected * this.#rowHeight;
    const isOut = top < scrollTop || top + this.#rowHeight > scrollTop + clientHeight;
    if (isOut) this.#box.scrollTop = top - clientHeight / 2;
    if (!this.#rows.has(this.#selected)) this.#fill();
  }

  /** Makes the rows that are in sight now. */
  #fill(): void {
    const { scrollTop, clientHeight } = this.#box;
    const height = this.#rowHeight;
    const from = Math.max(0, Math.floor(scrollTop / height) - AROUND);
    const end = Math.min(this.#count, Math.ceil((scrollTop + clientHeight) / height) + AROUND);
    const isThere = this.#rows.has(from) && this.#rows.has(end - 1);
    if (isThere && this.#rows.size === end - from) return;
    const rows = new Map<number, HTMLElement>();
    for (let op = from; op < end; op++) rows.set(op, this.#rows.get(op) ?? this.#newRow(op));
    this.#rows = rows;
    this.#above.style.height = `${from * height}px`;
    this.#below.style.height = `${(this.#count - end) * height}px`;
    this.#box.replaceChildren(this.#above, ...rows.values(), this.#below);
  }

  #newRow(op: number): HTMLElement {
    const row = this.#makeRow(op);
    row.id = `op${op}`;
    row.dataset.op = `${op}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-posinset", `${op + 1}`);
    row.setAttribute("aria-setsize", `${this.#count}`);
    row.setAttribute("aria-selected", `${op === this.#selected}`);
    return row;
  }
}
