// Operations as statements in C, through functions that any module may call. What only the
// allocator's own code can do is left out, with a word about it.
import { Letter } from "../abi.ts";
import { lettersOfFlags } from "../slub/program/letters.ts";
import { type Address, isAddressName, type PlaceOp, type ProgramOp } from "../slub/program/op.ts";
import { numberedSlots } from "../slub/program/scope.ts";

/** Letters of the script language, as flags of kmem_cache_create(). */
const FLAGS: readonly (readonly [number, string])[] = [
  [Letter.F, "SLAB_CONSISTENCY_CHECKS"],
  [Letter.Z, "SLAB_RED_ZONE"],
  [Letter.P, "SLAB_POISON"],
  [Letter.U, "SLAB_STORE_USER"],
  [Letter.T, "SLAB_TRACE"],
  [Letter.H, "SLAB_HWCACHE_ALIGN"],
  [Letter.R, "SLAB_TYPESAFE_BY_RCU"],
  [Letter.K, "SLAB_RECLAIM_ACCOUNT"],
  [Letter.A, "SLAB_ACCOUNT"],
  [Letter.D, "SLAB_CACHE_DMA32"],
  // What keeps a cache from being merged, in every kernel.
  [Letter.NOLEAKTRACE, "SLAB_NOLEAKTRACE"],
];

/** The statements of an operation; none where a module cannot do it. */
export function statementsOf(op: ProgramOp, names: CNames): readonly string[] {
  switch (op.op) {
    case "cache":
      return [createCache(op, names)];
    case "alloc":
      return [
        `${names.fill([op.slot])} = kmem_cache_alloc(${names.cache(op.name)}, ${gfp(op.zero)});`,
      ];
    case "allocn":
      return numberedSlots(op.prefix, op.count).map(
        (slot) => `${names.fill([slot])} = kmem_cache_alloc(${names.cache(op.name)}, GFP_KERNEL);`,
      );
    case "bulkalloc":
      return [bulkAlloc(op, names)];
    case "free":
      return [free(op.name, op.target, names)];
    case "freeoff":
      return [free(op.name, moved(op.target, op.offset), names)];
    case "freen":
      return numberedSlots(op.prefix, op.count)
        .filter((slot) => names.hasSlot(slot))
        .map((slot) => free(op.name, { slot, offset: 0 }, names));
    case "bulkfree":
      return bulkFree(op, names);
    case "shrink":
      return [`kmem_cache_shrink(${names.cache(op.name)});`];
    case "destroy":
      return destroyCache(op.name, names);
    case "cpu":
      return [`set_cpus_allowed_ptr(current, cpumask_of(${op.cpu}));`];
    case "geomtsv":
    case "setoffset":
    case "geometry":
    case "validate":
    case "state":
    case "list":
    case "rfp":
    case "wfp":
    case "ctorcalls":
    case "scrub":
    case "info":
    case "nextpfn":
      return [];
    default:
      return placeStatements(op, names);
  }
}

function placeStatements(op: PlaceOp, names: CNames): readonly string[] {
  switch (op.op) {
    case "kmalloc":
      return [`${names.fill([op.slot])} = kmalloc(${op.size}, ${gfp(op.zero)});`];
    case "kfree":
      return [`kfree(${names.place(op.target)});`];
    case "krealloc": {
      const old = names.place(op.target);
      return [`${names.fill([op.slot])} = krealloc(${old}, ${op.size}, GFP_KERNEL);`];
    }
    case "ksize":
      return [`pr_info("ksize %zu\\n", ksize(${names.place(op.target)}));`];
    case "write":
      return [`memcpy(${placeAt(op, names)}, ${bytesOf(op.hex)}, ${op.hex.length / 2});`];
    case "fill":
      return [`memset(${placeAt(op, names)}, 0x${op.byte.toString(16)}, ${op.length});`];
    case "xor":
      return op.offset === "fp" ? [] : [xor({ ...op, offset: op.offset }, names)];
    case "read":
      return [
        'print_hex_dump(KERN_INFO, "read ", DUMP_PREFIX_OFFSET, 16, 1, ' +
          `${placeAt(op, names)}, ${op.length}, false);`,
      ];
    case "wptr":
      return [`*(void **)${placeAt(op, names)} = ${names.place(op.value)};`];
    case "rptr":
      return [`pr_info("pointer %px\\n", *(void **)${placeAt(op, names)});`];
    case "slot": {
      const value = names.place(op.target);
      return [`${names.fill([op.slot])} = ${value};`];
    }
    case "cmp":
      return [
        'pr_info("equal %d\\n", ' +
          `(void *)${names.place(op.target)} == (void *)${names.place(op.other)});`,
      ];
    case "sym":
      return [`pr_info("place %px\\n", ${names.place(op.target)});`];
    case "listinit":
      return [`INIT_LIST_HEAD(${link(op.target, names)});`];
    case "listadd":
      return [`list_add(${link(op.target, names)}, ${link(op.head, names)});`];
    case "listaddtail":
      return [`list_add_tail(${link(op.target, names)}, ${link(op.head, names)});`];
    case "listdel":
      return [`list_del(${link(op.target, names)});`];
    case "region":
      // Foreign memory at an address of its own is vmalloc space wherever it happens to lie.
      return [`${names.fill([op.slot])} = vzalloc(${op.size});`];
    case "kgeometry":
    case "kvalidate":
    case "listwalk":
      return [];
  }
}

function createCache(op: Extract<ProgramOp, { op: "cache" }>, names: CNames): string {
  const letters = lettersOfFlags(op.flags, op.ctor);
  const flags = FLAGS.filter(([bit]) => (letters & bit) !== 0).map(([, name]) => name);
  const all = flags.length === 0 ? "0" : flags.join(" | ");
  const ctor = op.ctor ? "construct" : "NULL";
  const call = `kmem_cache_create(${cString(op.name)}, ${op.size}, ${op.align}, ${all}, ${ctor})`;
  return `${names.create(op.name)} = ${call};`;
}

function bulkAlloc(
  op: Extract<ProgramOp, { op: "bulkalloc" | "freen" | "allocn" }>,
  names: CNames,
) {
  const cache = names.cache(op.name);
  const first = names.fill(numberedSlots(op.prefix, op.count));
  const call = `kmem_cache_alloc_bulk(${cache}, GFP_KERNEL, ${op.count}, &${first})`;
  return `if (!${call})\n\t\tpr_warn("bulk allocation failed\\n");`;
}

function free(name: string, target: Address, names: CNames): string {
  return `kmem_cache_free(${names.cache(name)}, ${names.place(target)});`;
}

function bulkFree(op: Extract<ProgramOp, { op: "bulkfree" }>, names: CNames): readonly string[] {
  const known = op.targets.filter(({ slot }) => slot.startsWith("0x") || names.hasSlot(slot));
  if (known.length === 0) return [];
  return [
    ...known.map((target, i) => `bulk[${i}] = ${names.place(target)};`),
    `kmem_cache_free_bulk(${names.cache(op.name)}, ${known.length}, bulk);`,
  ];
}

/** A cache that is gone is not destroyed again when the module goes. */
function destroyCache(name: string, names: CNames): readonly string[] {
  const cache = names.cache(name);
  if (cache === "NULL") return [];
  names.destroy(name);
  return [`kmem_cache_destroy(${cache});`, `${cache} = NULL;`];
}

interface BytesAt {
  readonly target: Address;
  readonly offset: number;
}

function xor(op: BytesAt & { readonly hex: string }, names: CNames): string {
  return `xor_bytes(${placeAt(op, names)}, ${bytesOf(op.hex)}, ${op.hex.length / 2});`;
}

/** The address that an operation works on: always an `at`, which has a type that can be used. */
function placeAt({ target, offset }: BytesAt, names: CNames): string {
  return `at(${names.place({ ...target, offset: 0 })}, ${target.offset + offset})`;
}

function link(target: Address, names: CNames): string {
  return `(struct list_head *)${names.place(target)}`;
}

function moved(target: Address, offset: number): Address {
  return { ...target, offset: target.offset + offset };
}

function gfp(zero: boolean): string {
  return zero ? "GFP_KERNEL | __GFP_ZERO" : "GFP_KERNEL";
}

function bytesOf(hex: string): string {
  return `"${hex.replace(/../g, "\\x$&")}"`;
}

export class CNames {
  readonly #slots = new Map<string, number>();
  readonly #caches = new Map<string, number[]>();
  slotCount = 0;
  cacheCount = 0;

  /** Variables for slots that are filled, side by side; returns the first. */
  fill(names: readonly string[]): string {
    const first = this.slotCount;
    for (const name of names) this.#slots.set(name, this.slotCount++);
    return `slot[${first}]`;
  }

  hasSlot(name: string): boolean {
    return name === "null" || name === "glob" || name === "vglob" || this.#slots.has(name);
  }

  /** A place as an expression. */
  place({ slot, offset }: Address): string {
    const base = this.#base(slot);
    return offset === 0 ? base : `at(${base}, ${offset})`;
  }

  create(name: string): string {
    const made = this.#caches.get(name) ?? [];
    made.push(this.cacheCount);
    this.#caches.set(name, made);
    return `cache[${this.cacheCount++}]`;
  }

  /** The newest living cache of a name. */
  cache(name: string): string {
    const newest = this.#caches.get(name)?.at(-1);
    return newest === undefined ? "NULL" : `cache[${newest}]`;
  }

  destroy(name: string): void {
    this.#caches.get(name)?.pop();
  }

  #base(slot: string): string {
    if (isAddressName(slot)) return `(void *)${slot}UL`;
    if (slot === "null") return "NULL";
    if (slot === "glob" || slot === "vglob") return slot;
    const index = this.#slots.get(slot);
    return index === undefined ? "NULL" : `slot[${index}]`;
  }
}

/** Text between quotes. */
export function cString(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replaceAll("?", "\\?")}"`;
}

/** Text that may stand in a comment. */
export function cComment(text: string): string {
  return text.replaceAll("*/", "* /");
}
