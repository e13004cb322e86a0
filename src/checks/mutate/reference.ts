// Runs all test sets once on the core as it is: mutants are compared with its answers, and the
// places that a program passes tell which mutants it can show.
import { UserError } from "../../base/user_error.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { adoptModule } from "../../slub/core/load.ts";
import { FUEL, WORK_FUEL } from "../../wasm/fuel.ts";
import { METER } from "../../wasm/meter.ts";
import { changes, withProbes } from "../../wasm/probe.ts";
import type { Patch } from "../../wasm/rewrite.ts";
import { baselineText } from "../cost/baseline.ts";
import { readCost } from "../cost/measure.ts";
import type { CostTable } from "../cost/row.ts";
import { type CheckKind, isForbidden } from "../gate/check.ts";
import { goldenPlayers, playerOfCheck } from "../gate/golden.ts";
import { fastChecks } from "../gate/plan.ts";
import type { JudgedProgram, Player, SetPlayer } from "../golden/player.ts";
import type { MutableModule, Mutant } from "./mutant.ts";
import { type Reached, ReachProbe } from "./reach.ts";

/** What is known of one test set; it travels to the workers as it is. */
export interface Expectations {
  readonly testSets: readonly TestSetAnswers[];
  /** What operations cost the core without a mutant, as a baseline of the cost. */
  readonly cost: string;
}

interface TestSetAnswers {
  /** Digest of the answers to each program. */
  readonly answers: readonly bigint[];
}

/** What decides which checks are skipped, and what runs in their place. */
const SKIPS = /\b(slab\/(pristine|lane|plain_lane)|page\/live|exec\/(door|plain_ops))\.ts$/;

export class Reference {
  readonly expectations: Expectations;
  readonly #probe: ReachProbe;
  /** Flags of each program of each test set, with every check made, and with checks skipped. */
  readonly #thorough: readonly ProgramFlags[];
  readonly #skipping: readonly ProgramFlags[];

  private constructor(probe: ReachProbe, walks: readonly Walk[], cost: string) {
    this.#probe = probe;
    this.expectations = { testSets: walks.map(({ answers }) => ({ answers })), cost };
    this.#thorough = walks.map(({ thorough }) => thorough);
    this.#skipping = walks.map(({ skipping }) => skipping);
  }

  /** Goes through all test sets, and rests between them, so that a signal can be heard. */
  static async of(
    module: MutableModule,
    mutants: readonly Mutant[],
    testSets: readonly TestSet[],
  ): Promise<Reference> {
    const probe = new ReachProbe(mutants);
    const bytes = withProbes(module.file, [probe.instrument]);
    adoptModule("other:reference", new WebAssembly.Module(bytes));
    const heap = new SlabHeap("other:reference");
    const walks: Walk[] = [];
    for (const testSet of testSets) {
      walks.push(walk(testSet, heap, probe));
      await new Promise((resume) => setImmediate(resume));
    }
    return new Reference(probe, walks, baselineText(costOfMutant(module, [])));
  }

  /**
   * Programs that come by a mutant's place. With every check made each mutant of a check shows; one
   * of what skips checks, or of what else runs only then, does not.
   */
  reachOf(mutant: Mutant): readonly Reached[] {
    const thorough = SKIPS.test(mutant.source) ? [] : this.#reachIn(this.#thorough, mutant, true);
    return thorough.length > 0 ? thorough : this.#reachIn(this.#skipping, mutant, false);
  }

  #reachIn(sets: readonly ProgramFlags[], mutant: Mutant, isThorough: boolean): Reached[] {
    return sets.flatMap((flags, testSet) => {
      const cases = flags.flatMap((up, i) => (this.#probe.isReached(mutant, up) ? [i] : []));
      return cases.length === 0 ? [] : [{ testSet, cases, isThorough }];
    });
  }
}

/** Of each program of a test set. */
type ProgramFlags = readonly Uint32Array[];

/** What one test set came to. */
interface Walk {
  readonly answers: readonly bigint[];
  readonly thorough: ProgramFlags;
  readonly skipping: ProgramFlags;
}

function walk(testSet: TestSet, heap: SlabHeap, probe: ReachProbe): Walk {
  const thorough = walkOnce(testSet, heap, probe, true);
  const skipping = walkOnce(testSet, heap, probe, false);
  const other = thorough.answers.findIndex((answer, i) => answer !== skipping.answers[i]);
  if (other >= 0) throw refused(testSet.player.name, `skipped check, program ${other}`);
  return { answers: thorough.answers, thorough: thorough.flags, skipping: skipping.flags };
}

function walkOnce(
  testSet: TestSet,
  heap: SlabHeap,
  probe: ReachProbe,
  isThorough: boolean,
): { readonly answers: readonly bigint[]; readonly flags: ProgramFlags } {
  const { player } = testSet;
  const take = (): Uint32Array => probe.takeFlags(heap.core as never);
  take();
  heap.isThorough = isThorough;
  player.boot(heap);
  // Whatever booting comes by shapes every program.
  const boot = take();
  const answers: bigint[] = [];
  const flags: Uint32Array[] = [];
  for (let i = 0; i < player.count; i++) {
    answers.push(player.answer(i));
    const isJudged = isThorough && testSet.kind !== "golden";
    const alarm = isJudged ? alarmOf(testSet, i) : undefined;
    if (alarm !== undefined) throw refused(player.name, alarm.signature);
    flags.push(take().map((word, k) => word | boot[k]));
  }
  return { answers, flags };
}

/** Of a target whose mutants tell nothing. */
export function refused(check: string, signature: string): UserError {
  return new UserError(
    `the target itself fails ${check} (${signature}): make it pass, then mutate`,
  );
}

/** One size is enough to tell a path from another. */
const SIZES = [320];
/** Rounds of loops that all operations may take together. */
const FUEL_FOR_ALL = 1 << 26;

/**
 * The cost of the module with mutations, if any. Throws what the core throws. Some mutants answer
 * as the original does, only not as quickly.
 */
export function costOfMutant(
  { file }: Pick<MutableModule, "file">,
  mutations: readonly Patch[],
): CostTable {
  // The meter comes first: a mutant that jumps away has begun the run of instructions.
  const bytes = withProbes(file, [METER, changes(mutations), WORK_FUEL]);
  adoptModule("other:metered", new WebAssembly.Module(bytes));
  const heap = new SlabHeap("other:metered");
  (heap.core[FUEL] as WebAssembly.Global).value = FUEL_FOR_ALL;
  return readCost(heap, SIZES);
}

/** Programs for one machine, and what must not come of them. Golden programs are only compared. */
export type TestSet = JudgedSet | { readonly kind: "golden"; readonly player: Player };

interface JudgedSet {
  readonly kind: CheckKind;
  readonly player: SetPlayer;
}

/**
 * All of them, in the order in which they are gone through. Those that boot alike follow each
 * other: a core that boots another kernel, or another memory, has megabytes to clear.
 */
export function allTestSets(): readonly TestSet[] {
  const testSets = [
    ...fastChecks().map((check): TestSet => ({ player: playerOfCheck(check), kind: check.kind })),
    ...goldenPlayers().map((player): TestSet => ({ player, kind: "golden" })),
  ];
  const groups = new Map<string, TestSet[]>();
  for (const testSet of testSets) {
    const { profile, physPages } = testSet.player.machine;
    const key = `${profile} ${physPages}`;
    groups.set(key, [...(groups.get(key) ?? []), testSet]);
  }
  return [...groups.values()].flat();
}

/** What the judge says of a program, where that tells that the core is wrong. */
export function alarmOf({ kind, player }: JudgedSet, index: number): JudgedProgram | undefined {
  const judged = player.judge(index);
  return isForbidden(kind, judged.verdict) ? judged : undefined;
}
