// What operations cost a mutant: some answer as the original does, only not as quickly.
import { SlabHeap } from "../../slub/core/heap.ts";
import { adoptModule } from "../../slub/core/load.ts";
import { FUEL, WORK_FUEL } from "../../wasm/fuel.ts";
import { METER } from "../../wasm/meter.ts";
import { changes, withProbes } from "../../wasm/probe.ts";
import type { Patch } from "../../wasm/rewrite.ts";
import { type CostTable, readCost } from "../cost/measure.ts";
import type { MutableModule } from "./mutant.ts";

/** One size is enough to tell a path from another. */
const SIZES = [320];
/** Rounds of loops that all operations may take together. */
const FUEL_FOR_ALL = 1 << 26;

/** The cost of the module with mutations, if any. Throws what the core throws. */
export function costOfMutant({ file }: MutableModule, mutations: readonly Patch[]): CostTable {
  // The meter comes first: a mutant that jumps away has begun the run of instructions.
  const bytes = withProbes(file, [METER, changes(mutations), WORK_FUEL]);
  adoptModule("other:metered", new WebAssembly.Module(bytes));
  const heap = new SlabHeap("other:metered");
  (heap.core[FUEL] as WebAssembly.Global).value = FUEL_FOR_ALL;
  return readCost(heap, SIZES);
}
