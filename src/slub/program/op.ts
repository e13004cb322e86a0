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

/**
 * One operation; `op` is the script's own word for it. Sizes, offsets and lengths count bytes;
 * `name` is a cache, `slot` and `prefix` name slots, which remember pointers.
 */
export type ProgramOp =
  | {
      readonly op: "cache";
      readonly name: string;
      readonly size: number;
      readonly align: number;
      /** Letters in their canonical order, `-` for none. */
      readonly flags: string;
      readonly ctor: boolean;
    }
  | {
      readonly op: "geomtsv";
      readonly size: number;
      readonly align: number;
      readonly flags: string;
      readonly ctor: boolean;
    }
  | { readonly op: "setoffset"; readonly name: string; readonly offset: number }
  | {
      readonly op: "alloc";
      readonly name: string;
      readonly slot: string;
      readonly zero: boolean;
    }
  | {
      readonly op: "allocn" | "freen" | "bulkalloc";
      readonly name: string;
      readonly count: number;
      readonly prefix: string;
    }
  | { readonly op: "free" | "rfp"; readonly name: string; readonly target: Address }
  | {
      readonly op: "freeoff";
      readonly name: string;
      readonly target: Address;
      readonly offset: number;
    }
  | { readonly op: "bulkfree"; readonly name: string; readonly targets: readonly Address[] }
  | {
      readonly op: "kmalloc";
      readonly size: number;
      readonly slot: string;
      readonly zero: boolean;
    }
  | {
      readonly op: "krealloc";
      readonly target: Address;
      readonly size: number;
      readonly slot: string;
    }
  | {
      readonly op: "write";
      readonly target: Address;
      readonly offset: number;
      /** Lower-case hex, two digits a byte. */
      readonly hex: string;
    }
  | {
      readonly op: "xor";
      readonly target: Address;
      /** `fp`: at the free pointer of the slot's cache. */
      readonly offset: number | "fp";
      readonly hex: string;
    }
  | {
      readonly op: "fill";
      readonly target: Address;
      readonly offset: number;
      readonly length: number;
      readonly byte: number;
    }
  | {
      readonly op: "read";
      readonly target: Address;
      readonly offset: number;
      readonly length: number;
    }
  | {
      readonly op: "wptr";
      readonly target: Address;
      readonly offset: number;
      readonly value: Address;
    }
  | { readonly op: "rptr"; readonly target: Address; readonly offset: number }
  | {
      readonly op: "wfp";
      readonly name: string;
      readonly target: Address;
      readonly value: Address;
    }
  | { readonly op: "slot"; readonly slot: string; readonly target: Address }
  | { readonly op: "cmp"; readonly target: Address; readonly other: Address }
  | {
      readonly op: "listadd" | "listaddtail";
      readonly target: Address;
      readonly head: Address;
    }
  | { readonly op: "nextpfn"; readonly pfn: number }
  | { readonly op: "cpu"; readonly cpu: number }
  | {
      readonly op: "region";
      readonly slot: string;
      readonly address: bigint;
      readonly size: number;
    }
  | { readonly op: CacheWord; readonly name: string }
  | { readonly op: AddressWord; readonly target: Address }
  | { readonly op: PlainWord };

/** The script's word for an operation. */
export type OpWord = ProgramOp["op"];

/** Operations that begin with a place, or fill a slot, and name no cache. */
export type PlaceWord =
  | AddressWord
  | "kmalloc"
  | "krealloc"
  | "write"
  | "xor"
  | "fill"
  | "read"
  | "wptr"
  | "rptr"
  | "slot"
  | "cmp"
  | "listadd"
  | "listaddtail"
  | "region";

export type PlaceOp = Extract<ProgramOp, { readonly op: PlaceWord }>;

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
