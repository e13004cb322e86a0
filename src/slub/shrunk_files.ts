// What shrinking adds to the folder of a finding.
import { UserError } from "../base/user_error.ts";
import type { CampaignOptions } from "../campaign/options.ts";
import type { FolderFiles } from "../campaign/store.ts";
import type { SlabHeap } from "./core/heap.ts";
import { heapFor, parseTarget } from "./named_core.ts";
import type { Program } from "./program/op.ts";
import { printScript } from "./program/text.ts";
import { shrink } from "./shrink/shrink.ts";

/**
 * `shrunk.slab`, whose first lines say what it shows. A finding that only the census of its
 * campaign saw does not show in a replay: it has none.
 */
export function shrunkFiles(
  program: Program,
  { target, invariants }: Pick<CampaignOptions, "target" | "invariants">,
  heap: SlabHeap,
): FolderFiles {
  const newHeap = () => heapFor(parseTarget(target));
  try {
    return { "shrunk.slab": printScript(shrink(program, { heap, newHeap, invariants }).program) };
  } catch (error) {
    if (error instanceof UserError) return {};
    throw error;
  }
}
