// What a log says, as data: its reports, and the machine that printed them.

/** What found the mistake. */
export type SlabCheck =
  | "redzone"
  | "left-redzone"
  | "right-redzone"
  | "kmalloc-redzone"
  | "poison"
  | "padding"
  | "slab-padding"
  | "free-pointer"
  | "free-list"
  | "already-free"
  | "count"
  | "remaining"
  | "pointer"
  | "wrong-cache"
  | "hardened-free"
  | "kfree-page"
  | "slab-bug"
  | "alloc-oops"
  | "free-oops"
  | "poison-oops"
  | "list";

/** What a byte of a slot is for. */
export type ByteRole =
  | "payload"
  | "red zone"
  | "left red zone"
  | "right red zone"
  | "kmalloc red zone"
  | "poison"
  | "free pointer"
  | "track"
  | "padding"
  | "slab padding"
  | "list node"
  | "unknown";

/** Bytes that are not what they must be. */
export interface WrongBytes {
  /** From the object; undefined where the log holds no position. */
  readonly offset: number | undefined;
  /** From the end of the last object of the slab, for bytes that are of no object. */
  readonly tailOffset?: number;
  readonly length: number;
  readonly role: ByteRole;
  /** Hexadecimal, byte by byte; shorter than `length` where the log does not hold them. */
  readonly was: string;
  readonly is: string;
  readonly looksLike: readonly string[];
}

export interface Track {
  readonly what: "allocated" | "freed";
  readonly by: string;
  /** In ticks of the kernel's clock, which has 100 to 1000 a second. */
  readonly age: bigint;
  readonly cpu: number;
  readonly pid: number;
}

/** One row of a dump. */
export interface DumpRow {
  readonly section: string;
  readonly address: bigint;
  readonly bytes: readonly number[];
}

/** The line that says which bytes are wrong. */
export interface DamagedRange {
  readonly from: bigint;
  readonly to: bigint;
  /** From the beginning of the slab. */
  readonly slabOffset: number | undefined;
  readonly is: number;
  readonly was: number;
}

/** What a list check says: the field that is wrong, and the addresses that it names. */
export interface ListWords {
  readonly field: string;
  readonly expected: bigint | undefined;
  readonly found: bigint | undefined;
  /** The neighbour that was looked at. */
  readonly neighbour: bigint | undefined;
}

export interface Report {
  readonly check: SlabCheck;
  /** The check in the kernel's words. */
  kind: string;
  /** The line that names it. */
  readonly words: string;
  cache: string | undefined;
  objectSize: number | undefined;
  object: bigint | undefined;
  /** The field of a structure that lies there, if a crash tool says so. */
  objectName: string | undefined;
  /** Of the object, from the beginning of its slab. */
  slabOffset: number | undefined;
  /** The free pointer of the object. */
  freePointer: bigint | undefined;
  /** The first free object of the slab. */
  slabFreePointer: bigint | undefined;
  used: number | undefined;
  /** Objects that a slab holds. */
  slabObjects: number | undefined;
  objectsLeft: number;
  readonly ranges: DamagedRange[];
  readonly tracks: Track[];
  readonly rows: DumpRow[];
  readonly fixes: string[];
  readonly registers: Map<string, bigint>;
  /** Functions on the stack, innermost first. */
  readonly stack: string[];
  list: ListWords | undefined;
  /** The address that could not be read. */
  faultAddress: bigint | undefined;
  damage: readonly WrongBytes[];
  readonly seconds: number | undefined;
  /** What a crash tool shows of a dump: the end of the machine, wherever it stands in the text. */
  readonly isOfDump: boolean;
  /** Whether the lines that name the check are missing. */
  readonly isHeadless: boolean;
  /** Whether the kernel or a logger says that lines are missing here. */
  isDropped: boolean;
  /** Whether the object follows from the damage, because no line names it. */
  isPlaced: boolean;
  /** Parts of the report that the log does not hold. */
  lost: readonly string[];
  readonly firstLine: number;
  lastLine: number;
  readonly offset: number;
  kernel: string | undefined;
  /** The report that this one follows from. */
  causedBy: number | null;
}

/** What is known of the machine, from all lines. */
export interface MachineFacts {
  readonly kernel: string | undefined;
  /** A version whose words the log has, such as 6012 for 6.12. */
  readonly wording: number | undefined;
  readonly arch: string | undefined;
  readonly wordBytes: 4 | 8;
  readonly isBigEndian: boolean;
  /** Other tools that spoke, or that the log says are there. */
  readonly tools: readonly string[];
}

/** A line with words of a report that belongs to none. */
export interface UnplacedLine {
  readonly line: number;
  readonly offset: number;
  readonly text: string;
}

/** A log, read. */
export interface LogReading {
  readonly machine: MachineFacts;
  readonly reports: readonly Report[];
  readonly unplaced: readonly UnplacedLine[];
  /** Reports of other tools, by their first words. */
  readonly others: readonly string[];
  /** Sizes from the crash tool's `struct kmem_cache`, by name of the cache. */
  readonly cacheSizes: readonly CacheSize[];
}

export interface CacheSize {
  readonly address: bigint | undefined;
  readonly name: string;
  readonly size: number;
  readonly objectSize: number;
}

export function newReport(
  parts: Pick<Report, "check" | "kind" | "words" | "firstLine" | "offset"> & Partial<Report>,
): Report {
  return {
    cache: undefined,
    objectSize: undefined,
    object: undefined,
    objectName: undefined,
    slabOffset: undefined,
    freePointer: undefined,
    slabFreePointer: undefined,
    used: undefined,
    slabObjects: undefined,
    objectsLeft: 0,
    ranges: [],
    tracks: [],
    rows: [],
    fixes: [],
    registers: new Map(),
    stack: [],
    list: undefined,
    faultAddress: undefined,
    damage: [],
    seconds: undefined,
    isOfDump: false,
    isHeadless: false,
    isDropped: false,
    isPlaced: false,
    lost: [],
    lastLine: parts.firstLine,
    kernel: undefined,
    causedBy: null,
    ...parts,
  };
}
