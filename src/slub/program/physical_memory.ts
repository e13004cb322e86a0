// Where the simulated RAM begins. The kernel's own structures take the first pages; a script that
// says at which page frame a slab shall lie gets RAM around that frame.
import { PAGE_SIZE, STRUCT_PAGE_SIZE } from "../../abi.ts";
import { alignUp } from "../../base/bytes.ts";
import { UserError } from "../../base/user_error.ts";
import { addressMapOf, GLOB_SIZE, type Machine } from "./machine.ts";
import type { PhysicalMemory, ProfileName, Program } from "./op.ts";

const MEGABYTE_PAGES = 0x100000 / PAGE_SIZE;
/**
 * RAM has a multiple of this. Where it begins does not matter: blocks are aligned by page frame.
 */
const GRANULE_PAGES = 1024;
/** No block is larger; one may begin at the last frame that a script names. */
const BLOCK_PAGES = 1024;

/** Chosen so that a program's first slab lies where the recordings of 3.10 have theirs. */
const FIRST_SLAB_PFN = 0x400c;
/** Pages below it that belong to the kernel, or to no owner. */
const LOW_PAGES = 32;
/** What 3.10 takes first, for the names of caches: a page, and the gap behind it. */
const NAME_PAGES = 2;
const DEFAULT_PAGES = 16 * MEGABYTE_PAGES;

/** The memory of a machine whose program does not ask for another. */
export function defaultMemoryOf(profile: ProfileName): PhysicalMemory {
  const names = profile === "v3.10" ? NAME_PAGES : 0;
  return { basePfn: FIRST_SLAB_PFN - LOW_PAGES - names, pages: DEFAULT_PAGES };
}

const MEMORY_LIMIT: PhysicalMemory = { basePfn: 0x3ffffc00, pages: 128 * MEGABYTE_PAGES };

/** Refuses memory that cannot be simulated. */
export function checkMemory({ basePfn, pages }: PhysicalMemory): void {
  if (pages % GRANULE_PAGES !== 0 || pages < 2 * GRANULE_PAGES) {
    throw new UserError(`RAM has a multiple of ${GRANULE_PAGES} pages, two of them at least`);
  }
  if (basePfn > MEMORY_LIMIT.basePfn || pages > MEMORY_LIMIT.pages) {
    throw new UserError(
      `RAM begins at page frame 0x${MEMORY_LIMIT.basePfn.toString(16)} at most ` +
        `and has at most ${MEMORY_LIMIT.pages} pages`,
    );
  }
}

/** The memory that a program asks for: as its header says, or around the frames that it names. */
export function memoryFor(program: Program): PhysicalMemory | undefined {
  return program.header.phys ?? memoryAround(namedFrames(program));
}

type Ram = Pick<Machine, "physBasePfn" | "physPages">;

/** Refuses a page frame outside of the RAM. */
export function checkFrame(pfn: number, ram: Ram): void {
  const last = ram.physBasePfn + ram.physPages - 1;
  if (pfn >= ram.physBasePfn && pfn <= last) return;
  const [frame, from, to] = [pfn, ram.physBasePfn, last].map((n) => `0x${n.toString(16)}`);
  throw new UserError(`page frame ${frame} lies outside of the RAM, frames ${from} to ${to}`);
}

/**
 * Refuses a region that lies where the machine has something else. A region inside of glob or vglob
 * is a name for that part of them.
 */
export function checkRegion(address: bigint, size: number, machine: Machine): void {
  const { directMap, vmemmap } = addressMapOf(machine.profile);
  const first = BigInt(machine.physBasePfn);
  const pages = BigInt(machine.physPages);
  const taken = {
    "the RAM": [directMap + first * BigInt(PAGE_SIZE), pages * BigInt(PAGE_SIZE)],
    "the page structures": [
      vmemmap + first * BigInt(STRUCT_PAGE_SIZE),
      pages * BigInt(STRUCT_PAGE_SIZE),
    ],
    glob: [machine.glob, BigInt(GLOB_SIZE)],
    vglob: [machine.vglob, BigInt(GLOB_SIZE)],
  };
  const end = address + BigInt(size);
  if (end > 1n << 64n) throw new UserError("the region runs over the end of memory");
  for (const [what, [start, length]] of Object.entries(taken)) {
    const isNamePart = what.endsWith("glob") && address >= start && end <= start + length;
    if (isNamePart) continue;
    if (address < start + length && start < end) {
      throw new UserError(`the region overlaps ${what} at 0x${start.toString(16)}`);
    }
  }
}

/** Undefined where the default memory has them all. */
function memoryAround(frames: readonly number[]): PhysicalMemory | undefined {
  if (frames.length === 0) return undefined;
  const lowest = Math.min(...frames);
  const highest = Math.max(...frames);
  const isInDefault =
    lowest >= FIRST_SLAB_PFN + GRANULE_PAGES &&
    highest + BLOCK_PAGES <= FIRST_SLAB_PFN - LOW_PAGES - NAME_PAGES + DEFAULT_PAGES;
  if (isInDefault) return undefined;
  // One granule below the lowest frame is left to the kernel's structures.
  const basePfn = Math.max(0, roundDown(lowest) - GRANULE_PAGES);
  const needed = alignUp(highest + BLOCK_PAGES - basePfn, GRANULE_PAGES);
  return { basePfn, pages: Math.min(Math.max(DEFAULT_PAGES, needed), MEMORY_LIMIT.pages) };
}

/** The frames of the program's `nextpfn` operations. */
function namedFrames({ ops }: Program): readonly number[] {
  return ops.flatMap((op) => (op.op === "nextpfn" ? [op.pfn] : []));
}

function roundDown(pfn: number): number {
  return Math.floor(pfn / GRANULE_PAGES) * GRANULE_PAGES;
}
