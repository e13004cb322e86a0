// The heap as it is after the last operation of a program that ran.
import { unreachable } from "../../base/assert.ts";
import { SlabHeap } from "../core/heap.ts";
import { inspectCache } from "../core/inspect.ts";
import { type CacheFields, listedCaches } from "../core/kmem_cache.ts";
import { slabOf } from "../core/struct_page.ts";
import { bootLineOf } from "../program/boot_line.ts";
import { recordAt } from "../program/decode.ts";
import { encode } from "../program/encode.ts";
import type { ProgramImage } from "../program/image.ts";
import { bootCacheNames } from "../program/kmalloc.ts";
import type { Machine } from "../program/machine.ts";
import type { ProfileName, Program, ProgramOp } from "../program/op.ts";
import { type ReplayStep, replay } from "../run/replay.ts";
import type { CacheRecord, CpuRecord, HeapNames, SlabListRecord } from "./cache_record.ts";
import { cacheRecords } from "./cache_record.ts";
import type { CpuSheavesRecord, PrefilledRecord, SheafRecord } from "./sheaf_record.ts";
import type { ChainRecord, ObjectRecord, SlabRecord } from "./slab_record.ts";
import { machineLine } from "./transcript.ts";

/** What can be shown. */
export const VIEWS = ["slabs", "slabinfo"] as const;
export type View = (typeof VIEWS)[number];

export function isView(word: string): word is View {
  return (VIEWS as readonly string[]).includes(word);
}

export interface ShowRequest {
  readonly name: string;
  readonly program: Program;
  readonly machine: Machine;
  readonly view: View;
}

/** Runs a program to its end and looks at what is left. */
class Aftermath {
  readonly heap = new SlabHeap();
  readonly names: HeapNames;
  /** The last operation that ran. */
  readonly last: ReplayStep | undefined;
  readonly ran: number;
  readonly #bootCount: number;
  /** kmem_caches, by index, that the program has objects of. */
  readonly #touched = new Set<number | undefined>();

  constructor({ program, machine }: ShowRequest) {
    const steps = [...replay(program, machine, { heap: this.heap })];
    const boot = bootCacheNames(machine.profile);
    this.#bootCount = boot.length;
    for (const { pointer } of steps) {
      if (pointer !== undefined) this.#touched.add(slabOf(this.heap, pointer)?.cache);
    }
    this.last = steps.at(-1);
    this.ran = steps.length;
    this.names = {
      cacheName: (index) => this.last?.caches.nameOf(index) ?? boot[index],
      address: (address) => this.last?.symbols.nameOf(address),
      prefilled: this.#prefilled(encode(program, machine), program.ops.slice(0, steps.length)),
    };
  }

  /** Sheaves that the program has got, and not given back. */
  #prefilled(image: ProgramImage, ops: readonly ProgramOp[]): readonly PrefilledRecord[] {
    const held = new Map<string, number>();
    for (const [i, op] of ops.entries()) {
      if (op.op === "sheafget") held.set(op.slot, recordAt(image, i).slot);
      else if (op.op === "sheafput") held.delete(op.target.slot);
    }
    return [...held].map(([slot, number]) => ({ slot, address: this.heap.slot(number) }));
  }

  /**
   * The program's own caches, and those of the kernel that it shares. What the kernel keeps for
   * itself (names of caches, on 3.10) is no concern of the program's.
   */
  get caches(): CacheRecord[] {
    return cacheRecords(
      this.heap,
      this.names,
      ({ index, refcount, nrSlabs }) =>
        index >= this.#bootCount || (refcount > 1 && nrSlabs !== 0) || this.#touched.has(index),
    );
  }
}

/** As text, in the manner of the tools that print the same. */
export function showText(request: ShowRequest): string {
  const after = new Aftermath(request);
  const { last } = after;
  const head = [
    machineLine(request.name, request.machine),
    last === undefined ? "before op 0" : `after op ${last.index}: ${last.text} => ${last.result}`,
  ];
  return [...head, "", ...viewLines(request, after)].join("\n");
}

function viewLines({ view }: ShowRequest, after: Aftermath): string[] {
  const { heap, names } = after;
  if (view === "slabinfo") return slabinfoLines(slabinfoRows(heap, names.cacheName));
  const { caches } = after;
  if (caches.length === 0) return ["no cache has slabs"];
  return caches.flatMap((cache, i) => (i === 0 ? kmemLines(cache) : ["", ...kmemLines(cache)]));
}

/** As data. */
export function showRecord(request: ShowRequest): object {
  const { name, machine, view } = request;
  const after = new Aftermath(request);
  const { heap, names, last, ran } = after;
  return {
    source: name,
    profile: machine.profile,
    boot: bootLineOf(machine),
    cpus: machine.nrCpuIds,
    ran,
    last: last === undefined ? null : { op: last.index, text: last.text, result: last.result },
    [view]: view === "slabs" ? after.caches : slabinfoRows(heap, names.cacheName),
  };
}

export interface SlabinfoRow {
  readonly name: string;
  readonly activeObjects: number;
  readonly objects: number;
  readonly objectSize: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly activeSlabs: number;
  readonly slabs: number;
}

const HEAD = [
  "slabinfo - version: 2.1",
  "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>" +
    " : tunables <limit> <batchcount> <sharedfactor>" +
    " : slabdata <active_slabs> <num_slabs> <sharedavail>",
];

/** SLUB has nothing to tune. */
const TUNABLES = " : tunables    0    0    0";

/**
 * /proc/slabinfo: a line for each cache on slab_caches, the youngest first. What CPUs have on their
 * free lists counts as active, and `objsize` is the whole stride of an object.
 */
function slabinfoRows(heap: SlabHeap, nameOf: (index: number) => string): SlabinfoRow[] {
  return listedCaches(heap)
    .filter((cache) => isListed(heap.machine.profile, cache))
    .map((cache) => rowOf(heap, cache, nameOf(cache.index)));
}

/** A destroy that fails takes the cache off the list since 6.12. */
function isListed(profile: ProfileName, { state }: CacheFields): boolean {
  return state === "alive" || profile === "v3.10" || profile === "v6.1";
}

function rowOf(heap: SlabHeap, cache: CacheFields, name: string): SlabinfoRow {
  const { slabs } = inspectCache(heap, cache.index).partial;
  // A list that runs in a circle counts once around.
  const partial = new Map(slabs.map(({ page, objects, inuse }) => [page, objects - inuse]));
  const free = [...partial.values()].reduce((sum, count) => sum + count, 0);
  return {
    name,
    activeObjects: cache.totalObjects - free,
    objects: cache.totalObjects,
    objectSize: cache.size,
    objectsPerSlab: cache.objects,
    pagesPerSlab: 1 << cache.order,
    activeSlabs: cache.nrSlabs,
    slabs: cache.nrSlabs,
  };
}

function slabinfoLines(rows: readonly SlabinfoRow[]): string[] {
  return [...HEAD, ...rows.map(rowLine)];
}

function rowLine(row: SlabinfoRow): string {
  const objects = `${long(row.activeObjects)} ${long(row.objects)} ${pad(row.objectSize, 6)}`;
  const slab = `${pad(row.objectsPerSlab, 4)} ${pad(row.pagesPerSlab, 4)}`;
  const slabdata = `${long(row.activeSlabs)} ${long(row.slabs)} ${long(0)}`;
  return `${row.name.padEnd(17)} ${objects} ${slab}${TUNABLES} : slabdata ${slabdata}`;
}

/** %6lu */
function long(value: number): string {
  return `${BigInt.asUintN(64, BigInt(value))}`.padStart(6);
}

function pad(value: number, width: number): string {
  return `${value}`.padStart(width);
}

const CACHE_HEAD = "CACHE             OBJSIZE  ALLOCATED     TOTAL  SLABS  SSIZE  NAME";
const SLAB_HEAD = "  SLAB              MEMORY            NODE  TOTAL  ALLOCATED  FREE";
const NODE_HEAD = "KMEM_CACHE_NODE   NODE  SLABS  PARTIAL  PER-CPU";
const EMPTY = "  (empty)";
const NOT_TRACKED = "  (not tracked)";
const NODE = 0;

/**
 * A cache, what its CPUs have, and the lists of its node. As `kmem -S` of the crash tool has it,
 * whose users know where to look. A line that begins with `kmem:` says what is damaged.
 */
function kmemLines(cache: CacheRecord): string[] {
  const { node } = cache;
  const counts = `${pad(node.slabs, 5)}  ${pad(node.partial, 7)}  ${pad(node.perCpu, 7)}`;
  return [
    CACHE_HEAD,
    cacheLine(cache),
    ...sheafLines(cache),
    ...runsOf(cache.cpus, (one, other) => isIdle(one) && isIdle(other)).flatMap((cpus) =>
      cpus.length === 1
        ? cpuLines(cache, cpus[0])
        : [`CPU ${cpus[0].cpu} to ${cpus.at(-1)?.cpu}:`, EMPTY],
    ),
    NODE_HEAD,
    `${node.address}  ${pad(NODE, 4)}  ${counts}`,
    `NODE ${NODE} PARTIAL:`,
    ...listLines(cache, cache.partial),
    `NODE ${NODE} FULL:`,
    ...(cache.full === null ? [NOT_TRACKED] : listLines(cache, cache.full)),
    ...(cache.unlisted === undefined
      ? []
      : ["IN SHEAVES ONLY:", ...listLines(cache, cache.unlisted)]),
  ];
}

const SHEAF_HEAD = "  SHEAF             SIZE  CAPACITY";

/** The sheaves of a cache of 7.3; where it has any, they stand in the place of cpu slabs. */
function sheafLines({ name, sheaves }: CacheRecord): readonly string[] {
  if (sheaves === undefined) return [];
  const linesOf = (records: readonly SheafRecord[]): readonly string[] =>
    records.length === 0
      ? [EMPTY]
      : [SHEAF_HEAD, ...records.flatMap((one) => sheafLine(name, one))];
  const cpus = runsOf(sheaves.cpus, (one, other) => isWithout(one) && isWithout(other));
  return [
    ...cpus.flatMap((run) => {
      const [{ cpu, address, sheaves: held }] = run;
      if (run.length > 1) return [`CPU ${cpu} to ${run.at(-1)?.cpu}:`, EMPTY];
      return [`CPU ${cpu} SLUB_PERCPU_SHEAVES:`, `  ${address}`, ...linesOf(held)];
    }),
    `NODE ${NODE} BARN FULL:`,
    ...linesOf(sheaves.full),
    `NODE ${NODE} BARN EMPTY:`,
    sheaves.empty === 0 ? EMPTY : `  ${sheaves.empty}`,
    ...(sheaves.prefilled.length === 0 ? [] : ["PREFILLED:", ...linesOf(sheaves.prefilled)]),
  ];
}

function sheafLine(cache: string, record: SheafRecord): readonly string[] {
  const { address, size, capacity, place, notes } = record;
  return [
    ...notes.map((note) => `kmem: ${cache}: sheaf: ${address} ${note}`),
    `  ${address}  ${pad(size, 4)}  ${pad(capacity, 8)}  ${place}`,
  ];
}

function isWithout({ sheaves }: CpuSheavesRecord): boolean {
  return sheaves.length === 0;
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
    ...runsOf(record.objects, isAlike).flatMap(runLines),
  ];
}

function isAlike(one: ObjectRecord, other: ObjectRecord): boolean {
  return one.state === other.state && one.cpu === other.cpu && one.waits === other.waits;
}

/** Of many objects in a row that are alike, the first and the last. */
function runLines(run: readonly ObjectRecord[]): readonly string[] {
  const lines = run.map(objectLine);
  if (lines.length <= RUN_MAX) return lines;
  return [lines[0], `   ... ${lines.length - 2} more ...`, lines[lines.length - 1]];
}

const RUN_MAX = 4;

function isIdle({ slab, partial, notes }: CpuRecord): boolean {
  const isWhole = partial.damage === undefined && notes.length === 0;
  return slab === null && partial.slabs.length === 0 && isWhole;
}

/** Neighbours that are alike, together. */
function runsOf<T>(items: readonly T[], isSame: (one: T, other: T) => boolean): readonly T[][] {
  const runs: T[][] = [];
  for (const item of items) {
    const run = runs.at(-1);
    if (run !== undefined && isSame(run[0], item)) run.push(item);
    else runs.push([item]);
  }
  return runs;
}

function objectLine({ address, state, cpu, waits }: ObjectRecord): string {
  if (state === "allocated") return `  [${address}]`;
  if (waits !== undefined) return `   ${address}  (${waits})`;
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
