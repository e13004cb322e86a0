// How much memory a core gets, whoever built it.
import { UserError } from "../../base/user_error.ts";
import { PAGE_BYTES, withCappedMemory } from "../../wasm/cap.ts";
import type { MemoryLimits } from "../../wasm/entity.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";

/** Twice what the largest machine takes that a script can ask for. */
const MEMORY_PAGES_MAX = 4096;
const KIB_A_PAGE = PAGE_BYTES / 1024;

export const MEMORY_BYTES_MAX = MEMORY_PAGES_MAX * PAGE_BYTES;
/** A core that has so much of it takes what no machine needs. */
export const MEMORY_BYTES_GREEDY = (MEMORY_BYTES_MAX / 4) * 3;

/** The same core, whose memory does not grow beyond the limit; `name` is for complaints. */
export function withMemoryLimit(bytes: Uint8Array, name: string): Uint8Array {
  const file = new WasmFile(bytes);
  if (file.ownMemories.length > 1) throw wrongMemory(name);
  return withCappedMemory(file, (memory) => pagesMaxOf(memory, name));
}

function pagesMaxOf({ initial, maximum, isShared, is64 }: MemoryLimits, name: string): number {
  if (isShared || is64) throw wrongMemory(name);
  if (initial > MEMORY_PAGES_MAX) throw new UserError(`${name}: ${tooMuch(initial)}`);
  return Math.min(maximum ?? MEMORY_PAGES_MAX, MEMORY_PAGES_MAX);
}

function wrongMemory(name: string): UserError {
  return new UserError(`${name}: needs one memory of 32 bits that is not shared`);
}

function tooMuch(pages: number): string {
  const limit = `${MEMORY_PAGES_MAX * KIB_A_PAGE} KiB`;
  return `asks for ${pages * KIB_A_PAGE} KiB of memory to begin with, at most ${limit}`;
}
