// The cases of slub_kunit, the kernel's own unit tests of SLUB, as scripts. Each check (validate,
// kvalidate, destroy) says how many errors the kernel's counter gives, and what they are.
import type { VariantName } from "../../src/slub/program/machine.ts";
import { VARIANTS } from "../../src/slub/program/variant.ts";
import type { KernelName } from "../recordings/archive.ts";

/** What one check counts. */
export interface Check {
  readonly errors: number;
  /** What the errors are. */
  readonly because: string;
}

export interface KunitCase {
  readonly name: string;
  /** The kernel that first had it. */
  readonly since: string;
  /** Boot parameter that stands for flags a script's own caches cannot have. */
  readonly boot?: string;
  /** `{word}`: the eight bytes that the last `read` showed. */
  readonly script: readonly string[];
  /** What each check of the script counts, in order. */
  readonly checks: readonly Check[];
  /** Kernels that do not run the case, and the reason. */
  readonly absent: Readonly<Partial<Record<KernelName, string>>>;
}

/** Damaged bytes cost one for the report and one for the FIX that restores them. */
const damaged = (section: string): Check => ({ errors: 2, because: `${section}, and its FIX` });
const CLEAN = (because: string): Check => ({ errors: 0, because });

const NO_ORIG_SIZE = "has no red zone behind the bytes that were asked for";

export const KUNIT_CASES: readonly KunitCase[] = [
  {
    name: "test_clobber_zone",
    since: "5.14",
    script: ["cache c 64 0 Z", "alloc c p", "write p 64 12", "validate c"],
    checks: [damaged("the red zone of an object in use")],
    absent: {},
  },
  {
    name: "test_next_pointer",
    since: "5.14",
    script: [
      "cache c 64 0 P",
      "alloc c p",
      "free c p",
      "read p 64 8",
      "xor p fp ff",
      "validate c",
      "write p 64 {word}",
      "validate c",
      "validate c",
    ],
    checks: [
      { errors: 3, because: "the free chain, which nothing repairs; the object count; its FIX" },
      { errors: 2, because: "the object count, as the chain is whole again; its FIX" },
      CLEAN("chain and count agree"),
    ],
    absent: {},
  },
  {
    name: "test_first_word",
    since: "5.14",
    script: ["cache c 64 0 P", "alloc c p", "free c p", "write p 0 78", "validate c"],
    checks: [damaged("the poison of a free object")],
    absent: {},
  },
  {
    name: "test_clobber_50th_byte",
    since: "5.14",
    script: ["cache c 64 0 P", "alloc c p", "free c p", "write p 50 9a", "validate c"],
    checks: [damaged("the poison of a free object")],
    absent: {},
  },
  {
    name: "test_clobber_redzone_free",
    since: "5.14",
    script: ["cache c 64 0 Z", "alloc c p", "free c p", "write p 64 ab", "validate c"],
    checks: [damaged("the red zone of a free object")],
    absent: {},
  },
  {
    name: "test_kmalloc_redzone_access",
    since: "6.2",
    boot: "slub_debug=ZU,kmalloc-32",
    script: ["kmalloc 18 p", "write p 18 abab", "kvalidate p"],
    checks: [damaged("the red zone behind the 18 bytes that were asked for")],
    absent: { "v3.10": NO_ORIG_SIZE, "v6.1": NO_ORIG_SIZE },
  },
  {
    name: "test_kfree_rcu",
    since: "6.12",
    script: ["cache c 16 0 -", "alloc c p", "free c p", "destroy c"],
    checks: [CLEAN("the grace period ends before the next operation, so nothing is left")],
    absent: { "v3.10": "cannot free into a cache by RCU", "v6.1": "has the case not yet" },
  },
  {
    name: "test_leak_destroy",
    since: "6.12",
    script: ["cache c 64 0 -", "alloc c p", "destroy c"],
    checks: [{ errors: 2, because: "the slab with objects remaining, and the one object" }],
    absent: {
      "v3.10": "does not count the objects",
      "v6.1": "does not count the objects",
    },
  },
  {
    name: "test_krealloc_redzone_zeroing",
    since: "6.13",
    boot: "slub_debug=ZU,kmalloc-64",
    script: [
      "kmalloc 48 p",
      "krealloc p 40 q",
      "krealloc q 56 r",
      "kvalidate r",
      "krealloc r 112 s",
      "kvalidate s",
    ],
    checks: [
      CLEAN("the red zone begins behind the bytes that were asked for last"),
      CLEAN("the object moved"),
    ],
    absent: {
      "v3.10": "leaves the bytes behind a shrunk object alone",
      "v6.1": "leaves the bytes behind a shrunk object alone",
      "v6.12": "leaves the bytes behind a shrunk object alone",
    },
  },
  {
    name: "test_kfree_rcu_wq_destroy",
    since: "6.18",
    script: ["cache c 16 0 -", "alloc c p", "freercu p", "kvfreebarrier", "destroy c"],
    checks: [CLEAN("the barrier has waited until the object was free")],
    absent: {
      "v3.10": "has no kfree_rcu in the script language",
      "v6.1": "has no kfree_rcu in the script language",
      "v6.12": "has no kfree_rcu in the script language",
    },
  },
];

/**
 * 3.10's self test at boot, which its kernels are built without: kmalloc caches with all debugging,
 * one damage each.
 */
export const RESILIENCY_STEPS: readonly KunitCase[] = [
  resiliencyStep(1, ["kmalloc 16 p", "write p 16 12"], damaged("the red zone")),
  resiliencyStep(2, ["kmalloc 32 p", "write p 40 34"], {
    errors: 1,
    because: "the free pointer behind an object in use, set to NULL without a FIX",
  }),
  resiliencyStep(3, ["kmalloc 64 p", "write p 64 56"], damaged("the red zone (of cycle count 0)")),
  resiliencyStep(4, ["kmalloc 128 p", "kfree p", "write p 0 78"], damaged("the poison")),
  resiliencyStep(5, ["kmalloc 256 p", "kfree p", "write p 50 9a"], damaged("the poison")),
  resiliencyStep(6, ["kmalloc 512 p", "kfree p", "write p 512 ab"], damaged("the red zone")),
];

function resiliencyStep(step: number, damage: readonly string[], check: Check): KunitCase {
  return {
    name: `resiliency_test ${step}`,
    since: "3.10",
    boot: "slub_debug=FZPU",
    script: [...damage, "kvalidate p", "kvalidate p"],
    checks: [check, CLEAN("everything was repaired")],
    absent: {
      "v6.1": "has slub_kunit instead",
      "v6.12": "has slub_kunit instead",
      "v7.3": "has slub_kunit instead",
    },
  };
}

/** The variants that a kernel was recorded in. */
export function variantsOf(kernel: KernelName): readonly VariantName[] {
  return (Object.keys(VARIANTS) as VariantName[]).filter(
    (name) => name !== "debian" && VARIANTS[name].isOld === (kernel === "v3.10"),
  );
}
