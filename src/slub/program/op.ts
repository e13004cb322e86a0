// A program is data: a header and a list of operations, one for each line of the script language.
// `text.ts` reads and prints it, `encode.ts` turns it into what the core runs.

/** The kernels that are modelled. */
export type ProfileName = "v3.10" | "v6.1" | "v6.12" | "v7.0";

/**
 * A place in memory: a name and a displacement. The name is a slot, a region, one of the reserved
 * names `null`, `glob` and `vglob`, or an address in the form 0xHEX (whose displacement is always
 * 0).
 */
export interface Address {
  readonly slot: string;
  readonly offset: number;
}

/** What the `# key: value` lines of a script say; a field is missing where its line is. */
export interface Header {
  /** `# boot:` the variant and the kernel's own parameters. */
  readonly boot?: string;
  /** `# profile:` */
  readonly profile?: ProfileName;
  /** `# cpus:` nr_cpu_ids. */
  readonly cpus?: number;
  /** `# phys: PFN PAGES` the simulated RAM. */
  readonly phys?: PhysicalMemory;
  /** `# seed:` what everything random in the machine grows from. */
  readonly seed?: bigint;
  /** `# config:` kernel options switched on (+NAME) or off (-NAME) beside what the variant says. */
  readonly config?: string;
  /** `# target:` what was fuzzed, if it was not the SLUB core itself. */
  readonly target?: string;
  /** Other comment lines before the first operation, without their `#`. */
  readonly comments?: readonly string[];
}

export interface PhysicalMemory {
  readonly basePfn: number;
  readonly pages: number;
}

/** Operations that only name a cache. */
export type CacheWord = "geometry" | "validate" | "shrink" | "destroy" | "state" | "list";

/** Operations that only name a place. */
export type AddressWord =
  | "kfree"
  | "ksize"
  | "kgeometry"
  | "kvalidate"
  | "sym"
  | "listinit"
  | "listdel"
  | "listwalk";

/** Operations without arguments. */
export type PlainWord = "ctorcalls" | "scrub" | "info";

interface OnCache {
  readonly name: string;
}

interface OnPlace {
  readonly target: Address;
}

interface AtOffset extends OnPlace {
  readonly offset: number;
}

/** `length` bytes at an offset. */
interface OnSpan extends AtOffset {
  readonly length: number;
}

/** What caches look like: letters in their canonical order, `-` for none. */
interface CacheForm {
  readonly size: number;
  readonly align: number;
  readonly flags: string;
  readonly ctor: boolean;
}

/** A slot that an allocation fills. */
interface Filling {
  readonly slot: string;
  readonly zero: boolean;
}

/** Objects in the slots PREFIX0, PREFIX1 ... */
interface OnRow extends OnCache {
  readonly count: number;
  readonly prefix: string;
}

/** Bytes in lower-case hex, two digits a byte. */
interface Bytes {
  readonly hex: string;
}

type Is<Word extends string> = { readonly op: Word };

/**
 * One operation; `op` is the script's own word for it. Sizes, offsets and lengths count bytes;
 * `name` is a cache, `slot` and `prefix` name slots, which remember pointers.
 */
export type ProgramOp =
  | (Is<"cache"> & OnCache & CacheForm)
  | (Is<"geomtsv"> & CacheForm)
  | (Is<"setoffset"> & OnCache & { readonly offset: number })
  | (Is<"alloc"> & OnCache & Filling)
  | (Is<"allocn" | "freen" | "bulkalloc"> & OnRow)
  | (Is<"free" | "rfp"> & OnCache & OnPlace)
  | (Is<"freeoff"> & OnCache & AtOffset)
  | (Is<"bulkfree"> & OnCache & { readonly targets: readonly Address[] })
  | (Is<"kmalloc"> & Filling & { readonly size: number })
  | (Is<"krealloc"> & OnPlace & { readonly size: number; readonly slot: string })
  | (Is<"write"> & AtOffset & Bytes)
  // `fp`: at the free pointer of the slot's cache.
  | (Is<"xor"> & OnPlace & Bytes & { readonly offset: number | "fp" })
  | (Is<"fill"> & OnSpan & { readonly byte: number })
  | (Is<"read"> & OnSpan)
  | (Is<"wptr"> & AtOffset & { readonly value: Address })
  | (Is<"rptr"> & AtOffset)
  | (Is<"wfp"> & OnCache & OnPlace & { readonly value: Address })
  | (Is<"slot"> & OnPlace & { readonly slot: string })
  | (Is<"cmp"> & OnPlace & { readonly other: Address })
  | (Is<"listadd" | "listaddtail"> & OnPlace & { readonly head: Address })
  | (Is<"nextpfn"> & { readonly pfn: number })
  | (Is<"cpu"> & { readonly cpu: number })
  | (Is<"region"> & { readonly slot: string; readonly address: bigint; readonly size: number })
  | (Is<CacheWord> & OnCache)
  | (Is<AddressWord> & OnPlace)
  | Is<PlainWord>;

/** The script's word for an operation. */
export type OpWord = ProgramOp["op"];

type OtherWord = PlainWord | "geomtsv" | "nextpfn" | "cpu";

/** Operations that begin with a place, or fill a slot, and name no cache. */
export type PlaceOp = Exclude<ProgramOp, OnCache | Is<OtherWord>>;

/** Where a program was read from; one line and one text for each operation. */
interface ProgramSource {
  readonly file: string;
  readonly lines: readonly number[];
  /** The source line of each operation, trimmed. */
  readonly texts: readonly string[];
}

/**
 * A program of the kernel's operations. `parseScript` makes one, and checks it; `source` is there
 * if it was read from a text.
 */
export interface Program {
  readonly header: Header;
  readonly ops: readonly ProgramOp[];
  readonly source?: ProgramSource;
}

/** Names of places that exist before a program starts, in the order of their slot numbers. */
export const RESERVED_SLOTS: readonly string[] = ["null", "glob", "vglob"];

/** True if a place is given by its address and not by a name. */
export function isAddressName(slot: string): boolean {
  return slot.startsWith("0x");
}

/** Where an operation stands, for messages: FILE:LINE, or its number if it was never text. */
export function placeOfOp(program: Program, index: number): string {
  const source = program.source;
  return source === undefined ? `op ${index}` : `${source.file}:${source.lines[index]}`;
}
