// What only the gate is told, an option a row: the names are those of the field `ci` in a config,
// and of the options of `slabfuzz ci`.
import { SECTION_NAMES } from "../../checks/gate/result.ts";
import { INJECTED_BUGS } from "../../target/bug_names.ts";
import { duration, flag, namesFrom, percent, text } from "./kind.ts";
import { option, type ValuesOf } from "./option.ts";
import { knownNames } from "./value.ts";

/** Of a core from another build; ours is known in the package. */
export const OTHER_GOLDEN = "slabfuzz.golden.json";
export const OTHER_COST = "slabfuzz.cost.json";
export const DEFAULT_CORPUS = "corpus";
export const DEFAULT_REPORTS = "slabfuzz-ci";
/** Percent: above that nothing is too dear. */
export const TOLERANCE_MAX = 10_000;

export const CI_OPTIONS = {
  /** The fast part only; default false. */
  quick: option({
    flag: "--quick",
    kind: flag,
    about: "the fast part only",
    no: "all of it (the default)",
  }),
  /** Sections to run, all by default. */
  sections: option({
    flag: "--sections <names>",
    kind: namesFrom({ names: SECTION_NAMES, read: knownNames("section", SECTION_NAMES) }),
    usual: "all",
    about: `only these: ${SECTION_NAMES.join(", ")}`,
  }),
  /** Bug classes that a module claims to detect; default none. */
  detects: option({
    flag: "--detects <classes>",
    kind: namesFrom({ names: INJECTED_BUGS, read: knownNames("bug class", INJECTED_BUGS) }),
    usual: "none",
    about: "bug classes that a module claims to detect: double-free,...",
  }),
  /** How long the campaign at the end takes. Default 30s, if quick 2s. */
  time: option({
    flag: "--time <time>",
    kind: duration,
    usual: "30s, with --quick 2s",
    about: "how long the campaign takes",
  }),
  /** Folder of the regression corpus; `corpus` if there is one. */
  corpus: option({
    flag: "--corpus <folder>",
    kind: text(),
    usual: `${DEFAULT_CORPUS}, if there is one`,
    about: "the corpus",
  }),
  /** File of the answers to the golden programs; `slabfuzz.golden.json` if there is one. */
  golden: option({
    flag: "--golden <file>",
    kind: text(),
    usual: `ours, or ${OTHER_GOLDEN}, if there`,
    about: "known answers",
  }),
  /** File of what operations cost; of another target `slabfuzz.cost.json` if there is one. */
  cost: option({
    flag: "--cost <file>",
    kind: text(),
    usual: `ours, or ${OTHER_COST}, if there`,
    about: "what operations cost",
  }),
  /** Percent by which an operation may become dearer; default 0. */
  costTolerance: option({
    flag: "--cost-tolerance <percent>",
    kind: percent(TOLERANCE_MAX),
    usual: "0",
    about: "how much dearer an operation may become",
  }),
  /** Folder that reports are written to; default `slabfuzz-ci`. */
  out: option({
    flag: "--out <folder>",
    kind: text(),
    usual: DEFAULT_REPORTS,
    about: "where reports are stored",
  }),
};

export type CiSettings = ValuesOf<typeof CI_OPTIONS>;
