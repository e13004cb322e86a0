// What the operations of a module's allocator execute: a program for each size of blocks, which is
// written down here and not drawn, so that it never changes by accident.
import { assert } from "../../base/assert.ts";
import type { ForeignEngine } from "../../module/engine.ts";
import { type Binding, takesAlignment } from "../../module/load/binding.ts";
import type { ForeignChoice } from "../../module/load/choice.ts";
import { type ForeignOp, type ForeignOpName, imageOf } from "../../module/program/op.ts";
import type { ForeignProgram } from "../../module/program/text.ts";
import { type Figures, Meter } from "../../wasm/meter.ts";
import { type CostRow, type CostTable, KindSums } from "./row.ts";

const SIZES = [16, 320, 4096];
const BLOCKS = 96;
/** All blocks of a size together take this part of what there is at most. */
const MODEST_PART = 1 / 8;
const ALIGN = 8;
/** A block that is resized gets so many bytes more than the one before it. */
const STEP_BYTES = 8;

/** The sizes whose programs an allocator has room for. */
export function moduleCostSizes(capacityBytes: number): readonly number[] {
  return SIZES.filter((size) => 2 * size * BLOCKS <= capacityBytes * MODEST_PART);
}

/** The names of all rows. */
export function moduleCostRows(binding: Binding, sizes: readonly number[]): readonly string[] {
  return sizes.flatMap((size) => {
    const kinds = kindsOf(costOps(binding, size));
    return kinds.map((kind) => nameOf(size, kind));
  });
}

/** The program of a row; of the first size for none. */
export function costProgramOf(
  choice: ForeignChoice,
  binding: Binding,
  sizes: readonly number[],
  row: CostRow | undefined,
): ForeignProgram {
  const size = sizes.find((one) => settingOf(one) === row?.setting) ?? sizes[0];
  return { choice, bug: "none", comments: [], ops: costOps(binding, size) };
}

/** The first operation of a row's kind. */
export function firstOfKind({ ops }: ForeignProgram, row: CostRow | undefined): number {
  return Math.max(
    0,
    ops.findIndex(({ op }) => op === row?.kind),
  );
}

/** `engine`: of the module with counters. Undefined where it traps, or breaks a rule. */
export function measureModuleCost(engine: ForeignEngine): CostTable | undefined {
  const sizes = moduleCostSizes(engine.ready.capacity.bytes);
  const tables = sizes.map((size) => rowsOf(engine, size));
  return tables.some((table) => table === undefined)
    ? undefined
    : tables.flatMap((rows = []) => rows);
}

function rowsOf(engine: ForeignEngine, size: number): readonly CostRow[] | undefined {
  const ops = costOps(engine.plan.binding, size);
  const { guest } = engine.ready;
  const sums = new KindSums();
  let before: Figures = [];
  const read = () => new Meter(guest.exports).read();
  const { violation, ran } = engine.runProgram(imageOf(ops), "none", {
    before: () => {
      before = read();
    },
    after: (index) => sums.add(ops[index].op, 1, before, read()),
  });
  if (violation !== undefined || ran < ops.length) return undefined;
  return kindsOf(ops).map((kind) => ({
    ...{ name: nameOf(size, kind), kind, setting: settingOf(size), place: settingOf(size) },
    ...sums.of(kind),
  }));
}

function settingOf(size: number): string {
  return `${size} B`;
}

function nameOf(size: number, kind: ForeignOpName): string {
  return `${settingOf(size)} ${kind}`;
}

function kindsOf(ops: readonly ForeignOp[]): readonly ForeignOpName[] {
  return [...new Set(ops.map(({ op }) => op))];
}

/** Every other block is freed and had again, some are resized, and all are freed out of order. */
function costOps(binding: Binding, size: number): readonly ForeignOp[] {
  assert(BLOCKS % 2 === 0, "half of the blocks is a whole number");
  const ops: ForeignOp[] = [];
  const align = takesAlignment(binding) ? ALIGN : 0;
  const add = (op: ForeignOpName, slot: number, a = 0, b = 0) => {
    ops.push({ op, slot, a, b, c: 0 });
  };
  const each = (count: number, work: (i: number) => void) => {
    for (let i = 0; i < count; i++) work(i);
  };
  const freeAll = () => {
    if (binding.free !== undefined) each(BLOCKS, (i) => add("free", (5 * i) % BLOCKS));
  };
  each(BLOCKS, (i) => add("alloc", i, size, align));
  if (binding.free !== undefined) {
    each(BLOCKS / 2, (i) => add("free", 2 * i));
    each(BLOCKS / 2, (i) => add("alloc", 2 * i, size, align));
  }
  if (binding.realloc !== undefined) {
    each(BLOCKS / 2, (i) => add("resize", 2 * i + 1, size + STEP_BYTES * i));
  }
  freeAll();
  if (binding.calloc !== undefined) {
    each(BLOCKS, (i) => add("zalloc", BLOCKS + i, 1, size));
    if (binding.free !== undefined) each(BLOCKS, (i) => add("free", BLOCKS + i));
  }
  if (binding.collect !== undefined) add("collect", -1);
  return ops;
}
