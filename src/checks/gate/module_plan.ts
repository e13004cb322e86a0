// What the gate checks of a module: clean programs of several kinds, the programs of all bug
// classes without the mistake, and those with it of the classes that the module claims to detect.
// They are the same cases each time.
import { UserError } from "../../base/user_error.ts";
import { type Binding, takesAlignment } from "../../module/load/binding.ts";
import type { ForeignChoice } from "../../module/load/choice.ts";
import { type ModuleOptions, type ModuleRequest, moduleOptions } from "../../module/options.ts";
import type { ForeignOp } from "../../module/program/op.ts";
import { printForeign } from "../../module/program/text.ts";
import { type BugName, INJECTED_BUGS } from "../../target/bug_names.ts";
import type { CheckKind, CheckOf } from "./check.ts";

/** A check of a module. */
export type ModuleCheckPlan = CheckOf<ModuleOptions>;

interface Part {
  readonly name: string;
  readonly kind: CheckKind;
  readonly shape: Omit<ModuleRequest, "target">;
  /** Cases of a quick run, and of a full one. */
  readonly quick: number;
  readonly full: number;
}

const SEED = 5n;
const CLEAN = ["none"] as const;

/**
 * Long programs wear an allocator out, short ones stay close to an empty heap. Some kinds of sizes
 * leave no room for others in a program.
 */
const PARTS: readonly Part[] = [
  {
    name: "invariants long",
    kind: "invariants",
    shape: { bugs: CLEAN, opCountMax: 1000 },
    quick: 80,
    full: 1000,
  },
  {
    name: "invariants short",
    kind: "invariants",
    shape: { bugs: CLEAN, opCountMax: 40 },
    quick: 300,
    full: 4000,
  },
  {
    name: "invariants small blocks",
    kind: "invariants",
    shape: { bugs: CLEAN, opCountMax: 400, sizes: [1, 8, 16, 24, 40, 64] },
    quick: 60,
    full: 800,
  },
  {
    name: "invariants large blocks",
    kind: "invariants",
    shape: { bugs: CLEAN, opCountMax: 200, sizes: [1000, 4096, 10_000, 65_536] },
    quick: 40,
    full: 500,
  },
  {
    name: "twins",
    kind: "twins",
    shape: { bugs: INJECTED_BUGS, twins: true, opCountMax: 100 },
    quick: 100,
    full: 1500,
  },
];

/**
 * The checks of the sections `invariants` and `detectors`. `detects`: bug classes of which the
 * module has to give up in time in one case or more. Throws a UserError for a class that its
 * allocator cannot have.
 */
export function moduleChecks(
  choice: ForeignChoice,
  isQuick: boolean,
  detects: readonly BugName[] = [],
): readonly ModuleCheckPlan[] {
  const checks = PARTS.map((part) => planOf(choice, part, isQuick));
  return [...checks, ...claimChecks(choice, isQuick, detects)];
}

/** The misuse of each class that the module claims to detect: short programs, which end in it. */
export function claimChecks(
  choice: ForeignChoice,
  isQuick: boolean,
  detects: readonly BugName[],
): readonly ModuleCheckPlan[] {
  return detects.map((bug) => {
    const shape = { bugs: [bug], opCountMax: 100 };
    const part = {
      name: `detects ${bug}`,
      kind: "detectors",
      shape,
      quick: 40,
      full: 400,
    } as const;
    return { ...planOf(choice, part, isQuick), caught: [bug] };
  });
}

function planOf(choice: ForeignChoice, part: Part, isQuick: boolean): ModuleCheckPlan {
  const { name, kind, shape, quick, full } = part;
  const options = moduleOptions({ ...shape, ...choice, seed: SEED });
  return { name, kind, options, cases: isQuick ? quick : full, caught: [] };
}

/** Only a module can claim to detect something. Throws a UserError for a core. */
export function refuseClaims(core: string, detects: readonly BugName[]): void {
  if (detects.length === 0) return;
  throw new UserError(`${core}: what a core detects follows from its options, not from a claim`);
}

/** Cases that a worker takes at a time: some tenths of a second. */
const SLICE = 20;

/** A slice of each campaign that ends by the clock; by default long and short clean programs. */
export function moduleSlices(
  choice: ForeignChoice,
  seed: bigint,
  campaigns: readonly Omit<ModuleRequest, "target">[] = [
    { bugs: CLEAN },
    { bugs: CLEAN, opCountMax: 100 },
  ],
): readonly ModuleCheckPlan[] {
  return campaigns.map((campaign) => {
    const options = moduleOptions({ ...campaign, ...choice, seed });
    const isClean = options.bugs.includes("none");
    const words = ["fuzz", isClean ? "clean" : "misuse", `up to ${options.opCountMax} operations`];
    const kind = isClean ? "invariants" : options.twins ? "twins" : "detectors";
    return { name: words.join(" "), kind, options, cases: SLICE, caught: [] };
  });
}

/** The script of a program that any right allocator survives, for the corpus of a new project. */
export function firstProgramOf(choice: ForeignChoice, binding: Binding): string {
  const align = takesAlignment(binding) ? 8 : 0;
  const alloc = (slot: number, size: number): ForeignOp => {
    return { op: "alloc", slot, a: size, b: align, c: 0 };
  };
  const free = (slot: number): ForeignOp => ({ op: "free", slot, a: 0, b: 0, c: 0 });
  const frees = binding.free === undefined ? [] : [free(0), free(1), alloc(2, 24)];
  const ops = [alloc(0, 24), alloc(1, 3000), ...frees];
  return printForeign({ choice, bug: "none", comments: ["expect: ok"], ops });
}
