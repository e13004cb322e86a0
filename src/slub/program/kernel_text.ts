// Where the recorded kernels have the code that tracks name. A track holds the address that a call
// returns to; as a rule only the function's name is printed, but a track that is overwritten in
// part shows what is left of the address.
import { Caller, Fn } from "../../abi.ts";
import type { Machine, VariantName } from "./machine.ts";

/** A function that tracks can name. */
interface TextFunction {
  readonly fn: Fn;
  readonly start: bigint;
  readonly size: number;
}

/** The code of one build, as far as tracks know it. */
export interface KernelText {
  readonly functions: readonly TextFunction[];
  /** The address that each Caller leaves in a track. */
  readonly callers: readonly bigint[];
}

/** Starts of functions, as offsets from the start of the kernel's code, and the size of run_op. */
interface Build {
  readonly runOp: number;
  readonly runOpSize: number;
  readonly krealloc: number;
  /** Zero where bulk frees are tracked as those of their caller. */
  readonly freeBulk: number;
}

type NewVariant = Exclude<VariantName, "v310" | "v310ndl" | "v310nm">;
/** Return addresses, as offsets in the function that calls. */
type Calls = Readonly<Partial<Record<Caller, number>>>;

const TEXT = 0xffffffff81000000n;
const FREE_BULK_SIZE = 0x20;

const BUILDS_61: Readonly<Record<NewVariant, Build>> = {
  up: { runOp: 0xce020, runOpSize: 0x2050, krealloc: 0xa4a50, freeBulk: 0xcc150 },
  updl: { runOp: 0xd0840, runOpSize: 0x2090, krealloc: 0xa6340, freeBulk: 0xce920 },
  smp: { runOp: 0x101b90, runOpSize: 0x20e0, krealloc: 0xd4790, freeBulk: 0xffaa0 },
  smph: { runOp: 0x104900, runOpSize: 0x2140, krealloc: 0xd64a0, freeBulk: 0x102770 },
};
const KREALLOC_SIZE_61 = 0x110;

const BUILDS_612: Readonly<Record<NewVariant, Build>> = {
  up: { runOp: 0xee8b0, runOpSize: 0x20e0, krealloc: 0xbbc90, freeBulk: 0 },
  updl: { runOp: 0xf14b0, runOpSize: 0x2120, krealloc: 0xbd9f0, freeBulk: 0 },
  smp: { runOp: 0x12b200, runOpSize: 0x2160, krealloc: 0xf3ae0, freeBulk: 0 },
  smph: { runOp: 0x12dff0, runOpSize: 0x21c0, krealloc: 0xf5680, freeBulk: 0 },
};
const KREALLOC_SIZE_612 = 0xe0;

const CALLS_61: Calls = {
  [Caller.ALLOC]: 0x485,
  [Caller.ALLOC_N]: 0xacf,
  [Caller.BULK_ALLOC]: 0x653,
  [Caller.KMALLOC]: 0x197,
  [Caller.KREALLOC]: 0xc41,
  [Caller.FREE]: 0xdb8,
  [Caller.FREE_OFF]: 0x7a4,
  [Caller.FREE_N]: 0xa06,
  [Caller.BULK_FREE]: 0xe,
  [Caller.KFREE]: 0xe33,
  [Caller.KREALLOC_MOVED]: 0x89,
  [Caller.KREALLOC_ZERO]: 0xde,
};

const CALLS_612: Calls = {
  [Caller.ALLOC]: 0x53f,
  [Caller.ALLOC_N]: 0xa41,
  [Caller.BULK_ALLOC]: 0x1b0,
  [Caller.KMALLOC]: 0x634,
  [Caller.KREALLOC]: 0xca4,
  [Caller.FREE]: 0xe1b,
  [Caller.FREE_OFF]: 0x716,
  [Caller.FREE_N]: 0x978,
  [Caller.BULK_FREE]: 0xc18,
  [Caller.KFREE]: 0xe96,
  [Caller.KREALLOC_MOVED]: 0x6b,
  [Caller.KREALLOC_ZERO]: 0xc4,
};

/** In the hardened builds a piece of run_op between its calls is shorter by this much. */
const HARDENED_SHORTER = 2;
const SHORTER_BEHIND = 0x800;

/** Functions of 3.10 that use kmalloc for themselves. Where they lie was not recorded. */
const OLD_OWN_CALLERS: Readonly<Partial<Record<Caller, Fn>>> = {
  [Caller.CACHE_CREATE]: Fn.KMEM_CACHE_CREATE,
  [Caller.CACHE_DESTROY]: Fn.KMEM_CACHE_DESTROY,
  [Caller.VALIDATE]: Fn.VALIDATE_SLAB_CACHE,
  [Caller.SHRINK]: Fn.SHRINK,
  [Caller.LIST_OBJECTS]: Fn.LIST_SLAB_OBJECTS,
};

function oldStartOf(fn: Fn): bigint {
  return 0xffffffff81170000n + 0x1000n * BigInt(fn);
}

const OLD_ALLOC = 0xffffffffa000339an;
const OLD_FREE = 0xffffffffa0002e46n;
const OLD_TEXT: KernelText = {
  functions: [
    { fn: Fn.RUN_OP, start: 0xffffffffa0002000n, size: 0x2000 },
    { fn: Fn.KREALLOC, start: 0xffffffff81160000n, size: 0x1000 },
    ...Object.values(OLD_OWN_CALLERS).map((fn) => ({ fn, start: oldStartOf(fn), size: 0x1000 })),
  ],
  callers: callersOf((caller) => {
    if (isInKrealloc(caller)) return 0xffffffff81160567n;
    const own = OLD_OWN_CALLERS[caller];
    if (own !== undefined) return oldStartOf(own) + 0x100n;
    return caller < Caller.FREE ? OLD_ALLOC : OLD_FREE;
  }),
};

/** The code of the machine's kernel. */
export function kernelTextOf({
  profile,
  variant,
}: Pick<Machine, "profile" | "variant">): KernelText {
  const build = variant as NewVariant;
  switch (profile) {
    case "v3.10":
      return OLD_TEXT;
    case "v6.1":
      return textOf(BUILDS_61[build], KREALLOC_SIZE_61, callsIn(CALLS_61, build));
    default:
      return textOf(BUILDS_612[build], KREALLOC_SIZE_612, callsIn(CALLS_612, build));
  }
}

function textOf(build: Build, kreallocSize: number, calls: Calls): KernelText {
  const runOp = { fn: Fn.RUN_OP, start: TEXT + BigInt(build.runOp), size: build.runOpSize };
  const krealloc = { fn: Fn.KREALLOC, start: TEXT + BigInt(build.krealloc), size: kreallocSize };
  const start = TEXT + BigInt(build.freeBulk);
  const freeBulk = { fn: Fn.KMEM_CACHE_FREE_BULK, start, size: FREE_BULK_SIZE };
  const hasFreeBulk = build.freeBulk !== 0;
  const functionOf = (caller: Caller): TextFunction => {
    if (isInKrealloc(caller)) return krealloc;
    return hasFreeBulk && caller === Caller.BULK_FREE ? freeBulk : runOp;
  };
  return {
    functions: hasFreeBulk ? [runOp, krealloc, freeBulk] : [runOp, krealloc],
    callers: callersOf((caller) => functionOf(caller).start + BigInt(calls[caller] ?? 0)),
  };
}

function isInKrealloc(caller: Caller): boolean {
  return caller === Caller.KREALLOC_MOVED || caller === Caller.KREALLOC_ZERO;
}

function callersOf(addressOf: (caller: Caller) => bigint): readonly bigint[] {
  return Array.from({ length: Caller.COUNT }, (_, caller) => addressOf(caller));
}

function callsIn(calls: Calls, variant: NewVariant): Calls {
  if (variant !== "smph") return calls;
  const moved = Object.entries(calls).map(([caller, at]) => [
    caller,
    at < SHORTER_BEHIND ? at : at - HARDENED_SHORTER,
  ]);
  return Object.fromEntries(moved) as Calls;
}
