// A slab as a debugger of crash dumps sees it: which of its objects are free, and what is wrong
// with the lists that say so. Nothing is believed; every walk ends after as many steps as the slab
// has objects.
import { PAGE_SHIFT, PageFlag } from "../../abi.ts";
import { unreachable } from "../../base/assert.ts";
import { hex64 } from "../../base/hex.ts";
import type { SlabHeap } from "../core/heap.ts";
import { type FreeChain, objectAddress, walkChain } from "../core/inspect.ts";
import type { CacheFields } from "../core/kmem_cache.ts";
import type { PageFields } from "../core/struct_page.ts";
import { pageAddress } from "../program/machine.ts";

/** What is wrong with a free list. */
type ChainDamage =
  | { readonly kind: "cycle"; readonly object: string }
  | { readonly kind: "misaligned" | "foreign"; readonly pointer: string; readonly name?: string }
  | { readonly kind: "unreadable"; readonly object: string };

/** A free list: the slab's own, or the lockless one of the CPU that has the slab. */
export interface ChainRecord {
  readonly of: "slab" | "cpu";
  /** Numbers of the objects on it, from its head on; each once. */
  readonly objects: readonly number[];
  readonly damage?: ChainDamage;
}

export interface ObjectRecord {
  readonly address: string;
  readonly state: "allocated" | "free";
  /** The CPU whose lockless list it is on. */
  readonly cpu?: number;
  /** Of a cache with sheaves: where it waits, `cpu 0 main` or `slab freelist`. */
  readonly waits?: string;
}

export interface SlabRecord {
  /** Addresses of its struct page and of its memory. */
  readonly slab: string;
  readonly memory: string;
  readonly total: number;
  /** Objects that are on no free list. */
  readonly allocated: number;
  readonly free: number;
  /** The value of slab->inuse. */
  readonly inuse: number;
  readonly frozen: boolean;
  readonly objects: readonly ObjectRecord[];
  readonly chains: readonly ChainRecord[];
  /** What else is wrong, one sentence each. */
  readonly notes: readonly string[];
}

/** Names of addresses, where they have one. */
export type AddressNames = (address: bigint) => string | undefined;

/** A heap to look at, and the names for its addresses. */
export interface SlabView {
  readonly heap: SlabHeap;
  readonly cache: CacheFields;
  readonly nameOf: AddressNames;
  /** Names of caches, for slabs that are on the wrong list. */
  readonly cacheName: (index: number) => string;
  /** Of a cache with sheaves: which of them an object waits in. */
  readonly sheafOf?: (object: bigint) => string | undefined;
}

/** The CPU that a slab is the cpu slab of, and the head of its lockless list. */
interface CpuOwner {
  readonly cpu: number;
  readonly freelist: bigint;
}

/** A slab and its objects. */
export function slabRecord(view: SlabView, page: PageFields, owner?: CpuOwner): SlabRecord {
  const { heap, cache } = view;
  const own = chainRecord(view, page, "slab", page.freelist);
  const lockless = owner && chainRecord(view, page, "cpu", owner.freelist);
  const objects = objectRecords(view, page, { own, lockless, cpu: owner?.cpu });
  const free = objects.filter(({ state }) => state === "free").length;
  const record = {
    slab: hex64(page.page),
    memory: hex64(pageAddress(heap.machine, page.page)),
    total: page.objects,
    allocated: page.objects - free,
    free,
    inuse: page.inuse,
    frozen: page.frozen,
    objects,
    chains: lockless === undefined ? [own] : [own, lockless],
  };
  return { ...record, notes: notesOf(view, page, own, cache.index) };
}

interface Chains {
  readonly own: ChainRecord;
  readonly lockless: ChainRecord | undefined;
  readonly cpu: number | undefined;
}

function objectRecords(
  { heap, cache, sheafOf }: SlabView,
  page: PageFields,
  { own, lockless, cpu }: Chains,
): ObjectRecord[] {
  const onSlab = new Set(own.objects);
  const onCpu = new Set(lockless?.objects);
  return Array.from({ length: page.objects }, (_, index) => {
    const object = objectAddress(heap, cache, page, index);
    const address = hex64(object);
    if (onCpu.has(index)) return { address, state: "free", cpu };
    const waits =
      sheafOf && [sheafOf(object) ?? [], onSlab.has(index) ? "slab freelist" : []].flat();
    if (waits !== undefined && waits.length > 0) {
      return { address, state: "free", waits: waits.join(", ") };
    }
    return { address, state: onSlab.has(index) ? "free" : "allocated" };
  });
}

function chainRecord(
  view: SlabView,
  page: PageFields,
  of: ChainRecord["of"],
  head: bigint,
): ChainRecord {
  const chain = walkChain(view.heap, view.cache, page, head);
  const objects = [...new Set(chain.indices)];
  const damage = damageOf(view, page, chain);
  return damage === undefined ? { of, objects } : { of, objects, damage };
}

function damageOf(view: SlabView, page: PageFields, chain: FreeChain): ChainDamage | undefined {
  const { heap, cache } = view;
  const object = (index: number): string => hex64(objectAddress(heap, cache, page, index));
  switch (chain.end) {
    case "null":
      return undefined;
    case "loop":
      return { kind: "cycle", object: object(firstRepeated(chain.indices)) };
    case "fault":
      return { kind: "unreadable", object: object(chain.indices.at(-1) ?? 0) };
    case "bad":
      return badPointer(view, page, chain.bad ?? 0n);
    default:
      return unreachable(chain.end);
  }
}

/** The object at which the walk came back to where it had been. */
function firstRepeated(indices: readonly number[]): number {
  const seen = new Set<number>();
  for (const index of indices) {
    if (seen.has(index)) return index;
    seen.add(index);
  }
  return indices[0];
}

/** A pointer into the slab's memory that is no object's, or one to anywhere else. */
function badPointer({ heap, nameOf }: SlabView, page: PageFields, bad: bigint): ChainDamage {
  const offset = bad - pageAddress(heap.machine, page.page);
  const isInside = offset >= 0n && offset < 1n << BigInt(PAGE_SHIFT + page.order);
  const kind = isInside ? "misaligned" : "foreign";
  const name = nameOf(bad);
  return { kind, pointer: hex64(bad), ...(name === undefined ? {} : { name }) };
}

function notesOf(view: SlabView, page: PageFields, own: ChainRecord, index: number): string[] {
  const notes: string[] = [];
  if ((page.flags & PageFlag.SLAB) === 0) notes.push("not a slab page");
  else if (page.cache === undefined) notes.push("belongs to no kmem_cache");
  else if (page.cache !== index) notes.push(`belongs to ${view.cacheName(page.cache)}`);
  const inUse = page.objects - own.objects.length;
  if (own.damage === undefined && page.inuse !== inUse) {
    notes.push(`inuse is ${page.inuse}, but ${inUse} objects are not on its freelist`);
  }
  return notes;
}
