// One run on the page: what the operation at hand does, in words, and the memory behind it. A page
// that compares has two.
import type {
  BlockBelief,
  CacheView,
  CellTruth,
  Difference,
  SlabsView,
  StrayObject,
  Trace,
  TraceDamage,
} from "../trace.ts";
import { ByteView, type Choice } from "./byte_view.ts";
import { make } from "./dom.ts";
import { HeapFigure } from "./heap_view.ts";
import { Playback } from "./playback.ts";
import { SheafFigures } from "./sheaf_view.ts";
import { SlabFigure } from "./slab_view.ts";
import { addressText, openDamages, placesOf, plainRegion, touchedPlace } from "./words.ts";

export class Pane {
  readonly playback: Playback;
  readonly element: HTMLElement;
  readonly #onChoice: (choice: Choice) => void;
  readonly #says = make("p", { class: "says" });
  readonly #result = make("p", { class: "result" });
  /** Leads to the slab that the operation is about. */
  readonly #touched = make("button", { type: "button" });
  readonly #kernel = make("pre", { tabindex: 0, "aria-label": "What was reported" });
  readonly #damage = make("ul", { class: "damage" });
  readonly #differences = make("ul", { class: "differences" });
  readonly #memory = make("div", { class: "memory" });
  readonly #bytes: ByteView;
  readonly #slabs = new Map<number, SlabFigure>();
  readonly #sheaves = new Map<number, SheafFigures>();
  /** The heap of a module, which has no slabs. */
  readonly #heap: HeapFigure | undefined;
  /** By cache: its facts. */
  readonly #caches = new Map<number, HTMLElement>();
  readonly #beside = make("section", { class: "beside" });
  readonly #observer = new IntersectionObserver((entries) => this.#see(entries), {
    rootMargin: "300px",
  });
  #disputed: ReadonlySet<number | undefined> = new Set();
  #layout = "";
  #choice: Choice | undefined;

  /** `title`: what the run is called. */
  constructor(trace: Trace, title: string, onChoice: (choice: Choice) => void) {
    this.playback = new Playback(trace);
    this.#onChoice = onChoice;
    this.#bytes = new ByteView(this.playback);
    const heap = trace.blocks.findIndex(({ kind }) => kind === "heap");
    if (heap >= 0) {
      const open = (first: number) => this.#onChoice({ block: heap, first });
      this.#heap = new HeapFigure(this.playback, heap, open);
    }
    const differences = heap < 0 ? "What the allocator believes, and what is so" : "Broken rules";
    const heading = make("h2", {}, title);
    const verdict = `verdict ${trace.verdict}, impact ${trace.impact}: ${trace.signature}`;
    this.element = make(
      "article",
      { class: "pane", "aria-label": title },
      heading,
      make("p", { class: "verdict" }, verdict),
      make("div", { class: "words", "aria-live": "polite" }, this.#says, this.#result),
      make("p", { class: "about" }, this.#touched),
      this.#kernel,
      make(
        "div",
        { class: "news" },
        make("section", {}, make("h3", {}, "Damaged now"), this.#damage),
        make("section", {}, make("h3", {}, differences), this.#differences),
      ),
      this.#memory,
    );
  }

  /** Goes to an operation; `differs`: the other run answers otherwise. */
  moveTo(op: number, differs: boolean): void {
    const { playback } = this;
    const changed = playback.moveTo(op);
    const isOver = op > playback.at;
    this.#sayWords(isOver, differs);
    this.#showDifferences();
    this.#showDamage();
    this.#showMemory(changed);
    this.#showTouched();
    const block = this.#choice?.block;
    const isTouched = [...changed].some(
      (key) => key === `m${block}` || key === `b${block}` || key.startsWith(`o${block}.`),
    );
    if (isTouched) this.#bytes.update();
    this.#heap?.update(this.#choice?.first);
  }

  /** Shows the bytes of a cell or range; undefined shows none. */
  choose(choice: Choice | undefined): void {
    const before = this.#choice?.block;
    this.#choice = choice;
    this.#bytes.show(choice);
    this.#placeBytes();
    this.#heap?.update(choice?.first);
    for (const block of new Set([before, choice?.block])) {
      if (block !== undefined) this.#slabs.get(block)?.update(this.#chosenIn(block));
    }
  }

  /** What lives in a cell, or lived there last. */
  nameOf({ block, cell }: Choice): string | undefined {
    const truth = this.playback.get<CellTruth>(`o${block}.${cell}`);
    return truth === undefined || truth[0] === "N" ? undefined : truth[1];
  }

  /** Where the program's object of that name is in this run. */
  placeOf(name: string | undefined): Choice | undefined {
    for (const block of this.#slabs.keys()) {
      const { cells } = this.playback.trace.blocks[block];
      for (let cell = 0; cell < cells; cell++) {
        const choice = { block, cell };
        if (name !== undefined && this.nameOf(choice) === name) return choice;
      }
    }
    return undefined;
  }

  /** The bytes stand below the slab that they are of. */
  #placeBytes(): void {
    const slab = this.#slabs.get(this.#choice?.block ?? -1);
    (slab?.element ?? this.#memory).append(this.#bytes.element);
  }

  /** Back from the bytes to the object that they are of. */
  focusChoice(): void {
    const { block, cell } = this.#choice ?? {};
    if (block !== undefined && cell !== undefined) this.#slabs.get(block)?.focus(cell);
  }

  /** The places of cells moved. */
  redraw(): void {
    for (const slab of this.#slabs.values()) slab.draw();
  }

  /** All slabs, in sight or not: paper has no sight. */
  showAll(): void {
    for (const slab of this.#slabs.values()) slab.show();
  }

  #see(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      for (const slab of this.#slabs.values()) {
        if (slab.element === target) slab.setVisible(isIntersecting);
      }
    }
  }

  #chosenIn(block: number): number | undefined {
    return this.#choice?.block === block ? this.#choice.cell : undefined;
  }

  #sayWords(isOver: boolean, differs: boolean): void {
    const { at, trace } = this.playback;
    const { text, says, result, kernel } = trace.ops[at];
    this.#says.textContent = isOver ? `This run ended at op ${at}.` : `Op ${at} ${says}.`;
    this.#result.textContent = `${text} => ${result}`;
    this.#result.hidden = isOver;
    this.#kernel.textContent = kernel.join("\n");
    this.#kernel.hidden = isOver || kernel.length === 0;
    this.element.classList.toggle("differs", differs);
    if (differs) this.#result.append(make("strong", {}, " ≠ the other run answers otherwise"));
  }

  #showTouched(): void {
    const block = touchedPlace(this.playback, placesOf(this.playback));
    for (const [one, { element }] of this.#slabs)
      element.classList.toggle("touched", one === block);
    this.#touched.hidden = this.#slabs.get(block ?? -1) === undefined;
    if (block === undefined || this.#touched.hidden) return;
    this.#touched.textContent = `Go to ${this.playback.trace.blocks[block].name}`;
    this.#touched.onclick = () => this.#slabs.get(block)?.reveal();
  }

  #showDamage(): void {
    const { playback } = this;
    const blocks = playback.numbers("b");
    const open = blocks.flatMap((block) => openDamages(playback, block));
    const items = open.map((damage) => this.#damageItem(damage));
    this.#damage.replaceChildren(...(items.length > 0 ? items : [make("li", {}, "nothing")]));
  }

  #damageItem({ op, length, region, owner, address, block, cell }: TraceDamage): HTMLElement {
    const bytes = length === 1 ? "1 byte" : `${length} bytes`;
    const what = `${bytes} of the ${plainRegion(region)} of ${owner}`;
    const text = `${what}, since op ${op}, at ${addressText(address)}`;
    if (block === undefined) return make("li", {}, text);
    const button = make("button", { type: "button", class: "link" }, text);
    button.addEventListener("click", () => this.#onChoice({ block, cell }));
    return make("li", {}, button);
  }

  #showDifferences(): void {
    const all = this.playback.get<readonly Difference[]>("x") ?? [];
    const items = all.map(({ text }) => make("li", {}, make("b", {}, "≠ "), text));
    const none = make("li", {}, this.#heap === undefined ? "no difference" : "none");
    this.#differences.replaceChildren(...(items.length > 0 ? items : [none]));
  }

  /** Only what changed is shown again. */
  #showMemory(changed: ReadonlySet<string>): void {
    const blocks = this.playback.numbers("b");
    const layout = `${blocks.map((block) => `${block}:${this.#cacheOf(block)}`)}`;
    const caches = this.playback.numbers("c");
    if (layout !== this.#layout) this.#placeBlocks(blocks, caches);
    else for (const cache of caches) if (changed.has(`c${cache}`)) this.#showCache(cache);
    for (const [cache, sheaves] of this.#sheaves) if (changed.has(`s${cache}`)) sheaves.show();
    if (layout !== this.#layout || changed.has("strays")) this.#showBeside(blocks);
    this.#layout = layout;
    const dirty = new Set([...changed].map((key) => Number.parseInt(key.slice(1), 10)));
    const disputed = this.#disputedBlocks();
    for (const [block, slab] of this.#slabs) {
      const isDisputed = disputed.has(block) || this.#disputed.has(block);
      if (dirty.has(block) || isDisputed) slab.update(this.#chosenIn(block));
    }
    this.#disputed = disputed;
  }

  #disputedBlocks(): ReadonlySet<number | undefined> {
    const all = this.playback.get<readonly Difference[]>("x") ?? [];
    return new Set(all.map(({ block }) => block));
  }

  #cacheOf(block: number): string {
    const { shape } = this.playback.get<BlockBelief>(`b${block}`) ?? {};
    return shape === undefined ? "" : this.playback.trace.shapes[shape].cache;
  }

  /** Slabs came or went. */
  #placeBlocks(blocks: readonly number[], caches: readonly number[]): void {
    for (const block of this.#slabs.keys()) if (!blocks.includes(block)) this.#slabs.delete(block);
    const sections = caches.map((cache) => {
      const facts = this.#caches.get(cache) ?? make("div");
      this.#caches.set(cache, facts);
      this.#showCache(cache);
      const { name = "", about = "" } = this.playback.get<CacheView>(`c${cache}`) ?? {};
      const heading = make("h3", {}, `Cache ${name} `, make("small", {}, about));
      const own = blocks.filter((block) => this.#cacheOf(block) === name);
      const slabs = own.map((block) => this.#slabView(block).element);
      const sheaves = this.#sheafView(cache).element;
      return make("section", { class: "cache" }, heading, sheaves, ...slabs, facts);
    });
    const heap = this.#heap === undefined ? [] : [this.#heap.element];
    this.#memory.replaceChildren(...sections, ...heap, this.#beside);
    this.#placeBytes();
  }

  #showCache(index: number): void {
    const cache = this.playback.get<CacheView>(`c${index}`);
    if (cache === undefined) return;
    this.#caches
      .get(index)
      ?.replaceChildren(
        factTable(cache),
        make("ul", { class: "lists" }, ...this.#listItems(cache)),
      );
  }

  #sheafView(cache: number): SheafFigures {
    const open = (block: number, cell: number) => this.#onChoice({ block, cell });
    const known = this.#sheaves.get(cache) ?? new SheafFigures(this.playback, cache, open);
    if (!this.#sheaves.has(cache)) {
      this.#sheaves.set(cache, known);
      known.show();
    }
    return known;
  }

  #slabView(block: number): SlabFigure {
    const open = (cell: number) => this.#onChoice({ block, cell });
    const known = this.#slabs.get(block) ?? new SlabFigure(this.playback, block, open);
    if (!this.#slabs.has(block)) {
      this.#slabs.set(block, known);
      this.#observer.observe(known.element);
    }
    return known;
  }

  #listItems({ cpus, partial, full }: CacheView): readonly HTMLElement[] {
    const items = cpus.flatMap(({ stray, partial: own }, cpu) => [
      ...(stray === undefined ? [] : [`CPU ${cpu} has no slab, but a free list at ${stray}`]),
      ...this.#listText(`partial list of CPU ${cpu}`, own),
    ]);
    const lists = [
      ...this.#listText("partial list", partial),
      ...this.#listText("full list", full),
    ];
    return [...items, ...lists].map((text) => make("li", {}, text));
  }

  #listText(name: string, { blocks, damage }: SlabsView): readonly string[] {
    if (blocks.length === 0 && damage === undefined) return [];
    const names = blocks.map((block) => this.playback.trace.blocks[block].name);
    return [`${name}: ${names.join(" → ")}${damage === undefined ? "" : ` (${damage})`}`];
  }

  /** Objects that lie in no slab, and memory that the program named. */
  #showBeside(blocks: readonly number[]): void {
    const { playback } = this;
    const strays = playback.get<readonly StrayObject[]>("strays") ?? [];
    const ranges = blocks.filter((block) => playback.trace.blocks[block].kind === "range");
    this.#beside.hidden = strays.length + ranges.length === 0;
    const items = [
      ...strays.map((stray) => this.#strayItem(stray)),
      ...ranges.map((block) => {
        const { name, address, size } = playback.trace.blocks[block];
        return this.#openItem(`${name} at ${address}, ${size} bytes`, { block });
      }),
    ];
    this.#beside.replaceChildren(make("h3", {}, "Beside the slabs"), make("ul", {}, ...items));
  }

  #strayItem({ name, place, cache, asked, op, block, first }: StrayObject): HTMLElement {
    const how = `handed out as an object of ${cache} at op ${op}`;
    const text = `${name} is ${place}: ${how}, ${asked} bytes`;
    if (block === undefined) return make("li", { class: "stray" }, text);
    const item = this.#openItem(text, { block, first });
    item.className = "stray";
    return item;
  }

  #openItem(text: string, choice: Choice): HTMLElement {
    const button = make("button", { type: "button", class: "link" }, text);
    button.addEventListener("click", () => this.#onChoice(choice));
    return make("li", {}, button);
  }
}

/** What the allocator counts, beside what is so. */
function factTable(cache: CacheView): HTMLElement {
  const { name, slabs, objects, believedLive, live, isShared } = cache;
  const differs = isShared ? believedLive < live : believedLive !== live;
  const truth = isShared ? `${live}, and what the running kernel has` : `${live}`;
  const row = (head: string, believed: number, truth: string, isWrong = false): HTMLElement =>
    make(
      "tr",
      { class: isWrong ? "wrong" : "" },
      make("th", { scope: "row" }, head),
      make("td", {}, `${believed}`),
      make("td", {}, `${truth}${isWrong ? " ≠" : ""}`),
    );
  const heads = ["counted", "the allocator", "the truth"].map((one) =>
    make("th", { scope: "col" }, one),
  );
  return make(
    "table",
    { class: "facts" },
    make("caption", {}, `Counts of ${name}`),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, row("slabs", slabs, ""), row("objects", objects, "")),
    make("tbody", {}, row("in use", believedLive, truth, differs)),
  );
}
