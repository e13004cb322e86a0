// The rules that a correct allocator keeps, by name. Breaking one is a finding of its own, unless a
// mistake of the program explains it: then it tells how far the mistake reached.
import { Op } from "../../abi.ts";
import type { ProgramImage } from "../program/image.ts";

/** What looking costs, and therefore when it is done. */
type InvariantCost =
  /** Follows from the answers of operations: costs nothing beside the shadow. */
  | "answer"
  /** Reads counters, lists and struct pages once a case. */
  | "census"
  /** Reads every painted byte of every object. */
  | "bytes"
  /** Runs the program once more, on our own core or with every check made. */
  | "run";

interface InvariantRule {
  readonly says: string;
  readonly cost: InvariantCost;
  /** Kept in one case of so many. */
  readonly every: number;
}

/** One case of so many has all its bytes looked at. */
const BYTES_EVERY = 16;

function answer(says: string): InvariantRule {
  return { says, cost: "answer", every: 1 };
}

function census(says: string): InvariantRule {
  return { says, cost: "census", every: 1 };
}

function bytes(says: string): InvariantRule {
  return { says, cost: "bytes", every: BYTES_EVERY };
}

/** One case of so many is run once more. */
const RUN_EVERY = 16;

/**
 * The rules that a correct allocator keeps, by name: what each says, what looking costs, and in one
 * case of how many it is checked.
 */
export const INVARIANTS = {
  "null-pointer": answer("an allocation returns NULL only when memory has run out"),
  "foreign-pointer": answer("an allocation returns an address in RAM"),
  "misplaced-object": answer("an object begins where an object of a slab of its cache begins"),
  "shared-slab": answer("a slab with live objects belongs to one cache"),
  overlap: answer("an object that is handed out does not overlap a live one"),
  misaligned: answer("an object is aligned as its cache asked"),
  "not-zeroed": answer("a zeroed allocation reads as zeroes"),
  "not-constructed": answer("an object of a cache with a constructor is constructed"),
  "contents-changed": answer("what a program wrote into its object stays as it is"),
  "failed-operation": answer("an operation on a living cache does what it says"),
  "zero-size-pointer": answer("kmalloc(0) returns the zero-size pointer, and nothing else does"),
  "wrong-size-class": answer("a large request gets whole pages, any other a slab object"),
  "wrong-ksize": answer("ksize is what the layout of the object's cache leaves to its owner"),
  "wrong-merge": answer("a cache merges only into one whose objects are large enough"),
  "wrong-bulk-count": answer("a bulk allocation returns as many objects as were asked for"),
  "wrong-slab-count": answer("validate counts every slab that must be on a list"),
  "wrong-shrink-answer": answer("shrink says whether slabs remain"),
  "wrong-layout": census("a cache has the layout that its parameters lead to"),
  "total-objects": census("total_objects is nr_slabs times the objects of a slab"),
  "partial-count": census("nr_partial is the length of the partial list"),
  "objects-in-use": census("objects not on any free list are those that the program holds"),
  "slab-inuse": census("a slab's inuse and its free objects make up its objects"),
  "slab-objects": census("a slab has as many objects as its cache's layout"),
  "slab-owner": census("a slab on a list of a cache names that cache, and is a slab"),
  "slab-frozen": census("slabs on the node's partial list are thawed"),
  "freelist-cycle": census("a chain of free objects is no longer than its slab"),
  "freelist-escape": census("a chain of free objects stays among the objects of its slab"),
  "live-on-freelist": census("an object that the program holds is on no free list"),
  "broken-list": census("lists of slabs are chains of struct pages without a circle"),
  "lost-page": census("pages in use are those of slabs and of large requests"),
  "red-zone": bytes("red zones of live and of free objects are as they were painted"),
  poison: bytes("the payload of a free object is poisoned"),
  padding: bytes("padding is as it was painted"),
  "unexpected-report": answer("the kernel has nothing to say about a clean program"),
  "silent-check": answer("a check that looks at damaged bytes reports them"),
  crash: answer("the machine survives a clean program"),
  hang: answer("an operation ends"),
  trap: answer("the core itself does not trap"),
  "other-answer": {
    says: "a core from a file answers a clean program as slabfuzz's own core does",
    cost: "run",
    every: RUN_EVERY,
  },
  "skipped-check": {
    says: "a program has the same answers if no check is skipped whose answer is known",
    cost: "run",
    every: RUN_EVERY,
  },
  // Behind all others, because the number of a rule is part of signatures.
  "sheaf-limits": census("a sheaf and a barn hold no more than they have room for"),
} as const satisfies Readonly<Record<string, InvariantRule>>;

export type Invariant = keyof typeof INVARIANTS;

export const INVARIANT_NAMES = Object.keys(INVARIANTS) as readonly Invariant[];

export function isInvariantName(name: string): name is Invariant {
  return (INVARIANT_NAMES as readonly string[]).includes(name);
}

/** How often rules are kept where it is not as usual: 0 never, N in one case of N. */
export type InvariantCadence = Readonly<Partial<Record<Invariant, number>>>;

/** Rules that say how a case ends, or what the kernel says: a verdict cannot do without them. */
export const ALWAYS_CHECKED: readonly Invariant[] = ["crash", "hang", "trap"];

export interface Violation {
  readonly invariant: Invariant;
  readonly op: number;
  /** kmem_cache index; NONE if no single cache is concerned. */
  readonly cache: number;
  /** The object at hand, NONE for none. */
  readonly object: number;
  /** What was found and what was expected, for the report. */
  readonly found: number;
  readonly expected: number;
}

/**
 * Not kept where a program lets page allocations fail: no answer says of which order a slab is, so
 * that objects of a smaller one than the cache's own seem to lie in none.
 */
const NEED_PAGES: ReadonlySet<Invariant> = new Set([
  "null-pointer",
  "misplaced-object",
  "shared-slab",
  "total-objects",
  "slab-objects",
  "slab-inuse",
  "freelist-escape",
  "live-on-freelist",
  "objects-in-use",
  "lost-page",
  "wrong-slab-count",
]);

/**
 * Which rules are kept in a case, and how often: each can be switched off, and a costly one is kept
 * in one case of many. Which cases those are follows from the program alone, so that every run of a
 * case keeps the same rules.
 */
export class CheckedInvariants {
  readonly #every: ReadonlyMap<Invariant, number>;
  #number = 0;
  #image: ProgramImage | undefined;

  constructor(cadence: InvariantCadence = {}) {
    this.#every = new Map(
      INVARIANT_NAMES.map((name) => [name, cadence[name] ?? INVARIANTS[name].every]),
    );
  }

  /** A case begins. */
  begin(image: ProgramImage): void {
    this.#number = image.opCount + image.payloadSize;
    this.#image = image;
  }

  /** Whether a rule is kept in this case. */
  includes(invariant: Invariant): boolean {
    const every = this.#every.get(invariant) ?? 0;
    if (every === 0 || this.#number % every !== 0) return false;
    return !NEED_PAGES.has(invariant) || !this.#asksForFailures();
  }

  /** Whether pages are refused to the program, as it says itself (`failnth`). */
  #asksForFailures(): boolean {
    const { words, opCount } = this.#image ?? { words: new Uint32Array(0), opCount: 0 };
    for (let op = 0; op < opCount; op++) if ((words[4 * op] & 0xff) === Op.FAIL_NTH) return true;
    return false;
  }

  /** Whether any of these is. */
  includesAny(invariants: readonly Invariant[]): boolean {
    return invariants.some((invariant) => this.includes(invariant));
  }
}
