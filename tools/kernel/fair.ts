// Makes a program fair: runs it on the core, one operation at a time, and leaves out each operation
// that would reach memory of which a running kernel and a simulator know different things. What is
// left ends with the operation that kills the machine, if one does.
import { EventKind, Letter, Status } from "../../src/abi.ts";
import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { type CacheFields, readCache } from "../../src/slub/core/kmem_cache.ts";
import { readLong } from "../../src/slub/core/memory.ts";
import { type Address, RESERVED_SLOTS } from "../../src/slub/program/address.ts";
import { encode } from "../../src/slub/program/encode.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Program, ProgramOp } from "../../src/slub/program/op.ts";
import type { OpWord } from "../../src/slub/program/operations.ts";
import { numberedSlots, slotsMadeBy } from "../../src/slub/program/scope.ts";
import { type ByteChange, mayChange } from "./change.ts";
import { Ground, isKernelMemory } from "./ground.ts";
import { Homes } from "./homes.ts";

/** How the core says that a program ends. */
export type Outcome = "done" | "crash" | "hang";

export interface FairProgram {
  readonly program: Program;
  readonly outcome: Outcome;
}

/**
 * Which free page the next slab takes is the page allocator's affair; behind this it does not
 * matter.
 */
const SCRUB: ProgramOp = { op: "scrub" };
/** Operations behind which a slab may be gone. */
const MAY_GIVE_BACK: ReadonlySet<OpWord> = new Set([
  "alloc",
  "allocn",
  "bulkalloc",
  "free",
  "freen",
  "freeoff",
  "bulkfree",
  "kfree",
  "krealloc",
  "validate",
  "shrink",
  "destroy",
]);
const LINK_BYTES = 16;
const WORD = 8;
const WALK_STEPS = 16;

/** Leaves out what is unfair. */
export function makeFair(program: Program, machine: Machine, heap: SlabHeap): FairProgram {
  const run = new FairRun(program, machine, heap);
  const ops = program.ops.flatMap((op, index) => {
    if (!run.take(op, index)) return [];
    return run.gaveBack ? [op, SCRUB] : [op];
  });
  return { program: { header: program.header, ops }, outcome: run.outcome };
}

class FairRun {
  outcome: Outcome = "done";
  /** The last operation gave memory back. */
  gaveBack = false;
  /** What would follow is unfair. */
  #isOver = false;
  readonly #heap: SlabHeap;
  readonly #ground: Ground;
  readonly #homes: Homes;
  readonly #slots: ReadonlyMap<string, number>;
  /** kmem_caches by the names of the script. */
  readonly #caches = new Map<string, number>();
  /** kmem_caches that hold on to pages that they gave back. */
  readonly #lost = new Set<number>();
  readonly #filled = new Set<string>(RESERVED_SLOTS);
  /** The cache that `xor SLOT fp` goes by. */
  readonly #cacheOfSlot = new Map<string, string>();
  /** Bytes that a slot's kmalloc object has, as long as the program holds it. */
  readonly #kmalloced = new Map<string, number>();

  constructor(program: Program, machine: Machine, heap: SlabHeap) {
    const image = encode(program, machine);
    heap.configure(machine);
    heap.load(image);
    heap.reset();
    this.#heap = heap;
    this.#ground = new Ground(heap);
    this.#homes = new Homes(heap);
    this.#slots = new Map(image.slotNames.map((name, slot) => [name, slot]));
  }

  /** Runs an operation if it is fair; false if it is left out. */
  take(op: ProgramOp, index: number): boolean {
    if (this.#isOver || this.outcome !== "done" || !this.#isFair(op)) return false;
    this.gaveBack = false;
    this.#heap.clearEvents();
    this.#heap.run(index, 1);
    const { status } = this.#heap.result(index);
    if (status === Status.CRASH && this.#diesInReach()) {
      this.#isOver = true;
      return false;
    }
    if (status === Status.CRASH) this.outcome = "crash";
    if (status === Status.HANG) this.outcome = "hang";
    this.#note(op, index);
    return status !== Status.LIMIT;
  }

  /** The core dies at an address where a running kernel has memory, and goes on. */
  #diesInReach(): boolean {
    const oops = this.#heap.events().find(({ kind }) => kind === EventKind.OOPS);
    return oops !== undefined && isKernelMemory(oops.a);
  }

  #note(op: ProgramOp, index: number): void {
    if (op.op === "cache") this.#caches.set(op.name, Number(this.#heap.value(index)));
    if ("name" in op) for (const slot of slotsMadeBy(op)) this.#cacheOfSlot.set(slot, op.name);
    if (op.op === "slot") this.#copyCache(op.slot, op.target.slot);
    this.#noteKmalloc(op);
    if (this.#heap.result(index).status === Status.NO_CACHE) return;
    for (const slot of slotsMadeBy(op)) {
      this.#filled.add(slot);
      this.#homes.settle(slot, this.#valueOf(slot));
    }
    if (!MAY_GIVE_BACK.has(op.op)) return;
    this.gaveBack = this.#homes.look();
    this.#lookForLostSlabs();
  }

  #lookForLostSlabs(): void {
    for (const index of this.#caches.values()) {
      if (this.#ground.hasLostSlabs(readCache(this.#heap, index))) this.#lost.add(index);
    }
  }

  /** The operation concerns a cache that has lost a slab to the page allocator. */
  #isLost(op: ProgramOp): boolean {
    if (this.#lost.size === 0) return false;
    const named = "name" in op ? this.#caches.get(op.name) : undefined;
    const pointed = targetsOf(op).map(
      ({ slot }) => this.#ground.slabAt(this.#valueOf(slot))?.cache.index,
    );
    return [named, ...pointed].some((index) => index !== undefined && this.#lost.has(index));
  }

  #copyCache(slot: string, from: string): void {
    const cache = this.#cacheOfSlot.get(from);
    if (cache === undefined) this.#cacheOfSlot.delete(slot);
    else this.#cacheOfSlot.set(slot, cache);
  }

  #noteKmalloc(op: ProgramOp): void {
    if (op.op === "kfree" || op.op === "krealloc") this.#kmalloced.delete(op.target.slot);
    if (op.op === "kmalloc" || op.op === "krealloc") this.#kmalloced.set(op.slot, op.size);
  }

  #isFair(op: ProgramOp): boolean {
    if (this.#isLost(op) || this.#namesStale(op) || this.#leavesSlab(op)) return false;
    switch (op.op) {
      case "write":
      case "fill":
      case "xor":
      case "wptr":
      case "wfp":
        return this.#mayWrite(op);
      case "read":
        return this.#mayRead(op.target, op.offset, op.length);
      case "rptr":
        return this.#mayRead(op.target, op.offset, WORD);
      case "rfp":
        return this.#mayTouchPointer(op.name, op.target);
      case "free":
      case "freeoff":
      case "freen":
      case "bulkfree":
        return this.#mayFree(op, op.name);
      case "kfree":
      case "ksize":
      case "krealloc":
        return this.#kmalloced.has(op.target.slot) && op.target.offset === 0;
      case "listinit":
        return this.#ground.mayTouch(this.#at(op.target), LINK_BYTES);
      case "listadd":
      case "listaddtail":
        return this.#mayLink(op.target) && this.#maySplice(op.head);
      case "listdel":
        return this.#maySplice(op.target);
      case "listwalk":
        return this.#mayWalk(op.target);
      case "validate":
        return this.#cache(op.name) !== undefined;
      case "shrink":
        return this.#mayGiveBackAll(op.name);
      case "destroy":
        return this.#mayGiveBackAll(op.name) && this.#mayMap(op.name);
      default:
        return true;
    }
  }

  /**
   * A slot whose slab was given back points at memory of the kernel. One that nothing filled, for
   * lack of a cache, is no slot at all for the driver.
   */
  #namesStale(op: ProgramOp): boolean {
    return targetsOf(op).some(({ slot }) => {
      const isMissing = this.#slots.has(slot) && !this.#filled.has(slot);
      return isMissing || this.#homes.isGone(slot, this.#valueOf(slot));
    });
  }

  /** An offset that leads out of the slot's slab leads to whatever lies there. */
  #leavesSlab(op: ProgramOp): boolean {
    const offset = "offset" in op && op.offset !== "fp" && op.op !== "setoffset" ? op.offset : 0;
    return targetsOf(op).some((target) => {
      const slab = this.#ground.slabAt(this.#valueOf(target.slot));
      const at = this.#at(target) + BigInt(offset);
      return slab !== undefined && (at < slab.base || at >= slab.end);
    });
  }

  #mayWrite(op: Extract<ProgramOp, { op: "write" | "fill" | "xor" | "wptr" | "wfp" }>): boolean {
    const change = this.#changeOf(op);
    if (change === undefined) return false;
    if (this.#isInKmalloc(op.target, "offset" in op ? op.offset : 0, change.bytes.length)) {
      return op.op === "write" || op.op === "fill";
    }
    if (op.op === "wptr" || op.op === "wfp") return this.#mayPoint(change, this.#at(op.value));
    return mayChange(this.#ground, this.#heap, change);
  }

  #changeOf(
    op: Extract<ProgramOp, { op: "write" | "fill" | "xor" | "wptr" | "wfp" }>,
  ): ByteChange | undefined {
    const at = this.#at(op.target);
    switch (op.op) {
      case "write":
        return { at: at + BigInt(op.offset), bytes: Buffer.from(op.hex, "hex"), isXor: false };
      case "fill": {
        const bytes = new Uint8Array(op.length).fill(op.byte);
        return { at: at + BigInt(op.offset), bytes, isXor: false };
      }
      case "xor": {
        const offset = op.offset === "fp" ? this.#freePointerOf(op.target.slot) : op.offset;
        if (offset === undefined) return undefined;
        return { at: at + BigInt(offset), bytes: Buffer.from(op.hex, "hex"), isXor: true };
      }
      case "wptr":
        return { at: at + BigInt(op.offset), bytes: new Uint8Array(WORD), isXor: false };
      case "wfp": {
        const offset = this.#cache(op.name)?.offset;
        if (offset === undefined) return undefined;
        return { at: at + BigInt(offset), bytes: new Uint8Array(WORD), isXor: false };
      }
    }
  }

  /** A pointer goes to a whole word, and to where an object of that slab's cache could lie. */
  #mayPoint({ at }: ByteChange, value: bigint): boolean {
    if (at % 8n !== 0n || !this.#ground.covers(at, WORD)) return false;
    const slab = this.#ground.slabAt(at);
    if (slab === undefined) return this.#ground.mayTouch(value, WORD);
    return this.#ground.mayHoldObject(value, slab.cache);
  }

  #mayRead(target: Address, offset: number, length: number): boolean {
    if (this.#isInKmalloc(target, offset, length)) return true;
    const at = this.#at(target) + BigInt(offset);
    return this.#ground.mayTouch(at, length);
  }

  #mayTouchPointer(name: string, target: Address): boolean {
    const offset = this.#cache(name)?.offset;
    return offset !== undefined && this.#ground.mayTouch(this.#at(target) + BigInt(offset), WORD);
  }

  #mayFree(op: ProgramOp, name: string): boolean {
    const cache = this.#cache(name);
    if (cache === undefined) return false;
    const offset = op.op === "freeoff" ? BigInt(op.offset) : 0n;
    return targetsOf(op)
      .map((target) => this.#at(target) + offset)
      .every((at) => this.#mayFreeAt(at, cache) || this.#isNamedMemory(at, cache));
  }

  /** Tracks beside their place hold addresses of code and stack handles of this very kernel. */
  #mayFreeAt(at: bigint, cache: CacheFields): boolean {
    if (!this.#ground.mayHoldObject(at, cache)) return false;
    const slab = this.#ground.slabAt(at);
    if (slab === undefined || ((slab.cache.letters | cache.letters) & Letter.U) === 0) return true;
    const { size, redLeftPad } = slab.cache;
    return (at - slab.base - BigInt(redLeftPad)) % BigInt(size) === 0n;
  }

  /** What is no slab is refused by its checks, else it must have room for an object. */
  #isNamedMemory(address: bigint, cache: CacheFields): boolean {
    if (this.#ground.slabAt(address) !== undefined) return false;
    const isChecked = (cache.letters & Letter.F) !== 0;
    return this.#ground.covers(address, isChecked ? WORD : cache.size);
  }

  /** On a list with wrong links a walk comes back to what it has given back. */
  #mayGiveBackAll(name: string): boolean {
    const cache = this.#cache(name);
    return cache !== undefined && this.#ground.hasSoundLinks(cache);
  }

  /** A map of the free objects has room for those of the slab, not for what lies around it. */
  #mayMap(name: string): boolean {
    const cache = this.#cache(name);
    return cache !== undefined && !this.#ground.hasStrayChains(cache);
  }

  #mayLink(target: Address): boolean {
    return this.#ground.mayTouch(this.#at(target), LINK_BYTES);
  }

  /** The entry itself and both of its neighbours. */
  #maySplice(target: Address): boolean {
    const at = this.#at(target);
    if (!this.#ground.mayTouch(at, LINK_BYTES)) return false;
    return [at, at + 8n]
      .map((word) => readLong(this.#heap, word))
      .every((link) => link === undefined || this.#ground.mayTouch(link, LINK_BYTES));
  }

  #mayWalk(head: Address): boolean {
    let at: bigint | undefined = this.#at(head);
    for (let step = 0; step < WALK_STEPS && at !== undefined; step++) {
      if (!this.#ground.mayTouch(at, WORD)) return false;
      at = readLong(this.#heap, at);
    }
    return true;
  }

  /** Inside an object of a kmalloc cache: a program may use no more than it asked for. */
  #isInKmalloc(target: Address, offset: number | "fp", length: number): boolean {
    const size = this.#kmalloced.get(target.slot);
    if (size === undefined || offset === "fp") return false;
    const first = target.offset + offset;
    return first >= 0 && first + length <= size;
  }

  #freePointerOf(slot: string): number | undefined {
    const name = this.#cacheOfSlot.get(slot);
    return name === undefined ? 0 : this.#cache(name)?.offset;
  }

  #cache(name: string): CacheFields | undefined {
    const index = this.#caches.get(name);
    return index === undefined ? undefined : readCache(this.#heap, index);
  }

  #at({ slot, offset }: Address): bigint {
    return BigInt.asUintN(64, this.#valueOf(slot) + BigInt(offset));
  }

  #valueOf(slot: string): bigint {
    if (slot.startsWith("0x")) return BigInt(slot);
    return this.#heap.slot(this.#slots.get(slot) ?? 0);
  }
}

/** The places that an operation names. */
function targetsOf(op: ProgramOp): readonly Address[] {
  if (op.op === "freen") {
    return numberedSlots(op.prefix, op.count).map((slot) => ({ slot, offset: 0 }));
  }
  const places = op as Partial<Record<"target" | "value" | "other" | "head", Address>>;
  const named = [places.target, places.value, places.other, places.head];
  const several = op.op === "bulkfree" ? op.targets : [];
  return [...named.filter((target) => target !== undefined), ...several];
}
