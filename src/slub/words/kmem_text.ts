// Caches and slabs in the manner of `kmem -S` of the crash tool, whose users know where to look. A
// line that begins with `kmem:` says what is damaged, above the slab or list that it is about.
import { unreachable } from "../../base/assert.ts";
import type { CacheRecord, CpuRecord, SlabListRecord } from "./cache_record.ts";
import type { ChainRecord, ObjectRecord, SlabRecord } from "./slab_record.ts";

const CACHE_HEAD = "CACHE             OBJSIZE  ALLOCATED     TOTAL  SLABS  SSIZE  NAME";
const SLAB_HEAD = "  SLAB              MEMORY            NODE  TOTAL  ALLOCATED  FREE";
const NODE_HEAD = "KMEM_CACHE_NODE   NODE  SLABS  PARTIAL  PER-CPU";
const EMPTY = "  (empty)";
const NOT_TRACKED = "  (not tracked)";
const NODE = 0;

/** A cache, what its CPUs have, and the lists of its node. */
export function kmemLines(cache: CacheRecord): string[] {
  const { node } = cache;
  const counts = `${pad(node.slabs, 5)}  ${pad(node.partial, 7)}  ${pad(node.perCpu, 7)}`;
  return [
    CACHE_HEAD,
    cacheLine(cache),
    ...cache.cpus.flatMap((cpu) => cpuLines(cache, cpu)),
    NODE_HEAD,
    `${node.address}  ${pad(NODE, 4)}  ${counts}`,
    `NODE ${NODE} PARTIAL:`,
    ...listLines(cache, cache.partial),
    `NODE ${NODE} FULL:`,
    ...(cache.full === null ? [NOT_TRACKED] : listLines(cache, cache.full)),
  ];
}

function cacheLine({ address, name, state, ...cache }: CacheRecord): string {
  const figures = [
    pad(cache.objectSize, 7),
    pad(cache.allocated, 9),
    pad(cache.total, 8),
    pad(cache.slabs, 5),
    `${pad(cache.slabBytes / 1024, 4)}k`,
  ];
  const mark = state === "busy" ? " (destroyed while objects remained)" : "";
  return `${address}  ${figures.join("  ")}  ${name}${mark}`;
}

function cpuLines(cache: CacheRecord, { cpu, address, slab, partial, notes }: CpuRecord): string[] {
  return [
    `CPU ${cpu} KMEM_CACHE_CPU:`,
    `  ${address}`,
    `CPU ${cpu} SLAB:`,
    ...notes.map((note) => `kmem: ${cache.name}: cpu ${cpu}: ${note}`),
    ...(slab === null ? [EMPTY] : slabLines(cache, slab)),
    `CPU ${cpu} PARTIAL:`,
    ...listLines(cache, partial),
  ];
}

function listLines(cache: CacheRecord, { slabs, damage }: SlabListRecord): string[] {
  const lines = slabs.flatMap((slab) => slabLines(cache, slab));
  if (damage !== undefined) lines.push(`kmem: ${cache.name}: list: ${damage}`);
  return lines.length === 0 ? [EMPTY] : lines;
}

function slabLines({ name }: CacheRecord, record: SlabRecord): string[] {
  const { slab, memory, total, allocated, free } = record;
  const damages = record.chains.flatMap(damageOf);
  const counts = `${pad(total, 5)}  ${pad(allocated, 9)}  ${pad(free, 4)}`;
  return [
    SLAB_HEAD,
    ...[...damages, ...record.notes].map((text) => `kmem: ${name}: slab: ${slab} ${text}`),
    `  ${slab}  ${memory}  ${pad(NODE, 4)}  ${counts}`,
    "  FREE / [ALLOCATED]",
    ...record.objects.map(objectLine),
  ];
}

function objectLine({ address, state, cpu }: ObjectRecord): string {
  if (state === "allocated") return `  [${address}]`;
  return cpu === undefined ? `   ${address}` : `   ${address}  (cpu ${cpu} cache)`;
}

function damageOf({ of, damage }: ChainRecord): string[] {
  const list = of === "cpu" ? "cpu freelist" : "freelist";
  switch (damage?.kind) {
    case undefined:
      return [];
    case "cycle":
      return [`${list} cycle: it comes back to ${damage.object}`];
    case "misaligned":
    case "foreign": {
      const name = damage.name === undefined ? "" : `: ${damage.name}`;
      return [`${list} invalid freepointer: ${damage.pointer} (${damage.kind}${name})`];
    }
    case "unreadable":
      return [`${list} unreadable: no memory at the free pointer of ${damage.object}`];
    default:
      return unreachable(damage);
  }
}

function pad(value: number, width: number): string {
  return `${value}`.padStart(width);
}
