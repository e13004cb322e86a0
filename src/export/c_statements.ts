// Operations as statements in C, through functions that any module may call. The table of
// operations has the statements, with names in braces for what depends on the program. What only
// the allocator's own code can do has no statement there, and is left out with a word about it.
import { Letter } from "../abi.ts";
import { type Address, isAddressName } from "../slub/program/address.ts";
import type { Fields } from "../slub/program/fields.ts";
import { lettersOfFlags } from "../slub/program/letters.ts";
import type { ProgramOp } from "../slub/program/op.ts";
import { operationOf } from "../slub/program/operations.ts";
import { numberedSlots } from "../slub/program/scope.ts";

/** Letters of the script language, as flags of kmem_cache_create(). */
const FLAGS: readonly (readonly [number, string])[] = [
  [Letter.F, "SLAB_CONSISTENCY_CHECKS"],
  [Letter.Z, "SLAB_RED_ZONE"],
  [Letter.P, "SLAB_POISON"],
  [Letter.U, "SLAB_STORE_USER"],
  [Letter.T, "SLAB_TRACE"],
  [Letter.H, "SLAB_HWCACHE_ALIGN"],
  [Letter.R, "SLAB_TYPESAFE_BY_RCU"],
  [Letter.K, "SLAB_RECLAIM_ACCOUNT"],
  [Letter.A, "SLAB_ACCOUNT"],
  [Letter.D, "SLAB_CACHE_DMA32"],
  // What keeps a cache from being merged, in every kernel.
  [Letter.NOLEAKTRACE, "SLAB_NOLEAKTRACE"],
];

/** What a name in braces becomes: with a list, the statement stands there once for each of it. */
type Part = (op: Fields, names: CNames) => string | number | readonly string[];

const PARTS: Readonly<Record<string, Part>> = {
  name: (op, names) => names.cache(op.name),
  "quoted name": (op) => cString(op.name),
  "new cache": (op, names) => names.create(op.name),
  "living cache": (op, names) => (names.hasCache(op.name) ? names.cache(op.name) : []),
  // One that is gone is not destroyed again when the module goes.
  "destroyed cache": (op, names) => names.destroy(op.name),
  size: (op) => op.size,
  align: (op) => op.align,
  flags: flagsOf,
  ctor: (op) => (op.ctor ? "construct" : "NULL"),
  zero: (op) => (op.zero ? "GFP_KERNEL | __GFP_ZERO" : "GFP_KERNEL"),
  count: (op) => op.count,
  cpu: (op) => op.cpu,
  length: (op) => op.length,
  byte: (op) => `0x${op.byte.toString(16)}`,
  hex: (op) => `"${op.hex.replace(/../g, "\\x$&")}"`,
  "hex length": (op) => op.hex.length / 2,
  target: (op, names) => names.place(op.target),
  value: (op, names) => names.place(op.value),
  other: (op, names) => names.place(op.other),
  head: (op, names) => names.place(op.head),
  sum: ({ target, offset }, names) => names.place(moved(target, offset)),
  at: placeAt,
  slot: (op, names) => names.fill([op.slot]),
  "new slots": (op, names) => names.fill(numberedSlots(op.prefix, op.count)),
  "each new slot": (op, names) =>
    numberedSlots(op.prefix, op.count).map((slot) => names.fill([slot])),
  "each slot": (op, names) => knownTargets(op, names).map((target) => names.place(target)),
  "stores in bulk": storesInBulk,
  "bulk count": (op, names) => knownTargets(op, names).length,
};

/** The statements of an operation; none where a module cannot do it. */
export function statementsOf(op: ProgramOp, names: CNames): readonly string[] {
  const { c } = operationOf(op.op);
  if (c === undefined) return [];
  const pieces = c.split(/\{([a-z ]+)\}/);
  const isName = (at: number) => at % 2 === 1;
  const partOf = (piece: string) => PARTS[piece](op as unknown as Fields, names);
  // What it reads is named before what it fills: `slot a a+8` begins at the old a.
  const read = pieces.map((piece, at) => (isName(at) && piece !== "slot" ? partOf(piece) : piece));
  const parts = read.map((part, at) => (isName(at) && part === "slot" ? partOf(part) : part));
  const lists = parts.filter((part) => Array.isArray(part));
  const count = lists.length === 0 ? 1 : Math.min(...lists.map((list) => list.length));
  return Array.from({ length: count }, (_, i) =>
    parts.map((part) => (Array.isArray(part) ? part[i] : part)).join(""),
  );
}

function flagsOf({ flags, ctor }: Fields): string {
  const letters = lettersOfFlags(flags, ctor);
  const names = FLAGS.filter(([bit]) => (letters & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? "0" : names.join(" | ");
}

/** The objects of a list or a row, but for slots that nothing filled. */
function knownTargets({ targets, prefix, count }: Fields, names: CNames): readonly Address[] {
  const row = () => numberedSlots(prefix, count).map((slot) => ({ slot, offset: 0 }));
  return (targets ?? row()).filter(({ slot }) => isAddressName(slot) || names.hasSlot(slot));
}

/** One block of statements, or none where there is nothing to store. */
function storesInBulk(op: Fields, names: CNames): readonly string[] {
  names.noteBulk(op.targets?.length ?? op.count);
  const stores = knownTargets(op, names).map((target, i) => `bulk[${i}] = ${names.place(target)};`);
  return stores.length === 0 ? [] : [stores.join("\n\t")];
}

/** The address that an operation works on: always an `at`, which has a type that can be used. */
function placeAt({ target, offset }: Fields, names: CNames): string | readonly string[] {
  if (offset === "fp") return [];
  return `at(${names.place({ ...target, offset: 0 })}, ${target.offset + offset})`;
}

function moved(target: Address, offset: number | "fp"): Address {
  return { ...target, offset: target.offset + Number(offset) };
}

export class CNames {
  readonly #slots = new Map<string, number>();
  readonly #caches = new Map<string, number[]>();
  slotCount = 0;
  cacheCount = 0;
  /** The longest list that is freed in bulk. */
  bulkMax = 1;

  /** Variables for slots that are filled, side by side; returns the first. */
  fill(names: readonly string[]): string {
    const first = this.slotCount;
    for (const name of names) this.#slots.set(name, this.slotCount++);
    return `slot[${first}]`;
  }

  hasSlot(name: string): boolean {
    return name === "null" || name === "glob" || name === "vglob" || this.#slots.has(name);
  }

  /** A place as an expression. */
  place({ slot, offset }: Address): string {
    const base = this.#base(slot);
    return offset === 0 ? base : `at(${base}, ${offset})`;
  }

  create(name: string): string {
    const made = this.#caches.get(name) ?? [];
    made.push(this.cacheCount);
    this.#caches.set(name, made);
    return `cache[${this.cacheCount++}]`;
  }

  /** The newest living cache of a name. */
  cache(name: string): string {
    const newest = this.#caches.get(name)?.at(-1);
    return newest === undefined ? "NULL" : `cache[${newest}]`;
  }

  hasCache(name: string): boolean {
    return this.cache(name) !== "NULL";
  }

  /** Forgets it; returns what it was called. */
  destroy(name: string): string {
    const cache = this.cache(name);
    this.#caches.get(name)?.pop();
    return cache;
  }

  noteBulk(count: number): void {
    this.bulkMax = Math.max(this.bulkMax, count);
  }

  #base(slot: string): string {
    if (isAddressName(slot)) return `(void *)${slot}UL`;
    if (slot === "null") return "NULL";
    if (slot === "glob" || slot === "vglob") return slot;
    const index = this.#slots.get(slot);
    return index === undefined ? "NULL" : `slot[${index}]`;
  }
}

/** Text between quotes. */
export function cString(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("?", "\\?")}"`;
}

/** Text that may stand in a comment. */
export function cComment(text: string): string {
  return text.replaceAll("*/", "* /");
}
