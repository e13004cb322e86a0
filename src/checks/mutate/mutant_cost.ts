// What operations cost a mutant: some answer as the original does, only not as quickly.
import { SlabHeap } from "../../slub/core/heap.ts";
import { adoptModule } from "../../slub/core/load.ts";
import type { Patch } from "../../wasm/wasm_file.ts";
import { type CostTable, readCost } from "../cost/measure.ts";
import type { MutableModule } from "./mutant.ts";
import { FUEL, withMeter } from "./probes.ts";

/** One size is enough to tell a path from another. */
const SIZES = [320];
/** Rounds of loops that all operations may take together. */
const FUEL_FOR_ALL = 1 << 26;

/** The cost of the module with mutations, if any. Throws what the core throws. */
export function costOfMutant({ file }: MutableModule, mutations: readonly Patch[]): CostTable {
  adoptModule("other:metered", new WebAssembly.Module(withMeter(file, mutations)));
  const heap = new SlabHeap("other:metered");
  (heap.core[FUEL] as WebAssembly.Global).value = FUEL_FOR_ALL;
  return readCost(heap, SIZES);
}
