// The table of bug classes: how each gets into a program. Each function leaves a mark before its
// mistake, and everything else that it adds is what a correct program would do. In a benign twin it
// adds what is right in place of the mistake.
import type { BugName } from "../../../target/bug_names.ts";
import type { Draft } from "../draft.ts";
import {
  doubleFree,
  doubleFreeAfterDiscard,
  doubleFreeAfterReuse,
  doubleFreeBulk,
  doubleFreeInterleaved,
  invalidFreeForeign,
  invalidFreeInterior,
  wrongCacheFree,
} from "./bad_free.ts";
import { crossCacheReuse, leakAtDestroy, useAfterDestroy } from "./cache_life.ts";
import { kreallocMisuse } from "./krealloc.ts";
import { freelistCycle, freePointerForge } from "./link.ts";
import {
  offByOne,
  offByOneNul,
  overflowFar,
  overflowLeft,
  overflowRight,
  overflowSlack,
  overflowStrided,
  slabPadding,
  wrongSizeUse,
} from "./overflow.ts";
import {
  readAfterFree,
  readOutOfBounds,
  uninitialisedRead,
  writeAfterFree,
  writeAfterReuse,
} from "./stale.ts";
import { bitFlip, constructorViolation } from "./state.ts";

export const INJECT: Readonly<Record<BugName, (draft: Draft) => void>> = {
  none: () => {},
  "overflow-right": overflowRight,
  "overflow-left": overflowLeft,
  "overflow-far": overflowFar,
  "overflow-slack": overflowSlack,
  "overflow-strided": overflowStrided,
  "off-by-one": offByOne,
  "off-by-one-nul": offByOneNul,
  "read-out-of-bounds": readOutOfBounds,
  "write-after-free": writeAfterFree,
  "read-after-free": readAfterFree,
  "write-after-reuse": writeAfterReuse,
  "uninitialised-read": uninitialisedRead,
  "double-free": doubleFree,
  "double-free-interleaved": doubleFreeInterleaved,
  "double-free-after-reuse": doubleFreeAfterReuse,
  "double-free-after-discard": doubleFreeAfterDiscard,
  "double-free-bulk": doubleFreeBulk,
  "invalid-free-interior": invalidFreeInterior,
  "invalid-free-foreign": invalidFreeForeign,
  "wrong-cache-free": wrongCacheFree,
  "wrong-size-use": wrongSizeUse,
  "free-pointer-forge": freePointerForge,
  "freelist-cycle": freelistCycle,
  "slab-padding": slabPadding,
  "cross-cache-reuse": crossCacheReuse,
  "leak-at-destroy": leakAtDestroy,
  "use-after-destroy": useAfterDestroy,
  "krealloc-misuse": kreallocMisuse,
  "constructor-violation": constructorViolation,
  "bit-flip": bitFlip,
};
