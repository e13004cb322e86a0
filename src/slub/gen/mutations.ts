// Changes of single operations for a guided search, and of the names in a program. What comes of
// them need not be a program: `rightfulOps` makes one of it.
import type { Prng } from "../../base/prng.ts";
import { type Address, isAddressName, RESERVED_SLOTS } from "../program/address.ts";
import { flagsOfLetters, lettersOfFlags } from "../program/letters.ts";
import type { ProgramOp } from "../program/op.ts";
import { slotsMadeBy } from "../program/scope.ts";

/** Operations that give something back, or look at a cache that nothing else is done to. */
const ENDING: ReadonlySet<string> = new Set([
  ...["free", "freen", "bulkfree", "bulkfreen", "kfree", "sheafput", "rcubarrier"],
  ...["kvfreebarrier", "validate", "shrink", "destroy"],
]);

/** The program up to its ending. */
export function withoutEnding(ops: readonly ProgramOp[]): readonly ProgramOp[] {
  let end = ops.length;
  while (end > 0 && ENDING.has(ops[end - 1].op)) end--;
  return ops.slice(0, end);
}

/** Names get a mark in front; a name that has one gets another. */
export function renamedOps(ops: readonly ProgramOp[], prng: Prng): readonly ProgramOp[] {
  const mark = `x${prng.below(MARKS)}`;
  const renamed = (name: string) => mark + name.replace(/^x\d/, "");
  return ops.map((op) => withNames(op, renamed));
}

const MARKS = 8;

/** Another slot, or another cache, of those that the program names. */
export function retargetedOp(op: ProgramOp, ops: readonly ProgramOp[], prng: Prng): ProgramOp {
  const hasTarget = "target" in op;
  if (hasTarget && (!("name" in op) || prng.oneIn(2))) {
    const slots = ops.flatMap(slotsMadeBy);
    if (slots.length === 0) return op;
    return { ...op, target: { ...op.target, slot: prng.pick(slots) } } as ProgramOp;
  }
  if (!("name" in op) || op.op === "cache") return op;
  const names = ops.flatMap((one) => (one.op === "cache" ? [one.name] : []));
  return names.length === 0 ? op : { ...op, name: prng.pick(names) };
}

/** Sizes at which caches and kmalloc classes change. */
const SIZE_EDGES = [8, 16, 32, 64, 96, 128, 192, 256, 512, 704, 1024, 2048, 4096, 8192];
const SIZE_MIN = 8;
const SIZE_MAX = 8192;
const KMALLOC_MAX = 20_000;
const COUNTS = [1, 2, 3, 4, 8, 15, 16, 17, 32, 64];
const ALIGNS = [0, 0, 8, 16, 64, 128, 256];
const NUMBERS = ["size", "align", "count", "offset", "length", "byte", "cpu"] as const;
const FLAGS = ["R", "K", "H", "M"] as const;

/** One of its numbers, or a flag of a cache, is another one. */
export function renumberedOp(
  op: ProgramOp,
  ops: readonly ProgramOp[],
  cpus: number,
  prng: Prng,
): ProgramOp {
  const fields = op as unknown as Readonly<Record<string, unknown>>;
  if (op.op === "cache" && prng.oneIn(3)) return withOtherFlags(op, prng);
  if (TOUCHING.has(op.op) && prng.oneIn(2)) return atEdge(op, ops, prng);
  const names = NUMBERS.filter((name) => typeof fields[name] === "number");
  if (names.length === 0) return op;
  const name = prng.pick(names);
  if (name === "cpu") return { ...op, cpu: prng.below(cpus) } as ProgramOp;
  return { ...op, [name]: otherNumber(name, fields[name] as number, op, prng) } as ProgramOp;
}

/** Numbers of an operation that a search may change to any other. */
export function numbersOfOp(op: ProgramOp) {
  const fields = op as unknown as Readonly<Record<string, unknown>>;
  return COMPARED.flatMap((field) => {
    const value = fields[field];
    return typeof value === "number" ? [{ field, value }] : [];
  });
}

const COMPARED = ["size", "count", "offset", "length"];
const COUNT_MAX = 200;
const LENGTH_MAX = 4096;

/** The operation with another number in one of these fields, within bounds. */
export function withNumber(op: ProgramOp, field: string, value: number): ProgramOp {
  switch (field) {
    case "size":
      return { ...op, size: within(value, SIZE_MIN, sizeMaxOf(op)) } as ProgramOp;
    case "count":
      return { ...op, count: within(value, 1, COUNT_MAX) } as ProgramOp;
    default:
      return { ...op, [field]: within(value, field === "length" ? 1 : 0, LENGTH_MAX) };
  }
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function sizeMaxOf({ op }: ProgramOp): number {
  return op === "cache" ? SIZE_MAX : KMALLOC_MAX;
}

const TOUCHING: ReadonlySet<string> = new Set(["write", "fill", "read", "wptr"]);

/** It touches the first or last bytes of its object, or those beside it; often one byte only. */
function atEdge(op: ProgramOp, ops: readonly ProgramOp[], prng: Prng): ProgramOp {
  const { target, length, hex } = op as {
    readonly target: Address;
    readonly length?: number;
    readonly hex?: string;
  };
  const isOne = prng.oneIn(2);
  const bytes = isOne ? 1 : (length ?? (hex === undefined ? POINTER_BYTES : hex.length / 2));
  const size = sizeOfSlot(target.slot, ops);
  const offset = prng.pick([0, -bytes, size - bytes, size, size + POINTER_BYTES]) - target.offset;
  const short = {
    ...(length === undefined ? {} : { length: bytes }),
    ...(hex === undefined ? {} : { hex: hex.slice(0, 2 * bytes) }),
  };
  return { ...op, offset, ...short } as ProgramOp;
}

const POINTER_BYTES = 8;

/** Bytes of the object that a slot has last; 0 where nothing says it. */
function sizeOfSlot(slot: string, ops: readonly ProgramOp[]): number {
  const maker = [...ops].reverse().find((op) => slotsMadeBy(op).includes(slot));
  if (maker === undefined) return 0;
  if ("size" in maker) return maker.size;
  const cache = ops.find((op) => op.op === "cache" && "name" in maker && op.name === maker.name);
  return cache?.op === "cache" ? cache.size : 0;
}

function otherNumber(
  name: (typeof NUMBERS)[number],
  value: number,
  op: ProgramOp,
  prng: Prng,
): number {
  switch (name) {
    case "size": {
      const drawn = prng.oneIn(2) ? prng.pick(SIZE_EDGES) + prng.between(-1, 1) : value;
      const near = prng.oneIn(2) ? drawn : drawn + prng.between(-8, 8);
      return within(near, SIZE_MIN, sizeMaxOf(op));
    }
    case "align":
      return prng.pick(ALIGNS);
    case "count":
      return prng.oneIn(2) ? prng.pick(COUNTS) : Math.max(1, value + prng.between(-2, 2));
    case "byte":
      return prng.below(256);
    default:
      return prng.oneIn(3) ? 0 : Math.max(0, value + prng.between(-8, 8));
  }
}

function withOtherFlags(op: Extract<ProgramOp, { op: "cache" }>, prng: Prng): ProgramOp {
  if (prng.oneIn(3)) return { ...op, ctor: !op.ctor };
  const flag = prng.pick(FLAGS);
  const own = op.flags === "-" ? "" : op.flags;
  const flags = own.includes(flag) ? own.replace(flag, "") : own + flag;
  return { ...op, flags: canonical(flags) };
}

/** In the order in which flags are printed. */
function canonical(flags: string): string {
  return flagsOfLetters(lettersOfFlags(flags));
}

const PLACES = ["target", "value", "other", "head"] as const;

function withNames(op: ProgramOp, renamed: (name: string) => string): ProgramOp {
  const fields = { ...op } as Record<string, unknown>;
  for (const key of ["name", "slot", "prefix"]) {
    if (typeof fields[key] === "string") fields[key] = renamed(fields[key]);
  }
  const moved = ({ slot, offset }: Address): Address => {
    const isFixed = isAddressName(slot) || RESERVED_SLOTS.includes(slot);
    return { slot: isFixed ? slot : renamed(slot), offset };
  };
  for (const key of PLACES) {
    if (fields[key] !== undefined) fields[key] = moved(fields[key] as Address);
  }
  if (fields["targets"] !== undefined) {
    fields["targets"] = (fields["targets"] as readonly Address[]).map(moved);
  }
  return fields as unknown as ProgramOp;
}
