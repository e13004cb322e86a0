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

type NewVariant = Exclude<VariantName, "debian" | "v310" | "v310ndl" | "v310nm">;
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

/** Return addresses of one build of 7.3, as offsets from the start of the kernel's code. */
type Returns = Readonly<Record<Exclude<Caller, Caller.COUNT>, number>>;

/** 7.3 allocates for itself nothing that tracks name. */
const OWN_73 = {
  [Caller.CACHE_CREATE]: 0,
  [Caller.CACHE_DESTROY]: 0,
  [Caller.VALIDATE]: 0,
  [Caller.SHRINK]: 0,
  [Caller.LIST_OBJECTS]: 0,
} as const;

const RETURNS_73: Readonly<Record<NewVariant, Returns>> = {
  up: {
    ...OWN_73,
    [Caller.ALLOC]: 0x11d837,
    [Caller.ALLOC_N]: 0x11dcf3,
    [Caller.BULK_ALLOC]: 0x116301,
    [Caller.KMALLOC]: 0x11e417,
    [Caller.KREALLOC]: 0x11e2a9,
    [Caller.FREE]: 0x11e137,
    [Caller.FREE_OFF]: 0x11d65e,
    [Caller.FREE_N]: 0x11dc19,
    [Caller.BULK_FREE]: 0x11dee0,
    [Caller.KFREE]: 0x11e3c1,
    [Caller.KREALLOC_MOVED]: 0x1187aa,
    [Caller.KREALLOC_ZERO]: 0x1187ca,
    [Caller.DEFERRED]: 0x1157ef,
  },
  updl: {
    ...OWN_73,
    [Caller.ALLOC]: 0x1204e7,
    [Caller.ALLOC_N]: 0x1209a3,
    [Caller.BULK_ALLOC]: 0x118dfa,
    [Caller.KMALLOC]: 0x1210c7,
    [Caller.KREALLOC]: 0x120f59,
    [Caller.FREE]: 0x120de7,
    [Caller.FREE_OFF]: 0x12030e,
    [Caller.FREE_N]: 0x1208c9,
    [Caller.BULK_FREE]: 0x120b90,
    [Caller.KFREE]: 0x121071,
    [Caller.KREALLOC_MOVED]: 0x11b3ba,
    [Caller.KREALLOC_ZERO]: 0x11b3da,
    [Caller.DEFERRED]: 0x11824f,
  },
  smp: {
    ...OWN_73,
    [Caller.ALLOC]: 0x14ec24,
    [Caller.ALLOC_N]: 0x14f0b9,
    [Caller.BULK_ALLOC]: 0x147005,
    [Caller.KMALLOC]: 0x14f7e9,
    [Caller.KREALLOC]: 0x14f67b,
    [Caller.FREE]: 0x14f50c,
    [Caller.FREE_OFF]: 0x14ee4c,
    [Caller.FREE_N]: 0x14efd8,
    [Caller.BULK_FREE]: 0x14f2b5,
    [Caller.KFREE]: 0x14f793,
    [Caller.KREALLOC_MOVED]: 0x1497da,
    [Caller.KREALLOC_ZERO]: 0x1497fa,
    [Caller.DEFERRED]: 0x1463ef,
  },
  smph: {
    ...OWN_73,
    [Caller.ALLOC]: 0x151434,
    [Caller.ALLOC_N]: 0x1518c9,
    [Caller.BULK_ALLOC]: 0x1497d5,
    [Caller.KMALLOC]: 0x151ff9,
    [Caller.KREALLOC]: 0x151e8b,
    [Caller.FREE]: 0x151d1c,
    [Caller.FREE_OFF]: 0x15165c,
    [Caller.FREE_N]: 0x1517e8,
    [Caller.BULK_FREE]: 0x151ac5,
    [Caller.KFREE]: 0x151fa3,
    [Caller.KREALLOC_MOVED]: 0x14bf2a,
    [Caller.KREALLOC_ZERO]: 0x14bf4a,
    [Caller.DEFERRED]: 0x148af9,
  },
};

/** The functions that those addresses lie in; all others are in run_op. */
const FUNCTIONS_73: Readonly<Partial<Record<Caller, Fn>>> = {
  [Caller.BULK_ALLOC]: Fn.KMEM_CACHE_ALLOC_BULK,
  [Caller.KREALLOC_MOVED]: Fn.KREALLOC,
  [Caller.KREALLOC_ZERO]: Fn.KREALLOC,
  [Caller.DEFERRED]: Fn.DEFERRED_PERCPU_WORK_FN,
};
/** Where these functions begin and end was not recorded: so far around a return address. */
const AROUND_73 = 0x100;
/** From the lowest return address of run_op down to its start, and its size. */
const RUN_OP_HEAD_73 = 0x366;
const RUN_OP_SIZE_73 = 0x2000;

function textOf73(returns: Returns): KernelText {
  const own = Object.entries(FUNCTIONS_73).map(([caller, fn]) => ({
    fn,
    start: TEXT + BigInt(returns[Number(caller) as keyof Returns] - AROUND_73),
    size: 2 * AROUND_73,
  }));
  const start = TEXT + BigInt(returns[Caller.FREE_OFF] - RUN_OP_HEAD_73);
  return {
    functions: [...own, { fn: Fn.RUN_OP, start, size: RUN_OP_SIZE_73 }],
    callers: callersOf((caller) => TEXT + BigInt(returns[caller as keyof Returns])),
  };
}

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
  // No debian kernel was recorded; smph is the build that comes closest.
  const build = (variant === "debian" ? "smph" : variant) as NewVariant;
  switch (profile) {
    case "v3.10":
      return OLD_TEXT;
    case "v6.1":
      return textOf(BUILDS_61[build], KREALLOC_SIZE_61, callsIn(CALLS_61, build));
    case "v7.3":
      return textOf73(RETURNS_73[build]);
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
