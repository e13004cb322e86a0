// The rules that a correct allocator keeps, by name. Breaking one is a finding of its own, unless a
// mistake of the program explains it: then it tells how far the mistake reached.

/** Every rule, and what it says. */
export const INVARIANTS = {
  "null-pointer": "an allocation returns NULL only when memory has run out",
  "foreign-pointer": "an allocation returns an address in RAM",
  "misplaced-object": "an object begins where an object of a slab of its cache begins",
  "shared-slab": "a slab with live objects belongs to one cache",
  overlap: "an object that is handed out does not overlap a live one",
  misaligned: "an object is aligned as its cache asked",
  "not-zeroed": "a zeroed allocation reads as zeroes",
  "not-constructed": "an object of a cache with a constructor is constructed",
  "contents-changed": "what a program wrote into its object stays as it is",
  "failed-operation": "an operation on a living cache does what it says",
  "wrong-result": "an operation's number is the one that the reference model counts",
  "wrong-layout": "a cache has the layout that its parameters lead to",
  "wrong-counter": "counters agree with lists, and both with the live objects",
  "broken-list": "lists of slabs and of free objects are chains without a circle",
  "lost-page": "pages in use are those of slabs and of large requests",
  "unexpected-report": "the kernel has nothing to say about a clean program",
  "silent-check": "a check that looks at damaged bytes reports them",
  crash: "the machine survives a clean program",
  hang: "an operation ends",
  trap: "the core itself does not trap",
} as const;

export type Invariant = keyof typeof INVARIANTS;

export const INVARIANT_NAMES = Object.keys(INVARIANTS) as readonly Invariant[];

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
