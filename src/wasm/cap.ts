// A limit for a module's memory. A module says itself how far its memory may grow, mostly without
// an end; the copy that is run here says less.
import type { MemoryLimits } from "./entity.ts";
import { withMemories } from "./rewrite.ts";
import type { WasmFile } from "./wasm_file.ts";

export const PAGE_BYTES = 65536;

/** Pages that 32 bits can address. */
export const PAGES_MAX = 65536;

/** The most pages that a memory gets; throws a UserError for one that is refused. */
export type MemoryPolicy = (memory: MemoryLimits) => number;

/** The module with its own memory capped; one that imports its memory stays as it is. */
export function withCappedMemory(file: WasmFile, pagesMaxOf: MemoryPolicy): Uint8Array {
  if (file.ownMemories.length === 0) return file.bytes;
  const capped = file.ownMemories.map((memory) => ({ ...memory, maximum: pagesMaxOf(memory) }));
  return withMemories(file, capped);
}
