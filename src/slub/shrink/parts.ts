// A program as parts that can be left out, and as operations that can be replaced. An operation on
// a row or a list of objects (allocn, freen, bulkfree ...) has a part for each of them; every other
// operation is one part.
//
// What is left out takes along what depends on it: operations that name a cache which nothing
// creates any more, or a slot which nothing fills. A row that lost objects is numbered anew.
import type { Items, Parts } from "../../target/shrink_passes.ts";
import { type Address, isAddressName, RESERVED_SLOTS } from "../program/address.ts";
import type { Program, ProgramOp } from "../program/op.ts";
import { numberedSlots, slotsMadeBy } from "../program/scope.ts";

type RowOp = Extract<ProgramOp, { readonly prefix: string }>;
type FreedRowOp = Extract<ProgramOp, { readonly op: "freen" | "bulkfreen" }>;
type ListOp = Extract<ProgramOp, { readonly targets: readonly Address[] }>;

/** How many parts an operation has. */
export function partsOfOp(op: ProgramOp): number {
  if ("prefix" in op) return Math.max(op.count, 1);
  if ("targets" in op) return Math.max(op.targets.length, 1);
  return 1;
}

/** How many parts a program has. */
export function countParts({ ops }: Pick<Program, "ops">): number {
  return ops.reduce((count, op) => count + partsOfOp(op), 0);
}

/** The program without parts [first, end), and without what depends on them. */
export function withoutParts(program: Program, first: number, end: number): Program {
  return keepParts(program, (part) => part < first || part >= end);
}

/** The program without one operation, and without what depends on it. */
export function withoutOp(program: Program, index: number): Program {
  const first = countParts({ ops: program.ops.slice(0, index) });
  return withoutParts(program, first, first + partsOfOp(program.ops[index]));
}

/** The parts of a program that are to be kept, as far as they can stand without the rest. */
export function keepParts(program: Program, isKept: (part: number) => boolean): Program {
  const survivors = new Survivors();
  let part = 0;
  const ops = program.ops.flatMap((op) => {
    const first = part;
    part += partsOfOp(op);
    return survivors.take(op, (index) => isKept(first + index));
  });
  return { header: program.header, ops };
}

/** The program with another operation in a place. */
export function withOp({ header, ops }: Program, index: number, op: ProgramOp): Program {
  return { header, ops: [...ops.slice(0, index), op, ...ops.slice(index + 1)] };
}

/** What passes for programs of any kind need to know of these. */
export const PARTS: Parts<Program> = { countOf: countParts, keep: keepParts };
export const OP_ITEMS: Items<Program, ProgramOp> = {
  itemsOf: ({ ops }) => ops,
  withItem: withOp,
};

/** A freed row with gaps, or out of order: its slots one by one, or as a list in bulk. */
export function freesOf({ op, name }: FreedRowOp, slots: readonly string[]): readonly ProgramOp[] {
  const targets = slots.map((slot) => ({ slot, offset: 0 }));
  if (op === "bulkfreen") return [{ op: "bulkfree", name, targets }];
  return targets.map((target) => ({ op: "free", name, target }));
}

/** What is there at some point of the program that is kept. */
class Survivors {
  readonly #caches = new Set<string>();
  /** Slots by the names of the whole program: what they are called now. */
  readonly #slots = new Map<string, string>();

  /** What is left of an operation; `isKept` tells which of its parts shall stay. */
  take(op: ProgramOp, isKept: (index: number) => boolean): readonly ProgramOp[] {
    if (op.op !== "cache" && "name" in op && !this.#caches.has(op.name)) return this.#drop(op);
    if (op.op === "freen" || op.op === "bulkfreen") return this.#freeRow(op, isKept);
    if ("prefix" in op) return this.#fillRow(op, isKept);
    if ("targets" in op) return this.#freeList(op, isKept);
    if (!isKept(0)) return this.#drop(op);
    const renamed = this.#renamed(op);
    if (renamed === undefined) return this.#drop(op);
    if (op.op === "cache") this.#caches.add(op.name);
    for (const slot of slotsMadeBy(op)) this.#slots.set(slot, slot);
    return [renamed];
  }

  /** What it would have filled is not there, even if an earlier operation filled it. */
  #drop(op: ProgramOp): readonly ProgramOp[] {
    for (const slot of slotsMadeBy(op)) this.#slots.delete(slot);
    return [];
  }

  #fillRow(op: RowOp, isKept: (index: number) => boolean): readonly ProgramOp[] {
    let count = 0;
    for (const [index, slot] of numberedSlots(op.prefix, op.count).entries()) {
      if (isKept(index)) this.#slots.set(slot, `${op.prefix}${count++}`);
      else this.#slots.delete(slot);
    }
    return count === 0 ? [] : [{ ...op, count }];
  }

  #freeRow(op: FreedRowOp, isKept: (index: number) => boolean): readonly ProgramOp[] {
    const slots = numberedSlots(op.prefix, op.count).flatMap((slot, index) => {
      const now = isKept(index) ? this.#slots.get(slot) : undefined;
      return now === undefined ? [] : [now];
    });
    if (slots.length === 0) return [];
    const isRow = slots.every((slot, index) => slot === `${op.prefix}${index}`);
    if (isRow) return [{ ...op, count: slots.length }];
    return freesOf(op, slots);
  }

  #freeList(op: ListOp, isKept: (index: number) => boolean): readonly ProgramOp[] {
    const targets = op.targets.flatMap((target, index) => {
      const now = isKept(index) ? this.#target(target) : undefined;
      return now === undefined ? [] : [now];
    });
    return targets.length === 0 ? [] : [{ ...op, targets }];
  }

  /** The operation with the names of now; undefined if one of its places is gone. */
  #renamed(op: ProgramOp): ProgramOp | undefined {
    let renamed = op;
    for (const key of PLACES) {
      const target = (op as PlaceFields)[key];
      if (target === undefined) continue;
      const now = this.#target(target);
      if (now === undefined) return undefined;
      if (now !== target) renamed = { ...renamed, [key]: now } as ProgramOp;
    }
    return renamed;
  }

  #target(target: Address): Address | undefined {
    const { slot } = target;
    if (isAddressName(slot) || RESERVED_SLOTS.includes(slot)) return target;
    const now = this.#slots.get(slot);
    if (now === undefined || now === slot) return now === undefined ? undefined : target;
    return { ...target, slot: now };
  }
}

/** Fields of operations that are places. */
export const PLACES = ["target", "value", "other", "head"] as const;
export type PlaceFields = { readonly [Key in (typeof PLACES)[number]]?: Address };
