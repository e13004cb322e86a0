// A limit for a module's memory. A module's own memory says itself how far it may grow, mostly
// without an end; the copy that is run here says less.
import { unsignedBytes } from "./leb128.ts";
import { type Limits, type ModuleShape, SectionId } from "./module_shape.ts";

export const PAGE_BYTES = 65536;
/** What a memory may grow by: 64 MiB, or as much again as it begins with. */
const ROOM_PAGES = 1024;

/** The most pages that a memory gets. */
export function pagesMaxOf({ initial, maximum = 65536 }: Limits): number {
  return Math.min(maximum, Math.max(initial + ROOM_PAGES, 2 * initial), 65536);
}

/** The module with its own memory capped; one that imports its memory stays as it is. */
export function withCappedMemory(bytes: Uint8Array, shape: ModuleShape): Uint8Array {
  const section = shape.sections.find(({ id }) => id === SectionId.MEMORY);
  const { memory, hasOwnMemory } = shape;
  if (section === undefined || memory === undefined || !hasOwnMemory) return bytes;
  const flags = memory.isShared ? 3 : 1;
  const limits = [flags, ...unsignedBytes(memory.initial), ...unsignedBytes(pagesMaxOf(memory))];
  const content = [...unsignedBytes(1), ...limits];
  const capped = [SectionId.MEMORY, ...unsignedBytes(content.length), ...content];
  return Buffer.concat([
    bytes.subarray(0, section.start),
    Uint8Array.from(capped),
    bytes.subarray(section.end),
  ]);
}
