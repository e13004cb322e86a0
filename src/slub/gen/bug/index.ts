// The table of bug classes: how each gets into a program. Each function leaves a mark before its
// mistake, and everything else that it adds is what a correct program would do. In a benign twin it
// adds what is right in place of the mistake.
import type { BugName } from "../../../target/bug_names.ts";
import type { Draft } from "../draft.ts";
import * as badFree from "./bad_free.ts";
import * as cacheLife from "./cache_life.ts";
import * as krealloc from "./krealloc.ts";
import * as link from "./link.ts";
import * as overflow from "./overflow.ts";
import * as sheaf from "./sheaf.ts";
import * as stale from "./stale.ts";
import * as state from "./state.ts";

export const INJECT: Readonly<Record<BugName, (draft: Draft) => void>> = {
  none: () => {},
  "overflow-right": overflow.overflowRight,
  "overflow-left": overflow.overflowLeft,
  "overflow-far": overflow.overflowFar,
  "overflow-slack": overflow.overflowSlack,
  "overflow-strided": overflow.overflowStrided,
  "off-by-one": overflow.offByOne,
  "off-by-one-nul": overflow.offByOneNul,
  "read-out-of-bounds": stale.readOutOfBounds,
  "write-after-free": stale.writeAfterFree,
  "read-after-free": stale.readAfterFree,
  "write-after-reuse": stale.writeAfterReuse,
  "uninitialised-read": stale.uninitialisedRead,
  "double-free": badFree.doubleFree,
  "double-free-interleaved": badFree.doubleFreeInterleaved,
  "double-free-after-reuse": badFree.doubleFreeAfterReuse,
  "double-free-after-discard": badFree.doubleFreeAfterDiscard,
  "double-free-bulk": badFree.doubleFreeBulk,
  "invalid-free-interior": badFree.invalidFreeInterior,
  "invalid-free-foreign": badFree.invalidFreeForeign,
  "wrong-cache-free": badFree.wrongCacheFree,
  "wrong-size-use": overflow.wrongSizeUse,
  "free-pointer-forge": link.freePointerForge,
  "freelist-cycle": link.freelistCycle,
  "slab-padding": overflow.slabPadding,
  "cross-cache-reuse": cacheLife.crossCacheReuse,
  "leak-at-destroy": cacheLife.leakAtDestroy,
  "use-after-destroy": cacheLife.useAfterDestroy,
  "krealloc-misuse": krealloc.kreallocMisuse,
  "constructor-violation": state.constructorViolation,
  "bit-flip": state.bitFlip,
  "double-free-in-sheaf": sheaf.doubleFreeInSheaf,
  "double-free-sheaf-and-slab": sheaf.doubleFreeSheafAndSlab,
  "bad-free-flushed": sheaf.badFreeFlushed,
  "sheaf-overwrite": sheaf.sheafOverwrite,
  "double-free-rcu": sheaf.doubleFreeRcu,
  "wrong-cache-leak": sheaf.wrongCacheLeak,
};
