// Where the simulated RAM begins. The kernel's own structures take the first pages; a script that
// says at which page frame a slab shall lie gets RAM around that frame.
import { PAGE_SIZE } from "../abi.ts";
import { UserError } from "../base/user_error.ts";
import { type PhysicalMemory, type Program, placeOfOp } from "./op.ts";

const MEGABYTE_PAGES = 0x100000 / PAGE_SIZE;
/** RAM begins and ends at multiples of this, so that blocks of every order are aligned. */
const GRANULE_PAGES = 1024;
/** No block is larger; one may begin at the last frame that a script names. */
const BLOCK_PAGES = 1024;

export const DEFAULT_MEMORY: PhysicalMemory = { basePfn: 0x2000, pages: 16 * MEGABYTE_PAGES };
export const MEMORY_LIMIT: PhysicalMemory = { basePfn: 0x3ffffc00, pages: 128 * MEGABYTE_PAGES };

/** Refuses memory that cannot be simulated. */
export function checkMemory({ basePfn, pages }: PhysicalMemory): void {
  const isAligned = basePfn % GRANULE_PAGES === 0 && pages % GRANULE_PAGES === 0;
  if (!isAligned || pages < 2 * GRANULE_PAGES) {
    throw new UserError(`RAM begins and ends at multiples of ${GRANULE_PAGES} pages, two at least`);
  }
  if (basePfn > MEMORY_LIMIT.basePfn || pages > MEMORY_LIMIT.pages) {
    throw new UserError(
      `RAM begins at page frame 0x${MEMORY_LIMIT.basePfn.toString(16)} at most ` +
        `and has at most ${MEMORY_LIMIT.pages} pages`,
    );
  }
}

/** The memory of a program: as its header says, or around the frames that it names, or the default. */
export function memoryFor(program: Program): PhysicalMemory {
  const memory = program.header.phys ?? memoryAround(namedFrames(program));
  for (const [index, pfn] of namedFrames(program)) {
    if (pfn >= memory.basePfn && pfn < memory.basePfn + memory.pages) continue;
    throw new UserError(
      `${placeOfOp(program, index)}: page frame 0x${pfn.toString(16)} lies outside of the RAM, ` +
        `frames 0x${memory.basePfn.toString(16)} to ` +
        `0x${(memory.basePfn + memory.pages - 1).toString(16)}`,
    );
  }
  return memory;
}

function memoryAround(frames: readonly (readonly [number, number])[]): PhysicalMemory {
  if (frames.length === 0) return DEFAULT_MEMORY;
  const lowest = Math.min(...frames.map(([, pfn]) => pfn));
  const highest = Math.max(...frames.map(([, pfn]) => pfn));
  const isInDefault =
    lowest >= DEFAULT_MEMORY.basePfn + GRANULE_PAGES &&
    highest + BLOCK_PAGES <= DEFAULT_MEMORY.basePfn + DEFAULT_MEMORY.pages;
  if (isInDefault) return DEFAULT_MEMORY;
  // One granule below the lowest frame is left to the kernel's structures.
  const basePfn = Math.max(0, roundDown(lowest) - GRANULE_PAGES);
  const needed = roundDown(highest + BLOCK_PAGES - basePfn) + GRANULE_PAGES;
  return { basePfn, pages: Math.min(Math.max(DEFAULT_MEMORY.pages, needed), MEMORY_LIMIT.pages) };
}

/** Operation and frame of each `nextpfn`. */
function namedFrames(program: Program): (readonly [number, number])[] {
  return program.ops.flatMap((op, index) =>
    op.op === "nextpfn" ? [[index, op.pfn] as const] : [],
  );
}

function roundDown(pfn: number): number {
  return Math.floor(pfn / GRANULE_PAGES) * GRANULE_PAGES;
}
