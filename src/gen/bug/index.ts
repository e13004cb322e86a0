// The table of bug classes: how each gets into a program. Each function leaves a mark before its
// mistake, and everything else that it adds is what a correct program would do.
import type { BugName } from "../bug_names.ts";
import type { Draft } from "../draft.ts";
import {
  doubleFree,
  doubleFreeInterleaved,
  invalidFreeForeign,
  invalidFreeInterior,
  wrongCacheFree,
} from "./bad_free.ts";
import { offByOne, offByOneNul, overflowLeft, overflowRight } from "./overflow.ts";
import { freePointerForge, writeAfterFree } from "./stale.ts";
import { wrongSizeUse } from "./wrong_size.ts";

export const INJECT: Readonly<Record<BugName, (draft: Draft) => void>> = {
  none: () => {},
  "overflow-right": overflowRight,
  "overflow-left": overflowLeft,
  "off-by-one": offByOne,
  "off-by-one-nul": offByOneNul,
  "write-after-free": writeAfterFree,
  "double-free": doubleFree,
  "double-free-interleaved": doubleFreeInterleaved,
  "invalid-free-interior": invalidFreeInterior,
  "invalid-free-foreign": invalidFreeForeign,
  "wrong-cache-free": wrongCacheFree,
  "wrong-size-use": wrongSizeUse,
  "free-pointer-forge": freePointerForge,
};
