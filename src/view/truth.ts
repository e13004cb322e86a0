// Who lives in each cell of the slabs of a trace, by the shadow.

import { PAGE_SHIFT } from "../abi.ts";
import { hex64OfWords } from "../base/hex.ts";
import type { Shadow } from "../slub/oracle/shadow.ts";
import { NONE } from "../slub/oracle/slabs.ts";
import type { BlockTable } from "./blocks.ts";
import type { LiveSlab } from "./live_slab.ts";
import type { StateTable } from "./state.ts";
import type { CellTruth, StrayObject } from "./trace.ts";

/** A cell that never had an object, and the others by the object that lived there last. */
const NEVER_USED = -1;

interface CellState {
  readonly object: number;
  readonly isLive: boolean;
}

export class CellTruths {
  /** Blocks of which some cell changed with the last operation. */
  readonly changed = new Set<number>();
  readonly #shadow: Shadow;
  readonly #blocks: BlockTable;
  readonly #names: string[] = [];
  /** By block, for each cell: the object that lived there last. */
  readonly #last = new Map<number, Int32Array>();
  /** Likewise: what was told of it. */
  readonly #told = new Map<number, Int32Array>();

  constructor(shadow: Shadow, blocks: BlockTable) {
    this.#shadow = shadow;
    this.#blocks = blocks;
  }

  /** What a program calls an object: by the slot that it was put into. */
  nameOf(object: number): string {
    return this.#names[object] ?? `object number ${object}`;
  }

  /** The running kernel has objects of the slab's cache, which nobody knows about. */
  isKernels({ cache }: LiveSlab): boolean {
    return this.#shadow.caches.isKernels(cache);
  }

  /** Notes the names of new objects, and who lives where. */
  update(table: StateTable): void {
    this.changed.clear();
    this.#findNames();
    for (const block of this.#blocks.gone) this.#forget(block, table);
    for (const slab of this.#blocks.slabs.values()) this.#updateSlab(slab, table);
  }

  /** The object that lives in a cell, or lived there last. */
  stateOf({ block, firstPage }: LiveSlab, cell: number): CellState {
    const { slabs } = this.#shadow;
    const slab = slabs.slabAt(firstPage << PAGE_SHIFT);
    const isKnown = slab !== NONE && cell < slabs.objects(slab);
    const object = isKnown ? slabs.cellObject[slabs.firstCell(slab) + cell] : NONE;
    if (object !== NONE) return { object, isLive: true };
    return { object: this.#last.get(block)?.[cell] ?? NEVER_USED, isLive: false };
  }

  isUsed(slab: LiveSlab, cell: number): boolean {
    return this.stateOf(slab, cell).object !== NEVER_USED;
  }

  /** Live objects that lie in no cell of a slab. */
  strays(cacheName: (index: number) => string, placeName: (address: bigint) => string) {
    const { objects } = this.#shadow;
    const strays: (StrayObject & { readonly address: bigint; readonly index: number })[] = [];
    for (let id = 0; id < objects.count; id++) {
      const index = objects.cache(id);
      if (!objects.isLive(id) || objects.cell(id) !== NONE || index === NONE) continue;
      const address = this.#addressOf(id);
      const where = this.#blocks.placeOf(address);
      const facts = { name: this.nameOf(id), asked: objects.asked(id), op: objects.bornAt(id) };
      const cache = cacheName(index);
      strays.push({ ...facts, cache, place: placeName(address), address, index, ...where });
    }
    return strays;
  }

  #addressOf(id: number): bigint {
    const { objects, ram } = this.#shadow;
    const at = objects.at(id);
    const { high, low } =
      at === NONE ? { high: objects.high(id), low: objects.low(id) } : ram.addressAt(at);
    return BigInt(`0x${hex64OfWords(high, low)}`);
  }

  #findNames(): void {
    const { objects, slots, image } = this.#shadow;
    const known = this.#names.length;
    if (known === objects.count) return;
    this.#names.length = objects.count;
    for (let slot = 0; slot < image.slotCount; slot++) {
      const object = slots.object(slot);
      if (object >= known) this.#names[object] ??= image.slotNames[slot];
    }
  }

  #forget(block: number, table: StateTable): void {
    const cells = this.#last.get(block)?.length ?? 0;
    for (let cell = 0; cell < cells; cell++) table.drop(`o${block}.${cell}`);
    this.#last.delete(block);
    this.#told.delete(block);
  }

  #updateSlab(slab: LiveSlab, table: StateTable): void {
    const { block, cells } = slab;
    const last = this.#last.get(block) ?? new Int32Array(cells).fill(NEVER_USED);
    const told = this.#told.get(block) ?? new Int32Array(cells).fill(NEVER_USED);
    this.#last.set(block, last);
    this.#told.set(block, told);
    for (let cell = 0; cell < cells; cell++) {
      const { object, isLive } = this.stateOf(slab, cell);
      const asked = isLive ? 1 + this.#shadow.objects.asked(object) : 0;
      if (object === last[cell] && asked === told[cell]) continue;
      this.changed.add(block);
      last[cell] = object;
      told[cell] = asked;
      table.put(`o${block}.${cell}`, this.#truthOf(object, isLive));
    }
  }

  #truthOf(object: number, isLive: boolean): CellTruth {
    const { objects } = this.#shadow;
    if (object === NEVER_USED) return ["N"];
    const name = this.nameOf(object);
    if (isLive) return ["L", name, objects.asked(object), objects.bornAt(object)];
    return ["F", name, objects.diedAt(object)];
  }
}
