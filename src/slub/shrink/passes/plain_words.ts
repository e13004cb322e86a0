// Plainer words and places: a plainer operation for the same thing; an earlier object or another
// cache, which will often do, so that what stood there before can go; rows instead of many
// operations.
import type { Proposals } from "../../../target/shrink.ts";
import { rewriting } from "../../../target/shrink_passes.ts";
import { type Address, isAddressName, RESERVED_SLOTS } from "../../program/address.ts";
import type { Program, ProgramOp } from "../../program/op.ts";
import { numberedSlots, slotsMadeBy } from "../../program/scope.ts";
import {
  countParts,
  freesOf,
  OP_ITEMS,
  PLACES,
  type PlaceFields,
  withOp,
  withoutOp,
} from "../parts.ts";

/** Places grow with the square: only what is small already is searched for them. */
const PARTS_MAX = 32;

/** Everything that one cache does is done by an earlier one. */
export function* mergeCaches(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = kept.ops.length - 1; index > 0; index--) {
    const op = kept.ops[index];
    if (op?.op !== "cache") continue;
    for (const earlier of kept.ops.slice(0, index)) {
      if (earlier.op !== "cache" || earlier.name === op.name) continue;
      const candidate = withoutOp(renamed(kept, op.name, earlier.name), index);
      if (!(yield candidate)) continue;
      kept = candidate;
      break;
    }
  }
}

/** The operations on one cache, on another. */
function renamed(program: Program, from: string, to: string): Program {
  const ops = program.ops.map((op) =>
    op.op !== "cache" && "name" in op && op.name === from ? { ...op, name: to } : op,
  );
  return { header: program.header, ops };
}

/** Each place, with every slot that was filled before the one that stands there. */
export function* useEarlierSlots(program: Program): Proposals<Program> {
  if (countParts(program) > PARTS_MAX) return;
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    for (const key of PLACES) {
      const place = (kept.ops[index] as PlaceFields)[key];
      if (place === undefined || RESERVED_SLOTS.includes(place.slot)) continue;
      for (const slot of plainerThan(kept, index, place)) {
        const op = { ...kept.ops[index], [key]: { ...place, slot } } as ProgramOp;
        const candidate = withOp(kept, index, op);
        if (!(yield candidate)) continue;
        kept = candidate;
        break;
      }
    }
  }
}

/** Slots that exist at an operation and come before a place in the order of things. */
function plainerThan(program: Program, index: number, { slot }: Address): readonly string[] {
  const made = program.ops.slice(0, index).flatMap(slotsMadeBy);
  const all = [...new Set([...RESERVED_SLOTS, ...made])];
  return isAddressName(slot) ? all : all.slice(0, all.indexOf(slot));
}

function* plainerWords(op: ProgramOp): Iterable<ProgramOp> {
  switch (op.op) {
    case "bulkalloc":
      yield { ...op, op: "allocn" };
      return;
    case "allocn":
      if (op.count === 1) yield { op: "alloc", name: op.name, slot: `${op.prefix}0`, zero: false };
      return;
    case "freen":
      if (op.count === 1) yield freeOf(op.name, { slot: `${op.prefix}0`, offset: 0 });
      return;
    case "bulkfreen":
      yield { ...op, op: "freen" };
      return;
    case "bulkfree":
      if (op.targets.length === 1) yield freeOf(op.name, op.targets[0]);
      return;
    case "freeoff":
      yield freeOf(op.name, { ...op.target, offset: op.target.offset + op.offset });
      return;
    case "fill":
      if (op.length === 1) yield writeOf(op, op.byte.toString(16).padStart(2, "0"));
      return;
    case "kmalloc":
    case "alloc":
      if (op.zero) yield { ...op, zero: false };
      return;
    case "cache":
      if (op.ctor) yield { ...op, ctor: false };
      return;
  }
}

function freeOf(name: string, target: Address): ProgramOp {
  return { op: "free", name, target };
}

function writeOf({ target, offset }: { target: Address; offset: number }, hex: string): ProgramOp {
  return { op: "write", target, offset, hex };
}

export const sayPlainly = rewriting(OP_ITEMS, plainerWords);

/** Two lines are easier to read than one row. */
const ROW_MIN = 3;

/** Allocations from one cache that stand together become an allocn. */
export function* joinAllocations(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    const first = startOfRun(kept.ops, index, isAllocation);
    if (index - first + 1 >= ROW_MIN) {
      const candidate = withRow(kept, first, index + 1);
      if (yield candidate) kept = candidate;
    }
    index = Math.min(index, first);
  }
}

/** Frees of a row, from its first object on, become a freen. */
export function* joinFrees(program: Program): Proposals<Program> {
  let kept = program;
  for (let index = kept.ops.length - 1; index >= 0; index--) {
    const op = kept.ops[index];
    const prefix = op.op === "free" ? prefixOf(op.target) : undefined;
    if (op.op !== "free" || prefix === undefined) continue;
    const count = runOfRow(kept.ops, index, op.name, prefix);
    if (count < ROW_MIN) continue;
    const freen: ProgramOp = { op: "freen", name: op.name, count, prefix };
    const ops = [...kept.ops.slice(0, index), freen, ...kept.ops.slice(index + count)];
    if (yield { header: kept.header, ops }) kept = { header: kept.header, ops };
  }
}

/** The first operation of a run on one cache that ends at `end`. */
function startOfRun(
  ops: readonly ProgramOp[],
  end: number,
  belongs: (op: ProgramOp, last: ProgramOp) => boolean,
): number {
  let first = end + 1;
  while (first > 0 && belongs(ops[first - 1], ops[end])) first--;
  return Math.min(first, end);
}

function isAllocation(op: ProgramOp, last: ProgramOp): boolean {
  if ((op.op !== "alloc" || op.zero) && op.op !== "allocn") return false;
  return "name" in last && op.name === last.name;
}

function withRow(program: Program, first: number, end: number): Program {
  const { ops } = program;
  const slots = ops.slice(first, end).flatMap(slotsMadeBy);
  const prefix = unusedPrefix(ops);
  const names = new Map(slots.map((slot, i) => [slot, `${prefix}${i}`]));
  const name = (ops[first] as Extract<ProgramOp, { op: "alloc" }>).name;
  const row: ProgramOp = { op: "allocn", name, count: slots.length, prefix };
  const rest = ops.slice(end).flatMap((op) => inNames(op, names));
  return { header: program.header, ops: [...ops.slice(0, first), row, ...rest] };
}

/** The operation with its places renamed; what frees a row that is none any more is taken apart. */
function inNames(op: ProgramOp, names: Map<string, string>): readonly ProgramOp[] {
  const nameOf = (target: Address): Address => {
    return { ...target, slot: names.get(target.slot) ?? target.slot };
  };
  if (op.op === "freen" || op.op === "bulkfreen") {
    const slots = numberedSlots(op.prefix, op.count);
    if (!slots.some((slot) => names.has(slot))) return [op];
    const now = slots.map((slot) => names.get(slot) ?? slot);
    return freesOf(op, now);
  }
  // A slot that is filled again is another one from there on.
  for (const slot of slotsMadeBy(op)) names.delete(slot);
  if ("targets" in op) return [{ ...op, targets: op.targets.map(nameOf) }];
  let renamed: ProgramOp = op;
  for (const key of PLACES) {
    const place = (op as PlaceFields)[key];
    if (place !== undefined) renamed = { ...renamed, [key]: nameOf(place) } as ProgramOp;
  }
  return [renamed];
}

function unusedPrefix(ops: readonly ProgramOp[]): string {
  const taken = ops.flatMap(slotsMadeBy);
  for (let letters = "r"; ; letters += "r") {
    if (!taken.some((slot) => slot.startsWith(letters))) return letters;
  }
}

/** `p` of p0, undefined for every other place. */
function prefixOf({ slot, offset }: Address): string | undefined {
  return offset === 0 && slot.endsWith("0") && slot.length > 1 ? slot.slice(0, -1) : undefined;
}

/** How many operations from one on free PREFIX0, PREFIX1 ... */
function runOfRow(ops: readonly ProgramOp[], first: number, name: string, prefix: string): number {
  let count = 0;
  for (const op of ops.slice(first)) {
    if (op.op !== "free" || op.name !== name || op.target.offset !== 0) break;
    if (op.target.slot !== `${prefix}${count}`) break;
    count++;
  }
  return count;
}
