// How programs of SLUB become smaller: the passes, in the order in which they run.
//
// Leaving out comes first: each operation that goes makes every later candidate cheaper, and saves
// the trouble of making its numbers small. Then plainer words and places, because they make
// operations superfluous; then numbers, from the object's size down to single bytes.
//
// The machine has a stage of its own behind the others: to try another one it has to be booted,
// which takes as long as a hundred small candidates.
import type { Key, Passes, ShrinkStrategy } from "../../target/shrink.ts";
import { type Address, RESERVED_SLOTS } from "../program/address.ts";
import type { Header, Program, ProgramOp } from "../program/op.ts";
import { OP_WORDS } from "../program/operations.ts";
import { slotsMadeBy } from "../program/scope.ts";
import { VARIANTS } from "../program/variant.ts";
import { countParts, PLACES, type PlaceFields } from "./parts.ts";
import { plainMachine } from "./passes/header.ts";
import {
  cutCaches,
  cutOperations,
  cutPairs,
  cutPieces,
  keepOneObject,
} from "./passes/leave_out.ts";
import { dropBytes, dropFlags, lowerNumbers, plainBytes } from "./passes/numbers.ts";
import {
  joinAllocations,
  joinFrees,
  mergeCaches,
  sayPlainly,
  useEarlierSlots,
} from "./passes/plain_words.ts";
import { shrinkObjects, useSmallSlabs } from "./passes/sizes.ts";

const PASSES: Passes<Program> = {
  "cut caches": cutCaches,
  "cut pieces": cutPieces,
  "cut operations": cutOperations,
  "cut pairs": cutPairs,
  "keep one object": keepOneObject,
  "merge caches": mergeCaches,
  "use earlier slots": useEarlierSlots,
  "say plainly": sayPlainly,
  "drop flags": dropFlags,
  "shrink objects": shrinkObjects,
  "lower numbers": lowerNumbers,
  "drop bytes": dropBytes,
  "plain bytes": plainBytes,
  "join allocations": joinAllocations,
  "join frees": joinFrees,
  "use small slabs": useSmallSlabs,
};

const MACHINE_PASSES: Passes<Program> = { "plain machine": plainMachine };

/** Smaller programs on the same machine. */
export const SMALLER_OPERATIONS: ShrinkStrategy<Program> = { keyOf, stages: [PASSES] };

/** Smaller programs, and plainer machines for them. */
export const SMALLER_PROGRAMS: ShrinkStrategy<Program> = {
  keyOf,
  stages: [PASSES, MACHINE_PASSES],
};

/** Plainer words of a kind first; the others stand behind them, as the syntax lists them. */
const PLAIN_WORDS = ["cache", "alloc", "allocn", "free", "freen", "freeoff", "write", "fill"];
const WORDS = [...new Set([...PLAIN_WORDS, ...OP_WORDS])];
const WORD_RANK: Readonly<Record<string, number>> = Object.fromEntries(
  WORDS.map((word, rank) => [word, rank]),
);

/** Addresses are less plain than names. */
const ADDRESS_RANK = 1 << 20;

export function keyOf(program: Program): Key {
  const writer = new KeyWriter();
  writer.key.push(countParts(program), program.ops.length);
  for (const op of program.ops) writer.op(op);
  writer.header(program.header);
  return writer.key;
}

class KeyWriter {
  readonly key: number[] = [];
  readonly #caches = new Map<string, number>();
  readonly #slots = new Map<string, number>(RESERVED_SLOTS.map((name, rank) => [name, rank]));

  op(op: ProgramOp): void {
    this.key.push(WORD_RANK[op.op]);
    if ("name" in op) this.key.push(rankIn(this.#caches, op.name));
    for (const place of PLACES) {
      const target = (op as PlaceFields)[place];
      if (target !== undefined) this.#target(target);
    }
    if ("targets" in op) {
      this.key.push(op.targets.length);
      for (const target of op.targets) this.#target(target);
    }
    if ("hex" in op) this.key.push(op.hex.length);
    for (const field of NUMBERS) this.#number((op as NumberFields)[field]);
    if ("flags" in op) this.#text(op.flags === "-" ? "" : op.flags);
    if ("hex" in op) this.#text(op.hex);
    if ("address" in op) this.key.push(Number(op.address >> 32n), Number(op.address & 0xffffffffn));
    for (const slot of slotsMadeBy(op)) rankIn(this.#slots, slot);
  }

  header({ boot, profile, cpus, phys, seed, config }: Header): void {
    const [variant = "", ...parameters] = (boot ?? "").split(" ");
    this.key.push(parameters.length, parameters.join(" ").length);
    this.key.push(Object.keys(VARIANTS).indexOf(variant), (config ?? "").length);
    for (const value of [boot, profile, cpus, phys, seed])
      this.key.push(Number(value !== undefined));
    this.key.push(cpus ?? 0, phys?.pages ?? 0, phys?.basePfn ?? 0);
  }

  #target({ slot, offset }: Address): void {
    this.key.push(slot.startsWith("0x") ? ADDRESS_RANK : rankIn(this.#slots, slot));
    this.#number(offset);
  }

  /** Small ones first, and of equally small ones the positive one. */
  #number(value: number | "fp" | boolean | undefined): void {
    if (value === undefined) return;
    const number = value === "fp" ? 0 : Number(value);
    this.key.push(number < 0 ? -2 * number + 1 : 2 * number);
  }

  #text(text: string): void {
    this.key.push(text.length);
    for (let i = 0; i < text.length; i++) this.key.push(text.charCodeAt(i));
  }
}

/** Fields of operations that are numbers, the telling ones first. */
const NUMBERS = [
  "count",
  "size",
  "align",
  "ctor",
  "zero",
  "offset",
  "length",
  "byte",
  "cpu",
  "pfn",
] as const;
type NumberFields = { readonly [Key in (typeof NUMBERS)[number]]?: number | "fp" | boolean };

function rankIn(ranks: Map<string, number>, name: string): number {
  const rank = ranks.get(name) ?? ranks.size;
  ranks.set(name, rank);
  return rank;
}
