// How programs of SLUB become smaller: the passes, in the order in which they run.
//
// Leaving out comes first: each operation that goes makes every later candidate cheaper, and saves
// the trouble of making its numbers small. Then plainer words and places, because they make
// operations superfluous; then numbers, from the object's size down to single bytes.
//
// The machine has a stage of its own behind the others: to try another one it has to be booted,
// which takes as long as a hundred small candidates.
import type { Passes, ShrinkStrategy } from "../../target/shrink.ts";
import type { Program } from "../program/op.ts";
import { keyOf } from "./key.ts";
import { plainMachine } from "./passes/header.ts";
import { cutCaches, cutOperations, cutPairs, cutPieces, keepOneStory } from "./passes/leave_out.ts";
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
  "keep one story": keepOneStory,
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
