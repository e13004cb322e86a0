// What a page shows of runs, as a whole: time. Operations as a list, a slider, keys, play, jumps;
// the address keeps the operation and what is zoomed into, so that a link leads to a moment.
import type { Trace } from "../trace.ts";
import type { Choice } from "./byte_view.ts";
import { found, make } from "./dom.ts";
import { OpList } from "./op_list.ts";
import { Pane } from "./pane.ts";

const PLAY_MS = 900;
const ADDRESS_MS = 100;

/** Keys that are pressed there mean something else. */
const OWN_KEYS = "input, select, textarea, [data-own-keys]";

export class Stage {
  #traces: readonly Trace[] = [];
  #panes: readonly Pane[] = [];
  #last = -1;
  readonly #ops: OpList;
  readonly #slider = found("slider") as HTMLInputElement;
  readonly #play = found("play");
  readonly #onMove: (op: number) => void;
  #at = -1;
  #choice: Choice | undefined;
  #timer: number | undefined;
  #addressTimer: number | undefined;

  /** `onMove` is told of each operation that is gone to. */
  constructor(onMove: (op: number) => void = () => {}) {
    this.#onMove = onMove;
    this.#ops = new OpList(found("ops"), (op) => this.goTo(op));
    this.#listen();
  }

  /** Shows other runs: from now on at the operation that the address names. */
  show(traces: readonly Trace[]): void {
    this.#traces = traces;
    this.#at = -1;
    this.#choice = undefined;
    this.#panes = traces.map((trace, i) => {
      const title = traces.length > 1 ? `(${i + 1}) ${trace.machine}` : trace.machine;
      return new Pane(trace, title, (choice) => this.#choose(choice, i));
    });
    found("panes").replaceChildren(...this.#panes.map(({ element }) => element));
    const [longest] = [...traces].sort((a, b) => b.ops.length - a.ops.length);
    this.#last = longest.ops.length - 1;
    this.#ops.fill(longest.ops.length, (op) => this.#opItem(longest, op));
    this.#slider.max = `${Math.max(this.#last, 0)}`;
    this.#addJumps();
    this.#readAddress();
  }

  /** Goes to an operation. */
  goTo(op: number): void {
    const goal = Math.max(0, Math.min(op, this.#last));
    if (goal === this.#at || this.#last < 0) return;
    // The list measures itself: first, while nothing else on the page has changed.
    this.#ops.select(goal);
    this.#at = goal;
    const differs = this.#differs(goal);
    for (const pane of this.#panes) pane.moveTo(goal, differs);
    this.#slider.value = `${goal}`;
    found("where").textContent = `op ${goal} of ${this.#last}`;
    this.#slider.setAttribute("aria-valuetext", `op ${goal}: ${this.#textOf(goal)}`);
    this.#writeAddress();
    this.#onMove(goal);
  }

  #textOf(op: number): string {
    return this.#traces.map(({ ops }) => ops[op]?.text).find((text) => text !== undefined) ?? "";
  }

  #opItem({ ops, damages }: Trace, op: number): HTMLElement {
    const { text, result, kernel } = ops[op];
    const isBad = damages.some((one) => one.op === op);
    const marks = [isBad && "✗", kernel.length > 0 && "!", this.#differs(op) && "≠"];
    return make(
      "li",
      { class: isBad ? "bad" : "", title: text },
      make("small", {}, `${op}`),
      make("code", {}, text),
      make("span", { class: "marks" }, marks.filter(Boolean).join("")),
      make("small", { class: "answer" }, result),
    );
  }

  /** Two runs that are compared answer an operation differently. */
  #differs(op: number): boolean {
    if (this.#traces.length < 2) return false;
    const [a, b] = this.#traces.map(({ ops }) => JSON.stringify(answerOf(ops[op])));
    return a !== b;
  }

  #addJumps(): void {
    const names = {
      mistake: "the mistake",
      damage: "the first damage",
      report: "the first report",
      crash: "the crash",
    } as const;
    found("jumps").replaceChildren();
    for (const [i, { jumps, machine }] of this.#traces.entries()) {
      for (const [kind, words] of Object.entries(names)) {
        const op = jumps[kind as keyof typeof names];
        if (op === undefined) continue;
        const which = this.#traces.length > 1 ? ` (${i + 1})` : "";
        const title = `${words} on ${machine}`;
        const button = make("button", { type: "button", title }, `${words}${which}: op ${op}`);
        button.addEventListener("click", () => this.goTo(op));
        found("jumps").append(button);
      }
    }
  }

  #listen(): void {
    const steps = { first: -Infinity, back: -1, next: 1, last: Infinity };
    for (const [id, step] of Object.entries(steps)) {
      found(id).addEventListener("click", () => this.goTo(this.#at + step));
    }
    this.#slider.addEventListener("input", () => this.goTo(Number(this.#slider.value)));
    this.#play.addEventListener("click", () => this.#toggle());
    found("clear").addEventListener("click", () => this.#choose(undefined));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    window.addEventListener("hashchange", () => this.#readAddress());
    window.addEventListener("beforeprint", () => {
      for (const pane of this.#panes) pane.showAll();
    });
    window.addEventListener("resize", () => {
      this.#ops.redraw();
      for (const pane of this.#panes) pane.redraw();
    });
  }

  #onKey(event: KeyboardEvent): void {
    const { target, key, ctrlKey, altKey, metaKey } = event;
    if ((target as HTMLElement).closest(OWN_KEYS) !== null || ctrlKey || altKey || metaKey) return;
    const isList = target === found("ops");
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: this.#at + 1,
      ArrowLeft: this.#at - 1,
      Home: 0,
      End: this.#last,
      ...(isList ? { ArrowDown: this.#at + 1, ArrowUp: this.#at - 1 } : {}),
    };
    if (key === "Escape") {
      this.#panes[0]?.focusChoice();
      this.#choose(undefined);
    } else if (key === "p") this.#toggle();
    else if (moves[key] === undefined) return;
    else this.goTo(moves[key]);
    event.preventDefault();
  }

  #toggle(): void {
    const isPlaying = this.#timer !== undefined;
    if (isPlaying) window.clearInterval(this.#timer);
    this.#timer = isPlaying ? undefined : window.setInterval(() => this.#tick(), PLAY_MS);
    this.#play.setAttribute("aria-pressed", `${!isPlaying}`);
    this.#play.textContent = isPlaying ? "▶ Play" : "❚❚ Pause";
  }

  #tick(): void {
    if (this.#at === this.#last) this.#toggle();
    else this.goTo(this.#at + 1);
  }

  /** Shows bytes in one run, and in the other those of the object with the same name. */
  #choose(choice: Choice | undefined, from = 0): void {
    const name = choice && this.#panes[from].nameOf(choice);
    for (const [i, pane] of this.#panes.entries()) {
      const own = i === from ? choice : pane.placeOf(name);
      if (i === 0) this.#choice = own;
      pane.choose(own);
    }
    found("clear").hidden = choice === undefined;
    this.#writeAddress();
  }

  #readAddress(): void {
    const words = new URLSearchParams(location.hash.slice(1));
    this.goTo(Number(words.get("op") ?? 0) || 0);
    const [block, cell] = (words.get("at") ?? "").split(".").map(Number);
    const record = this.#traces[0]?.blocks[block];
    if (words.has("at") && record !== undefined) {
      const isCell = Number.isInteger(cell) && cell >= 0 && cell < record.cells;
      this.#choose(isCell ? { block, cell } : { block });
    }
  }

  /** Browsers refuse to be told of each step of somebody who holds a key down. */
  #writeAddress(): void {
    window.clearTimeout(this.#addressTimer);
    this.#addressTimer = window.setTimeout(() => this.#showAddress(), ADDRESS_MS);
  }

  #showAddress(): void {
    const { block, cell } = this.#choice ?? {};
    const at = block === undefined ? "" : `&at=${block}${cell === undefined ? "" : `.${cell}`}`;
    // What else the address says, such as a program, is none of the stage's business.
    const others = location.hash
      .slice(1)
      .split("&")
      .filter((one) => !/^(op=|at=|$)/.test(one));
    history.replaceState(null, "", `#${[...others, `op=${this.#at}${at}`].join("&")}`);
  }
}

function answerOf(op: Trace["ops"][number] | undefined): readonly unknown[] {
  return op === undefined ? [] : [op.result, op.says, op.kernel];
}
