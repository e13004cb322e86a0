// The bytes of the blocks of a trace, and who wrote each of them: what changes becomes a patch.
import { Op, PAGE_SHIFT, PAGE_SIZE, Window } from "../abi.ts";
import { isSameBytes } from "../base/bytes.ts";
import { hexOfBytes } from "../base/hex.ts";
import { linearOfWindow } from "../slub/core/memory.ts";
import { NONE } from "../slub/oracle/slabs.ts";
import type { Judge } from "../slub/run/judge.ts";
import { PageWatch, ROLES } from "../slub/run/provenance.ts";
import type { BlockTable, NamedBlock } from "./blocks.ts";
import type { LiveSlab } from "./live_slab.ts";
import type { BytePatch } from "./trace.ts";

const OF_PROGRAM = ROLES.indexOf("program");
const OF_KERNEL = ROLES.indexOf("kernel metadata");

export class MemoryWatch {
  /** Blocks of which some byte changed. */
  readonly changed = new Set<number>();
  readonly #judge: Judge;
  readonly #blocks: BlockTable;
  /** By page; a page is watched for good, so that a later slab knows who wrote before. */
  readonly #pages = new Map<number, PageWatch>();
  readonly #ranges = new Map<number, Uint8Array>();
  #patches: BytePatch[] = [];

  constructor(judge: Judge, blocks: BlockTable) {
    this.#judge = judge;
    this.#blocks = blocks;
  }

  before(op: number): void {
    for (const watch of this.#pages.values()) watch.before(op);
  }

  /** The patches of an operation; the blocks know already which slabs it added. */
  after(op: number): readonly BytePatch[] {
    this.#patches = [];
    this.changed.clear();
    const isFree = this.#judge.shadow.damages.some((one) => one.op === op && one.kind === "free");
    for (const [page, watch] of this.#pages) {
      if (!isFree && !watch.isTarget && this.#isSame(page, watch)) continue;
      watch.after(op);
      const block = this.#blocks.blockAt(page << PAGE_SHIFT);
      if (block !== undefined) this.#record(block, page, op);
    }
    for (const slab of this.#blocks.added) this.#begin(slab, op);
    for (const range of this.#blocks.ranges) this.#recordRange(range, op);
    return this.#patches;
  }

  #isSame(page: number, { bytes }: PageWatch): boolean {
    const { heap } = this.#judge;
    const first = linearOfWindow(heap, Window.RAM) + (page << PAGE_SHIFT);
    return isSameBytes(heap.views.u8.subarray(first, first + PAGE_SIZE), bytes);
  }

  /** Everything that is known of the pages of a slab that is new. */
  #begin({ block, firstPage, pages }: LiveSlab, op: number): void {
    for (let page = firstPage; page < firstPage + pages; page++) {
      if (!this.#pages.has(page)) {
        const watch = new PageWatch(this.#judge, page, true);
        watch.after(op);
        this.#pages.set(page, watch);
      }
      this.#record(block, page, undefined);
    }
  }

  /** Stretches with one writer in one role: those of `op`, or without one all that were written. */
  #record(block: number, page: number, op: number | undefined): void {
    const { ops, roles, bytes } = this.#pages.get(page) as PageWatch;
    const start = this.#offsetIn(block, page);
    for (let first = 0; first < PAGE_SIZE; ) {
      let end = first + 1;
      while (end < PAGE_SIZE && ops[end] === ops[first] && roles[end] === roles[first]) end++;
      const writer = ops[first];
      if (writer !== NONE && (op === undefined || writer === op)) {
        const hex = hexOfBytes(bytes.subarray(first, end));
        const patch = [block, start + first, hex, roles[first]] as const;
        this.#add(op === undefined ? [...patch, writer] : patch);
      }
      first = end;
    }
  }

  #offsetIn(block: number, page: number): number {
    let first = page;
    while (this.#blocks.blockAt((first - 1) << PAGE_SHIFT) === block) first--;
    return (page - first) << PAGE_SHIFT;
  }

  #recordRange({ block, linear, size }: NamedBlock, op: number): void {
    const { heap, shadow } = this.#judge;
    const now = heap.views.u8.slice(linear, linear + size);
    const then = this.#ranges.get(block) ?? new Uint8Array(size);
    this.#ranges.set(block, now);
    if (isSameBytes(now, then)) return;
    const role = isStore(shadow.image.words[4 * op] & 0xff) ? OF_PROGRAM : OF_KERNEL;
    for (let first = 0; first < size; first++) {
      if (now[first] === then[first]) continue;
      const from = first;
      while (first < size && now[first] !== then[first]) first++;
      this.#add([block, from, hexOfBytes(now.subarray(from, first)), role]);
    }
  }

  #add(patch: BytePatch): void {
    this.#patches.push(patch);
    this.changed.add(patch[0]);
  }
}

/** The operation stores something by itself. */
function isStore(kind: number): boolean {
  const isList = kind >= Op.LIST_INIT && kind <= Op.LIST_DEL;
  return isList || [Op.WRITE, Op.FILL, Op.XOR, Op.WPTR, Op.WFP].some((one) => one === kind);
}
