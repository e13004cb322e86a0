// The operations of the script language: the one table by which scripts are read and printed,
// programs are encoded and decoded, results are told, help is written and modules in C are made.
//
//   code, aux   the record of the core; `aux` tells operations of the same code apart, and those of
//               NOP are the host's to answer
//   fields      what it is about, in the order in which a script writes it
//   result      how its result reads: one of the kinds in slub/run/recorder.ts
//   c           what a kernel module does for it, if it can; export/c_statements.ts fills the
//               names in braces
//   help        its line in `slabfuzz help script`
import { Op } from "../../abi.ts";
import { FIELD_KINDS, type FieldKind, type Lies } from "./fields.ts";
import { core, type Group, host, type Operation } from "./operation.ts";
import { SHEAVES } from "./sheaf_operations.ts";

/** What a cache is created from. */
const CREATION = [
  "newCache",
  "size",
  "newAlign",
  "flags",
  "ctor",
  "sheafCapacity",
  "freePlace",
] as const;

const CACHES = {
  cache: {
    ...core(Op.CACHE, ...CREATION),
    result: "created",
    c: "{new cache} = kmem_cache_create({quoted name}, {size}, {align}, {flags}, {ctor});",
    help: "kmem_cache_create; NAME may exist already",
  },
  shrink: {
    ...core(Op.SHRINK, "cache"),
    result: "returned",
    c: "kmem_cache_shrink({name});",
    help: "kmem_cache_shrink",
  },
  validate: {
    ...core(Op.VALIDATE, "cache"),
    result: "validated",
    help: "checks every object, as /sys/kernel/slab/NAME/validate does",
  },
  destroy: {
    ...core(Op.DESTROY, "cache"),
    result: "destroyed",
    c: "kmem_cache_destroy({living cache});\n\t{destroyed cache} = NULL;",
    help: "kmem_cache_destroy",
  },
  setoffset: {
    ...core(Op.SET_OFFSET, "cache", "freeOffset"),
    result: "geometry",
    help: "moves the free pointer of the cache's objects to that offset",
  },
} as const satisfies Group;

const OBJECTS = {
  alloc: {
    ...core(Op.ALLOC, "cache", "slot", "zero"),
    result: "allocated",
    c: "{slot} = kmem_cache_alloc({name}, {zero});",
    help: "kmem_cache_alloc; with z it is zeroed",
  },
  allocn: {
    ...core(Op.ALLOC_N, "cache", "count", "prefix"),
    result: "all allocated",
    c: "{each new slot} = kmem_cache_alloc({name}, GFP_KERNEL);",
    help: "as many, into the slots PREFIX0, PREFIX1 ...",
  },
  free: {
    ...core(Op.FREE, "cache", "target"),
    result: "freed",
    c: "kmem_cache_free({name}, {target});",
    help: "kmem_cache_free",
  },
  freen: {
    ...core(Op.FREE_N, "cache", "count", "freedPrefix"),
    result: "freed",
    c: "kmem_cache_free({name}, {each slot});",
    help: "frees the slots PREFIX0, PREFIX1 ..., one by one",
  },
  freeoff: {
    ...core(Op.FREE, "cache", "target", "offset"),
    aux: 1,
    result: "freed",
    c: "kmem_cache_free({name}, {sum});",
    help: "frees the address that many bytes behind TARGET",
  },
  bulkalloc: {
    ...core(Op.BULK_ALLOC, "cache", "count", "prefix"),
    result: "bulk allocated",
    c:
      "if (!kmem_cache_alloc_bulk({name}, GFP_KERNEL, {count}, &{new " +
      'slots}))\n\t\tpr_warn("bulk allocation failed\\n");',
    help: "kmem_cache_alloc_bulk, into the slots PREFIX0 ...",
  },
  bulkfree: {
    ...core(Op.BULK_FREE, "cache", "targets"),
    result: "bulk freed",
    c: "{stores in bulk}\n\tkmem_cache_free_bulk({name}, {bulk count}, bulk);",
    help: "kmem_cache_free_bulk",
  },
  bulkfreen: {
    ...core(Op.BULK_FREE, "cache", "bulkCount", "freedPrefix"),
    aux: 1,
    result: "bulk freed",
    c: "{stores in bulk}\n\tkmem_cache_free_bulk({name}, {bulk count}, bulk);",
    help: "the same, of the slots PREFIX0, PREFIX1 ...",
  },
  kmalloc: {
    ...core(Op.KMALLOC, "bytes", "slot", "zero"),
    result: "kmalloced",
    c: "{slot} = kmalloc({size}, {zero});",
    help: "kmalloc, with z kzalloc",
  },
  krealloc: {
    ...core(Op.KREALLOC, "target", "bytes", "nextSlot"),
    result: "kreallocated",
    c: "{slot} = krealloc({target}, {size}, GFP_KERNEL);",
    help: "krealloc; NEWSLOT remembers what it returns",
  },
  kfree: {
    ...core(Op.KFREE, "target"),
    result: "freed",
    c: "kfree({target});",
    help: "kfree",
  },
  ksize: {
    ...core(Op.KSIZE, "target"),
    result: "number",
    c: 'pr_info("ksize %zu\\n", ksize({target}));',
    help: "ksize",
  },
} as const satisfies Group;

const MEMORY = {
  write: {
    ...core(Op.WRITE, "target", "offset", "hex"),
    result: "written",
    c: "memcpy({at}, {hex}, {hex length});",
    help: "writes bytes",
  },
  fill: {
    ...core(Op.FILL, "target", "offset", "length", "byte"),
    result: "written",
    c: "memset({at}, {byte}, {length});",
    help: "writes one byte many times",
  },
  read: {
    ...core(Op.READ, "target", "offset", "readLength"),
    result: "bytes",
    c: 'print_hex_dump(KERN_INFO, "read ", DUMP_PREFIX_OFFSET, 16, 1, {at}, {length}, false);',
    help: "shows bytes",
  },
  xor: {
    ...core(Op.XOR, "target", "xorOffset", "hex"),
    result: "ok",
    c: "xor_bytes({at}, {hex}, {hex length});",
    help: "flips bits; fp is where the free pointer lies",
  },
  wptr: {
    ...core(Op.WPTR, "target", "offset", "value"),
    result: "written",
    c: "*(void **){at} = {value};",
    help: "writes a pointer of eight bytes, the address of the second place",
  },
  rptr: {
    ...core(Op.RPTR, "target", "offset"),
    result: "loaded pointer",
    c: 'pr_info("pointer %px\\n", *(void **){at});',
    help: "shows such a pointer",
  },
  wfp: {
    ...core(Op.WFP, "cache", "target", "value"),
    result: "ok",
    help: "writes a free object's link, encoded as the cache does",
  },
  rfp: {
    ...core(Op.RFP, "cache", "target"),
    result: "loaded pointer",
    help: "shows the link of a free object",
  },
  slot: {
    ...core(Op.SLOT, "pointerSlot", "pointer"),
    result: "pointer",
    c: "{slot} = {target};",
    help: "makes NEW remember an address without allocating",
  },
  region: {
    ...core(Op.REGION, "regionSlot", "address", "regionSize"),
    result: "region",
    c: "{slot} = vzalloc({size});",
    help: "memory that is no slab's, mapped at an address",
  },
} as const satisfies Group;

const LISTS = {
  listinit: {
    ...core(Op.LIST_INIT, "target"),
    result: "ok",
    c: "INIT_LIST_HEAD((struct list_head *){target});",
    help: "INIT_LIST_HEAD",
  },
  listadd: {
    ...core(Op.LIST_ADD, "target", "head"),
    result: "links",
    c: "list_add((struct list_head *){target}, (struct list_head *){head});",
    help: "list_add",
  },
  listaddtail: {
    ...core(Op.LIST_ADD_TAIL, "target", "head"),
    result: "links",
    c: "list_add_tail((struct list_head *){target}, (struct list_head *){head});",
    help: "list_add_tail",
  },
  listdel: {
    ...core(Op.LIST_DEL, "target"),
    result: "ok",
    c: "list_del((struct list_head *){target});",
    help: "list_del",
  },
  listwalk: {
    ...host(6, "walked"),
    result: "walk",
    help: "shows the entries",
  },
} as const satisfies Group;

const MACHINE = {
  cpu: {
    ...core(Op.CPU, "cpu"),
    result: "ok",
    c: "set_cpus_allowed_ptr(current, cpumask_of({cpu}));",
    help: "the CPU that does what follows",
  },
  nextpfn: {
    ...core(Op.NEXT_PFN, "pfn"),
    result: "ok",
    help: "the page frame that the page allocator hands out next",
  },
  failnth: {
    ...core(Op.FAIL_NTH, "nth"),
    result: "ok",
    help: "the N-th page allocation from here on fails (0: none; unproven, no recording has it)",
  },
  scrub: {
    ...core(Op.SCRUB),
    result: "ok",
    help: "zeroes all free pages",
  },
} as const satisfies Group;

const QUESTIONS = {
  cmp: {
    ...host(5, "target", "other"),
    result: "equality",
    c: 'pr_info("equal %d\\n", (void *){target} == (void *){other});',
    help: "whether two places are the same",
  },
  sym: {
    ...host(2, "target"),
    result: "symbol",
    c: 'pr_info("place %px\\n", {target});',
    help: "what lies at an address",
  },
  state: {
    ...core(Op.STATE, "cache"),
    aux: 3,
    result: "state",
    help: "a cache's slabs, counted",
  },
  list: {
    ...core(Op.STATE, "cache"),
    aux: 4,
    result: "lists",
    help: "a cache's lists of slabs",
  },
  geometry: {
    ...host(7, "cache"),
    result: "geometry",
    help: "the layout of a cache's objects",
  },
  geomtsv: {
    ...host(8, "size", "align", "flags", "ctorDigit"),
    result: "measured",
    help: "the layout that such a cache would have, as a row of a table",
  },
  kgeometry: {
    ...host(9, "target"),
    result: "object's geometry",
    help: "the layout of the cache that an object is from",
  },
  kvalidate: {
    ...core(Op.KVALIDATE, "target"),
    result: "object's slabs",
    help: "checks the cache that an object is from",
  },
  ctorcalls: {
    ...core(Op.CTORCALLS),
    result: "number",
    help: "how often constructors ran since the last time",
  },
  info: {
    ...host(1),
    result: "machine",
    help: "the machine",
  },
} as const satisfies Group;

/** The titles of the groups, in the order of help. */
export const GROUPS: readonly (readonly [string, Group])[] = [
  ["Caches", CACHES],
  ["Objects", OBJECTS],
  ["Objects on v7.3 only, where free ones wait in sheaves", SHEAVES],
  ["Memory, as a program may write it, rightly or wrongly", MEMORY],
  ["Lists of the kernel's kind (struct list_head)", LISTS],
  ["The machine", MACHINE],
  ["Questions, which change nothing", QUESTIONS],
];

export const OPERATIONS = {
  ...CACHES,
  ...OBJECTS,
  ...SHEAVES,
  ...MEMORY,
  ...LISTS,
  ...MACHINE,
  ...QUESTIONS,
};

/** The script's word for an operation. */
export type OpWord = keyof typeof OPERATIONS;

/** How results read. */
export type ResultKind = (typeof OPERATIONS)[OpWord]["result"];

export function operationOf(word: OpWord): Operation {
  return OPERATIONS[word];
}

export function isOpWord(word: string): word is OpWord {
  return Object.hasOwn(OPERATIONS, word);
}

export const OP_WORDS: readonly OpWord[] = Object.keys(OPERATIONS).filter(isOpWord);

/** The operations that have a field which lies there. */
export function wordsWith(...places: readonly Lies[]): ReadonlySet<OpWord> {
  const lieThere = (kind: FieldKind) => places.includes(FIELD_KINDS[kind].lies);
  return new Set(OP_WORDS.filter((word) => operationOf(word).fields.some(lieThere)));
}

const WORDS = new Map<number, OpWord>([
  ...OP_WORDS.map((word) => [keyOf(operationOf(word).code, operationOf(word).aux), word] as const),
  [keyOf(Op.CACHE_ARGS), "cache"],
]);
const SHARED_CODES = OP_WORDS.map((word) => operationOf(word).code).filter(
  (code, index, codes) => codes.indexOf(code) !== index,
);

/** The operation of a record; in `aux`, only codes of several operations say which one it is. */
export function wordOfRecord(code: Op, aux: number): OpWord | undefined {
  return WORDS.get(keyOf(code, SHARED_CODES.includes(code) ? aux : 0));
}

function keyOf(code: Op, aux = 0): number {
  return (aux << 8) | code;
}
