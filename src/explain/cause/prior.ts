// What each check finds, before a byte of the log is looked at: for each check the classes of
// mistakes that it speaks of, and how often each is behind it. The figures are judgement, drawn
// from public logs and from which class of programs makes which check speak.
import * as v from "valibot";
import { readJson } from "../../base/json_file.ts";
import type { Schema } from "../../base/schema.ts";
import { hasSheaves } from "../../slub/program/machine.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { BUG_NAMES, type BugName } from "../../target/bug_names.ts";
import type { SlabCheck } from "../report.ts";

/** Causes that no program of ours commits. */
export const OTHER_CAUSES = {
  "list-misuse": "adds, deletes or initialises a list node that is in another state",
  "device-write": "a device writes into memory that is not its own",
  "stack-overflow": "a kernel stack grows into the slab below it",
  race: "two CPUs change the same thing without a lock",
  artefact: "the kernel or a tool wrote the bytes itself, or the report is wrong",
} as const;

export type CauseName = BugName | keyof typeof OTHER_CAUSES;

export const CAUSE_NAMES: readonly CauseName[] = [
  ...BUG_NAMES.filter((name) => name !== "none"),
  ...(Object.keys(OTHER_CAUSES) as (keyof typeof OTHER_CAUSES)[]),
];

export type Shares = Readonly<Partial<Record<CauseName, number>>>;

const RIGHT: Shares = {
  "overflow-right": 0.42,
  "wrong-size-use": 0.12,
  "off-by-one": 0.1,
  "off-by-one-nul": 0.1,
  "overflow-far": 0.06,
  "device-write": 0.05,
  "overflow-strided": 0.04,
  "write-after-free": 0.03,
  "krealloc-misuse": 0.03,
  race: 0.03,
  artefact: 0.02,
  "freelist-cycle": 0.01,
  "double-free": 0.01,
};

const LEFT: Shares = {
  "overflow-left": 0.55,
  "overflow-right": 0.15,
  "overflow-far": 0.12,
  "write-after-free": 0.05,
  "device-write": 0.04,
  race: 0.04,
  "wrong-size-use": 0.03,
  artefact: 0.02,
  "freelist-cycle": 0.01,
  "double-free": 0.01,
};

/** Shares of the causes of each check. */
const PRIOR: Readonly<Record<SlabCheck, Shares>> = {
  "right-redzone": RIGHT,
  "left-redzone": LEFT,
  redzone: { ...RIGHT, "overflow-left": 0.2 },
  "kmalloc-redzone": {
    "overflow-slack": 0.55,
    "device-write": 0.14,
    artefact: 0.08,
    "overflow-right": 0.06,
    "krealloc-misuse": 0.06,
    "off-by-one": 0.05,
    "off-by-one-nul": 0.05,
  },
  poison: {
    "write-after-free": 0.75,
    "device-write": 0.05,
    "overflow-far": 0.04,
    "cross-cache-reuse": 0.03,
    "overflow-right": 0.03,
    artefact: 0.04,
    "bit-flip": 0.03,
    "double-free": 0.02,
    "list-misuse": 0.01,
  },
  padding: {
    "overflow-right": 0.38,
    "overflow-far": 0.28,
    "wrong-size-use": 0.08,
    "overflow-strided": 0.06,
    "off-by-one": 0.06,
    "off-by-one-nul": 0.04,
    "invalid-free-interior": 0.04,
    "overflow-left": 0.04,
    "bit-flip": 0.02,
  },
  "slab-padding": {
    "slab-padding": 0.52,
    "stack-overflow": 0.14,
    "overflow-right": 0.12,
    "overflow-far": 0.1,
    "device-write": 0.05,
    "bit-flip": 0.03,
    artefact: 0.02,
  },
  "free-pointer": {
    "free-pointer-forge": 0.3,
    "write-after-free": 0.24,
    "overflow-right": 0.14,
    "wrong-size-use": 0.08,
    "overflow-far": 0.05,
    "overflow-strided": 0.03,
    "freelist-cycle": 0.03,
    "double-free": 0.03,
    artefact: 0.03,
    "bit-flip": 0.02,
    "device-write": 0.02,
    "invalid-free-interior": 0.03,
  },
  "free-list": {
    "free-pointer-forge": 0.42,
    "write-after-free": 0.28,
    "overflow-right": 0.08,
    "freelist-cycle": 0.08,
    "wrong-size-use": 0.06,
    "bit-flip": 0.03,
    artefact: 0.02,
  },
  "already-free": {
    "double-free": 0.42,
    "double-free-interleaved": 0.4,
    "double-free-after-reuse": 0.05,
    "double-free-bulk": 0.03,
    "freelist-cycle": 0.03,
    race: 0.04,
    "invalid-free-foreign": 0.02,
  },
  count: {
    "freelist-cycle": 0.24,
    "free-pointer-forge": 0.16,
    "overflow-right": 0.08,
    "double-free": 0.2,
    "double-free-bulk": 0.06,
    "wrong-cache-free": 0.08,
    "write-after-free": 0.08,
    artefact: 0.06,
    race: 0.04,
  },
  remaining: {
    "leak-at-destroy": 0.88,
    race: 0.05,
    "double-free": 0.02,
    "wrong-cache-free": 0.03,
    artefact: 0.02,
  },
  pointer: {
    "invalid-free-interior": 0.5,
    "invalid-free-foreign": 0.25,
    "free-pointer-forge": 0.1,
    "wrong-cache-free": 0.06,
    "double-free-after-discard": 0.05,
  },
  "wrong-cache": {
    "wrong-cache-free": 0.86,
    "use-after-destroy": 0.05,
    "double-free-after-discard": 0.05,
    "cross-cache-reuse": 0.04,
  },
  "hardened-free": {
    "double-free": 0.58,
    "double-free-interleaved": 0.3,
    "double-free-after-reuse": 0.04,
    race: 0.05,
    "bit-flip": 0.01,
  },
  "kfree-page": {
    "invalid-free-foreign": 0.62,
    "double-free-after-discard": 0.18,
    "double-free": 0.06,
    "use-after-destroy": 0.03,
    "free-pointer-forge": 0.05,
  },
  "slab-bug": {
    "free-pointer-forge": 0.28,
    "write-after-free": 0.22,
    "double-free": 0.12,
    "freelist-cycle": 0.1,
    race: 0.08,
    artefact: 0.08,
    "overflow-right": 0.08,
  },
  "alloc-oops": {
    "write-after-free": 0.36,
    "free-pointer-forge": 0.26,
    "overflow-right": 0.1,
    "double-free": 0.08,
    "wrong-size-use": 0.07,
    "overflow-far": 0.04,
    "freelist-cycle": 0.03,
    "device-write": 0.02,
    artefact: 0.02,
    "bit-flip": 0.01,
  },
  "free-oops": {
    "invalid-free-foreign": 0.62,
    "double-free": 0.03,
    "read-after-free": 0.03,
    "free-pointer-forge": 0.1,
    "double-free-after-discard": 0.08,
    "use-after-destroy": 0.06,
    "wrong-size-use": 0.04,
    "write-after-free": 0.04,
  },
  "poison-oops": {
    "read-after-free": 0.42,
    "write-after-free": 0.36,
    race: 0.08,
    "list-misuse": 0.05,
    "uninitialised-read": 0.02,
    "double-free": 0.02,
  },
  list: {
    "list-misuse": 0.56,
    race: 0.14,
    "write-after-free": 0.12,
    "write-after-reuse": 0.05,
    "overflow-right": 0.03,
    "wrong-size-use": 0.03,
    "device-write": 0.02,
    "bit-flip": 0.01,
  },
};

/** Shares of the classes that only a kernel with sheaves has, which stand beside the others. */
const OF_SHEAVES: Readonly<Partial<Record<SlabCheck, Shares>>> = {
  poison: { "sheaf-overwrite": 0.02 },
  "free-pointer": { "double-free-in-sheaf": 0.02, "double-free-rcu": 0.01 },
  "free-list": { "bad-free-flushed": 0.06 },
  "already-free": {
    "double-free-in-sheaf": 0.05,
    "double-free-sheaf-and-slab": 0.05,
    "double-free-rcu": 0.04,
    "bad-free-flushed": 0.03,
  },
  count: {
    "double-free-in-sheaf": 0.06,
    "double-free-sheaf-and-slab": 0.06,
    "double-free-rcu": 0.05,
  },
  remaining: { "sheaf-overwrite": 0.01, "double-free-rcu": 0.01 },
  pointer: { "bad-free-flushed": 0.08 },
  "wrong-cache": { "wrong-cache-leak": 0.3 },
  "hardened-free": {
    "double-free-rcu": 0.06,
    "bad-free-flushed": 0.05,
    "double-free-in-sheaf": 0.04,
  },
  "kfree-page": { "double-free-rcu": 0.05 },
  "slab-bug": {
    "double-free-in-sheaf": 0.06,
    "double-free-sheaf-and-slab": 0.03,
    "double-free-rcu": 0.03,
  },
  "alloc-oops": { "sheaf-overwrite": 0.04 },
  "free-oops": { "sheaf-overwrite": 0.05, "bad-free-flushed": 0.05 },
  "poison-oops": { "double-free-rcu": 0.03 },
};

/** Shares of a user, by check; what is left out keeps its share. */
export type PriorChange = Readonly<Partial<Record<SlabCheck, Shares>>>;

/** Shares of the causes of a check on a kernel, and what the user says of them. */
export function sharesOf(check: SlabCheck, kernel: ProfileName, change: PriorChange): Shares {
  const ofSheaves = hasSheaves({ profile: kernel }) ? OF_SHEAVES[check] : {};
  return { ...PRIOR[check], ...ofSheaves, ...change[check] };
}

const SHARE = v.pipe(
  v.number("must be a share from 0 to 1"),
  v.minValue(0, "must be a share from 0 to 1"),
  v.maxValue(1, "must be a share from 0 to 1"),
);
const SHARES = v.strictObject(
  Object.fromEntries(CAUSE_NAMES.map((name) => [name, v.optional(SHARE)])),
);

/**
 * Reads shares of causes from JSON: `{"kmalloc-redzone": {"device-write": 0.4}}`. Throws a
 * UserError for a check or a cause that does not exist, and for a share outside of 0 to 1.
 */
export function parsePrior(text: string, name: string): PriorChange {
  const checks = Object.fromEntries(Object.keys(PRIOR).map((check) => [check, v.optional(SHARES)]));
  const schema = v.strictObject(checks) as unknown as Schema<PriorChange>;
  return readJson({ text, name, kind: "shares of causes" }, schema);
}

const DOUBLE = "the allocation and free stacks of the object, which option U keeps";

/** What would tell a cause from its neighbours. */
const SETTLED_BY: Readonly<Partial<Record<CauseName, string>>> = {
  "write-after-free": "KASAN, which stops at the write itself",
  "write-after-reuse": "KASAN with its quarantine, which stops at the write itself",
  "double-free": DOUBLE,
  "double-free-interleaved": DOUBLE,
  "double-free-in-sheaf": DOUBLE,
  "double-free-sheaf-and-slab": DOUBLE,
  "double-free-rcu": DOUBLE,
  "wrong-size-use": "the size that the code asks for beside the object size of its cache",
  "device-write": "an IOMMU in strict mode, or a larger buffer for the device",
  "stack-overflow": "CONFIG_VMAP_STACK, which ends a stack in an unmapped page",
  "list-misuse": "a search for all that adds, deletes or initialises this node",
  race: "KCSAN, or lockdep on the list's lock",
  artefact: "the same load without the tool",
  "bit-flip": "a memory test, and whether the same bit fails again",
  "leak-at-destroy": "option U, which names where each object that is left was allocated",
};

export function settledBy(cause: CauseName): string {
  return SETTLED_BY[cause] ?? "KASAN, or the options that the program below names";
}
