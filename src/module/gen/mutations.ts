// Changes of programs for a module's allocator, for a guided search. Whatever stands in such a
// program can run: an operation whose block is not there is left out.
import type { Prng } from "../../base/prng.ts";
import { CYCLE_MODES, callsOf, cycleSizeMax } from "../judge/cycle.ts";
import { type ForeignOp, HAS_NO_SLOT, isMisuse } from "../program/op.ts";
import { NO_LIMIT_PAGES } from "./generate.ts";
import { hugeSize } from "./sizes.ts";

type Ops = readonly ForeignOp[];

/** Slots are moved by so many at most, and never beyond so many. */
const SLOTS_MOVED = 64;
const SLOTS_MAX = 4096;
const SIZE_SHIFT_MAX = 22;
/** Calls and bytes of a cycle, at most, and its rounds, at least: as the generator has them. */
const CYCLE_CALLS_MAX = 1 << 16;
const CYCLED_BYTES_MAX = 24 << 20;
const CYCLE_ROUNDS_MIN = 16;
/** Cycles of a program: each takes as long as thousands of other operations. */
const CYCLES_MAX = 2;

/** The program up to the operations that end it. */
export function withoutLastLimits(ops: Ops): Ops {
  let end = ops.length;
  while (end > 0 && (ops[end - 1].op === "settle" || ops[end - 1].op === "limit")) end--;
  return ops.slice(0, end);
}

/** The same program in other slots. */
export function inOtherSlots(ops: Ops, prng: Prng): Ops {
  const by = prng.below(SLOTS_MOVED);
  return ops.map((op) => (op.slot < 0 ? op : { ...op, slot: (op.slot + by) % SLOTS_MAX }));
}

/** Another slot of those that the program uses. */
export function onOtherSlot(op: ForeignOp, ops: Ops, prng: Prng): ForeignOp {
  if (HAS_NO_SLOT.includes(op.op)) return op;
  const { slot } = prng.pick(ops);
  return slot < 0 ? op : { ...op, slot };
}

/** Another size or count: a power of two or next to it, next to the one that it was, or huge. */
export function withOtherNumber(op: ForeignOp, prng: Prng): ForeignOp {
  if (op.op === "alloc" && op.b > 0 && prng.oneIn(4)) return { ...op, b: 1 << prng.below(13) };
  return { ...op, a: otherSize(op.a, prng) };
}

function otherSize(size: number, prng: Prng): number {
  switch (prng.below(8)) {
    case 0:
      return hugeSize(prng);
    case 1:
    case 2:
    case 3:
      return Math.max(0, (1 << prng.below(SIZE_SHIFT_MAX)) + prng.between(-9, 9));
    default:
      return Math.max(0, size + prng.between(-16, 16));
  }
}

/** What programs of a campaign may be like. */
export interface RepairOptions {
  readonly opCountMax: number;
  /** Bytes that the allocator can give at all. */
  readonly room: number;
  /** The program ends with a large request, for which all memory has to be one piece. */
  readonly settles: boolean;
}

/** Operations as a program without a mistake, at whose end memory may grow. */
export function repairedOps(ops: Ops, options: RepairOptions): Ops {
  const kept: ForeignOp[] = [];
  let isLimited = false;
  let cycles = 0;
  for (const op of ops) {
    if (kept.length >= options.opCountMax) break;
    if (op.op === "settle" || isMisuse(op.op)) continue;
    if (op.op === "cycle" && cycles++ >= CYCLES_MAX) continue;
    if (op.op === "limit") isLimited = op.a < NO_LIMIT_PAGES;
    kept.push(op.op === "cycle" ? withinBounds(op, options.room) : op);
  }
  if (isLimited) kept.push({ op: "limit", slot: -1, a: NO_LIMIT_PAGES, b: 0, c: 0 });
  if (options.settles) kept.push({ op: "settle", slot: -1, a: 0, b: 0, c: 0 });
  return kept;
}

/** A cycle takes as long as its rounds, and a large one fills memory before it says anything. */
function withinBounds(op: ForeignOp, room: number): ForeignOp {
  const mode = CYCLE_MODES[op.c];
  const a = Math.min(Math.max(op.a, 1), cycleSizeMax(mode, room));
  const rounds = Math.min(op.b, CYCLE_CALLS_MAX / callsOf(mode), CYCLED_BYTES_MAX / a);
  return { ...op, a, b: Math.max(CYCLE_ROUNDS_MIN, Math.floor(rounds)) };
}
