// What an operation of a workload executes, counted in one round on a metered module: the same on
// every machine, unlike its time.
import { UserError } from "../../base/user_error.ts";
import { loadForeign } from "../../module/load/load.ts";
import { adoptModule, coreBytes } from "../../slub/core/load.ts";
import { type Figures, Meter, metered } from "../../wasm/meter.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { ForeignContender, type ForeignRequest } from "./foreign_contender.ts";
import type { Contender } from "./measure.ts";
import { SlubContender, type SlubRequest } from "./slub_contender.ts";
import { ROUND } from "./stream.ts";

const METERED_CORE = "other:metered-for-bench";
let isAdopted = false;

function adoptMeteredCore(): void {
  if (isAdopted) return;
  adoptModule(METERED_CORE, new WebAssembly.Module(metered(new WasmFile(coreBytes("slub")))));
  isAdopted = true;
}

/** By operation, in the order of COUNTERS. */
export function executedBySlub(request: SlubRequest): Figures {
  adoptMeteredCore();
  const contender = new SlubContender({ ...request, core: METERED_CORE });
  return countedRound(contender, contender.heap.core as unknown as WebAssembly.Exports);
}

/** The same; undefined where the module has instructions that nobody here knows. */
export function executedByForeign(request: ForeignRequest): Figures | undefined {
  const bytes = meteredOrNot(loadForeign(request.choice).bytes);
  if (bytes === undefined) return undefined;
  const contender = new ForeignContender({ ...request, module: new WebAssembly.Module(bytes) });
  return countedRound(contender, contender.guest.exports);
}

function meteredOrNot(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  try {
    return metered(new WasmFile(bytes));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function countedRound(contender: Contender, exports: WebAssembly.Exports): Figures {
  const meter = new Meter(exports);
  const before = meter.read();
  contender.round();
  return meter.read().map((figure, i) => (figure - before[i]) / ROUND);
}
