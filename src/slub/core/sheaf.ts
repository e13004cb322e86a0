// Sheaves, read only: what CPUs and barns of a cache hold on 7.3. As in inspect.ts nothing is
// believed: every walk is bounded.
import { CpuSheavesLayout, SheafLayout, SheavesLayout } from "../../abi.ts";
import { ramBase } from "../program/machine.ts";
import type { SlabHeap } from "./heap.ts";
import { linearOfSheaves } from "./kmem_cache.ts";
import { readLong } from "./memory.ts";

/** A sheaf, as it says of itself. */
export interface Sheaf {
  readonly address: bigint;
  readonly size: number;
  /** Of a prefilled sheaf: what it has room for. */
  readonly capacity: number;
  /** The pointers that it holds, the next to be handed out first. */
  readonly objects: readonly bigint[];
}

/** What a CPU holds; undefined where it has no such sheaf. */
export interface CpuSheaves {
  readonly main: Sheaf | undefined;
  readonly spare: Sheaf | undefined;
  readonly rcuFree: Sheaf | undefined;
}

/** What waits on the node; full sheaves with the next to be taken first. */
export interface Barn {
  readonly full: readonly Sheaf[];
  readonly emptyCount: number;
}

/** The most pointers of a sheaf, and sheaves of a barn, that a walk shows. */
const OBJECTS_MAX = 1024;
const SHEAVES_MAX = 201;
const POINTER_BYTES = 8n;

export function readSheaf(heap: SlabHeap, address: bigint): Sheaf {
  const word = (offset: number): bigint => readLong(heap, address + BigInt(offset)) ?? 0n;
  const size = Number(BigInt.asUintN(32, word(SheafLayout.SIZE)));
  const capacity = Number(BigInt.asUintN(32, word(SheafLayout.CAPACITY)));
  const count = Math.min(size, OBJECTS_MAX);
  const first = address + BigInt(SheafLayout.OBJECTS);
  const objects = Array.from(
    { length: count },
    (_, i) => readLong(heap, first + POINTER_BYTES * BigInt(count - 1 - i)) ?? 0n,
  );
  return { address, size, capacity, objects };
}

export function readCpuSheaves(heap: SlabHeap, index: number, cpu: number): CpuSheaves {
  const at = linearOfSheaves(heap, index) + cpu * CpuSheavesLayout.SIZE;
  const sheaf = (field: CpuSheavesLayout): Sheaf | undefined => {
    const address = heap.views.readU64(at + field);
    return address === 0n ? undefined : readSheaf(heap, address);
  };
  return {
    main: sheaf(CpuSheavesLayout.MAIN),
    spare: sheaf(CpuSheavesLayout.SPARE),
    rcuFree: sheaf(CpuSheavesLayout.RCU_FREE),
  };
}

/** RAM addresses of the sheaves of a cache: of its CPUs, and of its barn, full ones and empty. */
export function sheavesOf(heap: SlabHeap, index: number): readonly bigint[] {
  const block = linearOfSheaves(heap, index);
  const fields = [CpuSheavesLayout.MAIN, CpuSheavesLayout.SPARE, CpuSheavesLayout.RCU_FREE];
  const held = Array.from({ length: heap.machine.cpus }, (_, cpu) =>
    fields.map((field) => heap.views.readU64(block + cpu * CpuSheavesLayout.SIZE + field)),
  );
  const inBarn = [SheavesLayout.BARN_FULL, SheavesLayout.BARN_EMPTY].flatMap((head) =>
    linksFrom(heap, index, head),
  );
  return [...held.flat().filter((address) => address !== 0n), ...inBarn];
}

export function readBarn(heap: SlabHeap, index: number): Barn {
  const block = linearOfSheaves(heap, index);
  const full = heap.views.readU32(block + SheavesLayout.NR_FULL);
  const emptyCount = heap.views.readU32(block + SheavesLayout.NR_EMPTY);
  return { full: full === 0 ? [] : fullSheaves(heap, index), emptyCount };
}

function fullSheaves(heap: SlabHeap, index: number): readonly Sheaf[] {
  return linksFrom(heap, index, SheavesLayout.BARN_FULL).map((link) => readSheaf(heap, link));
}

/** The sheaves of a list of the barn, the first one first. */
function linksFrom(heap: SlabHeap, index: number, list: SheavesLayout): readonly bigint[] {
  const block = linearOfSheaves(heap, index) - heap.areas.cache;
  const head = ramBase(heap.machine) + BigInt(block + list);
  const links: bigint[] = [];
  let link = readLong(heap, head);
  while (link !== undefined && link !== 0n && link !== head && links.length < SHEAVES_MAX) {
    links.push(link);
    link = readLong(heap, link);
  }
  return links;
}
