// Which classes an option must catch: those for which the expectation (slub/oracle/expect.ts) has a
// check that is bound to speak in a good part of the programs of the class. What an option catches
// only by chance is not here; test/checks/gate/detectors.test.ts holds the table against the
// expectation.
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";

type Kernel = "v3.10" | "v6.1" | "v6.12";

/** Sets of letters, each of which is enough by itself. */
type Enough = readonly string[];

const GUARDS: Enough = ["FZ", "FP"];

/** The same on every kernel. */
const EVERYWHERE: Readonly<Partial<Record<BugName, Enough>>> = {
  "leak-at-destroy": [""],
  "double-free": ["F"],
  "double-free-interleaved": ["F"],
  "invalid-free-interior": ["F"],
  "wrong-cache-free": ["F"],
  "overflow-right": GUARDS,
  "overflow-far": GUARDS,
  "overflow-strided": GUARDS,
  "off-by-one": GUARDS,
  "off-by-one-nul": GUARDS,
  "wrong-size-use": GUARDS,
  "write-after-free": ["FP"],
  "slab-padding": ["FP"],
  "bit-flip": ["FP"],
};

/** Kernels with a red zone on the left, and with a word for pointers that lead nowhere. */
const LATER: Readonly<Partial<Record<BugName, Enough>>> = {
  "overflow-left": GUARDS,
  "overflow-far": ["F"],
  "bit-flip": GUARDS,
  "invalid-free-foreign": ["F"],
  "free-pointer-forge": ["F"],
};

/** What differs: only 6.2 and later remember how much of an object was asked for. */
const BY_KERNEL: Readonly<Record<Kernel, Readonly<Partial<Record<BugName, Enough>>>>> = {
  "v3.10": { "overflow-left": ["FP"] },
  "v6.1": LATER,
  "v6.12": { ...LATER, "overflow-slack": ["FZU"] },
};

/**
 * Classes about which a kernel says the wrong thing, by its own rules: 3.10 without F does not look
 * whose object comes into a cache, and checks it by the layout of the wrong one.
 */
export function saysWrongly(profile: string, letters: string): readonly BugName[] {
  const isBlind = profile === "v3.10" && !letters.includes("F") && letters !== "-";
  return isBlind ? ["wrong-cache-free"] : [];
}

/** The classes that these letters of slub_debug must catch on a kernel. */
export function mustCatch(profile: string, letters: string): readonly BugName[] {
  const own = BY_KERNEL[profile as Kernel] ?? {};
  return INJECTED_BUGS.filter((bug) => {
    const enough = own[bug] ?? EVERYWHERE[bug] ?? [];
    return enough.some((set) => [...set].every((letter) => letters.includes(letter)));
  });
}
