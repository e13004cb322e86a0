// A program is data: a header and a list of operations, one for each line of the script language.
// `text.ts` reads and prints it, `encode.ts` turns it into what the core runs, and `operations.ts`
// says which operations there are.
import type { FIELD_KINDS, ValueOf } from "./fields.ts";
import type { OPERATIONS, OpWord, ResultKind } from "./operations.ts";

/** The kernels that are modelled. */
export type ProfileName = "v3.10" | "v6.1" | "v6.12" | "v7.3";

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

/** One operation of a word: `op`, and its fields. Sizes, offsets and lengths count bytes. */
export type OpOf<Word extends OpWord> = { readonly op: Word } & {
  readonly [Kind in FieldsOf<Word> as (typeof FIELD_KINDS)[Kind]["field"]]: ValueOf<Kind>;
} & (Word extends "cache" ? CacheWishes : unknown);

/** What the creator of a cache may ask for beside (7.3). */
interface CacheWishes {
  /** kmem_cache_args.sheaf_capacity. */
  readonly sheaf?: number;
  /** kmem_cache_args.freeptr_offset. */
  readonly fpoff?: number;
}

type FieldsOf<Word extends OpWord> = Exclude<
  (typeof OPERATIONS)[Word]["fields"][number],
  "sheafCapacity" | "freePlace"
>;

/**
 * One operation; `op` is the script's own word for it. `name` is a cache, `slot` and `prefix` name
 * slots, which remember pointers.
 */
export type ProgramOp = { [Word in OpWord]: OpOf<Word> }[OpWord];

/** Operations whose results read alike. */
export type OpWithResult<Kind extends ResultKind> = {
  [Word in OpWord]: (typeof OPERATIONS)[Word]["result"] extends Kind ? OpOf<Word> : never;
}[OpWord];

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

/** Where an operation stands, for messages: FILE:LINE, or its number if it was never text. */
export function placeOfOp(program: Program, index: number): string {
  const source = program.source;
  return source === undefined ? `op ${index}` : `${source.file}:${source.lines[index]}`;
}
