// Rows: several allocations or frees in a line become one operation.
import type { Proposals } from "../../../target/shrink.ts";
import type { Address, Program, ProgramOp } from "../../program/op.ts";
import { numberedSlots, slotsMadeBy } from "../../program/scope.ts";
import { PLACES, type PlaceFields } from "../parts.ts";

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

/** The operation with its places renamed; a freen of what is no row any more is taken apart. */
function inNames(op: ProgramOp, names: Map<string, string>): readonly ProgramOp[] {
  const nameOf = (target: Address): Address => {
    return { ...target, slot: names.get(target.slot) ?? target.slot };
  };
  if (op.op === "freen") {
    const slots = numberedSlots(op.prefix, op.count);
    if (!slots.some((slot) => names.has(slot))) return [op];
    return slots.map((slot) => {
      return { op: "free", name: op.name, target: nameOf({ slot, offset: 0 }) };
    });
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
