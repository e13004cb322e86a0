// Tries one mutant: runs the programs that come by its place until one of them shows it.
//
// A program is run plainly first, and its answers are compared: that is quick. Where they differ
// the golden programs have caught the mutant; the judge is then asked about this program and a few
// more, because a rule that broke, or a detector that kept silent, says more than a difference. A
// few programs of each check are judged in any case.
import { nowMs } from "../../base/clock.ts";
import { UserError } from "../../base/user_error.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { adoptModule } from "../../slub/core/load.ts";
import { FUEL, WORK_FUEL } from "../../wasm/fuel.ts";
import { changes, withProbes } from "../../wasm/probe.ts";
import { isTrap } from "../../wasm/trap.ts";
import { type CostBaseline, compareCost, parseCostBaseline } from "../cost/baseline.ts";
import { StressPlayer } from "../golden/player.ts";
import { nameOfProgram } from "../golden/quick_sample.ts";
import type { MutableModule, Mutant } from "./mutant.ts";
import {
  type Kill,
  type MutantCover,
  type MutantResult,
  notReached,
  resultOf,
} from "./mutant_result.ts";
import { type Reached, roundsOf } from "./reach.ts";
import { alarmOf, costOfMutant, type Expectations, type TestSet } from "./reference.ts";

/** Rounds of loops that one program may take. */
const FUEL_A_PROGRAM = 1 << 24;
/** Programs of each check that are judged though their answers are right. */
const JUDGED_ANYWAY = 4;
/** Programs that are judged, after one differed, in search of more than a difference. */
const JUDGED_AFTER = 24;

/** More programs than that leave enough choice. */
const SEEN_BY_MAX = 12;

export class MutantTester {
  readonly #module: Pick<MutableModule, "file">;
  readonly #testSets: readonly TestSet[];
  readonly #expectations: Expectations;
  readonly #costBaseline: CostBaseline;

  constructor(
    module: Pick<MutableModule, "file">,
    testSets: readonly TestSet[],
    expectations: Expectations,
  ) {
    this.#module = module;
    this.#testSets = testSets;
    this.#expectations = expectations;
    this.#costBaseline = parseCostBaseline(expectations.cost, "the cost of the original");
  }

  /** Which golden programs tell a mutant apart, if none of those that always run does. */
  cover(mutant: Mutant, reached: readonly Reached[]): MutantCover {
    const { id } = mutant;
    const run = this.#runOf(mutant);
    const tasks = this.#tasks(reached);
    const isSlow = ({ testSet }: Task) => testSet.player instanceof StressPlayer;
    const quick = tasks.filter((task) => !isSlow(task));
    if (run.differences(quick, 1).length > 0) return { id, seenBy: [] };
    return { id, seenBy: run.differences(tasks.filter(isSlow), SEEN_BY_MAX) };
  }

  #runOf({ patches }: Mutant): MutantRun {
    return new MutantRun(withProbes(this.#module.file, [changes(patches), WORK_FUEL]));
  }

  try(mutant: Mutant, reached: readonly Reached[]): MutantResult {
    const { id } = mutant;
    if (reached.length === 0) return notReached(id);
    const start = nowMs();
    const run = this.#runOf(mutant);
    const { first, rest } = roundsOf(reached);
    const kill = run.play(this.#tasks(first)) ?? this.#costs(mutant) ?? run.play(this.#tasks(rest));
    return resultOf(id, kill, run, start);
  }

  /** What answers as the original does may take longer to do so. */
  #costs({ patches }: Mutant): Kill | undefined {
    try {
      const { dearer } = compareCost(this.#costBaseline, costOfMutant(this.#module, patches));
      return dearer.length === 0
        ? undefined
        : { killer: "cost", check: `cost ${dearer[0].row.name}` };
    } catch (error) {
      if (isTrap(error)) return { killer: "trapped", check: "cost" };
      throw error;
    }
  }

  #tasks(reached: readonly Reached[]): readonly Task[] {
    return reached.map(({ testSet, ...programs }) => ({
      ...programs,
      testSet: this.#testSets[testSet],
      answers: this.#expectations.testSets[testSet].answers,
    }));
  }
}

interface Task extends Pick<Reached, "cases" | "isThorough"> {
  readonly testSet: TestSet;
  readonly answers: readonly bigint[];
}

/** The run of one mutant. */
class MutantRun {
  readonly #core: `other:${string}` = "other:mutant";
  #heap: SlabHeap | undefined;
  #difference: Kill | undefined;
  #patience = JUDGED_AFTER;
  /** How often each check was judged. */
  readonly #judged = new Map<TestSet, number>();
  programs = 0;
  stumble: string | undefined;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    adoptModule(this.#core, new WebAssembly.Module(bytes));
  }

  play(tasks: readonly Task[]): Kill | undefined {
    for (const task of tasks) {
      const kill = this.#playTask(task);
      if (kill !== undefined) return kill;
      if (this.#patience <= 0) break;
    }
    return this.#difference;
  }

  /** Programs that are answered otherwise, or not at all: no more than so many. */
  differences(tasks: readonly Task[], most: number): readonly string[] {
    const found: string[] = [];
    for (const task of tasks) {
      let isBooted = false;
      const differs = (index: number): Kill | undefined => {
        if (!isBooted) this.#boot(task);
        isBooted = true;
        return this.#differenceIn(task, index);
      };
      for (const index of task.cases) {
        const difference = this.#guarded(task.testSet, () => differs(index));
        isBooted &&= this.#heap !== undefined;
        if (difference === undefined) continue;
        found.push(nameOfProgram(task.testSet.player.name, index));
        if (found.length === most) return found;
      }
    }
    return found;
  }

  #boot({ testSet: { player }, isThorough }: Task): undefined {
    // Each kernel boots first on a heap that no other has used, as most heaps do.
    if (this.#heap?.machine.profile !== player.machine.profile) this.#heap = undefined;
    this.#heap ??= new SlabHeap(this.#core);
    this.#heap.isThorough = isThorough;
    this.#refuel();
    player.boot(this.#heap);
  }

  #playTask(task: Task): Kill | undefined {
    const boot = () => this.#boot(task);
    let failed = this.#guarded(task.testSet, boot);
    for (const index of task.cases) {
      if (failed !== undefined || this.#patience <= 0) break;
      this.programs++;
      failed = this.#guarded(task.testSet, () => this.#playProgram(task, index));
      if (this.#heap === undefined) failed ??= this.#guarded(task.testSet, boot);
    }
    return failed;
  }

  #playProgram(task: Task, index: number): Kill | undefined {
    const { testSet } = task;
    const difference = this.#differenceIn(task, index);
    const differs = difference !== undefined;
    this.#difference ??= difference;
    if (this.#difference !== undefined) this.#patience--;
    if (testSet.kind === "golden" || !(differs || this.#isToBeJudged(testSet))) return undefined;
    this.#refuel();
    const alarm = alarmOf(testSet, index);
    if (alarm === undefined) return undefined;
    return { killer: testSet.kind, check: testSet.player.name, signature: alarm.signature };
  }

  #differenceIn({ testSet: { player }, answers }: Task, index: number): Kill | undefined {
    this.#refuel();
    const isAsBefore = player.answer(index) === answers[index];
    return isAsBefore ? undefined : { killer: "golden", check: player.name };
  }

  #isToBeJudged(testSet: TestSet): boolean {
    const count = (this.#judged.get(testSet) ?? 0) + 1;
    this.#judged.set(testSet, count);
    return count <= JUDGED_ANYWAY;
  }

  #refuel(): void {
    (this.#heap!.core[FUEL] as WebAssembly.Global).value = FUEL_A_PROGRAM;
  }

  /** What is thrown is the mutant's doing, and shows it, or the harness's, and does not count. */
  #guarded({ player }: TestSet, work: () => Kill | undefined): Kill | undefined {
    try {
      return work();
    } catch (error) {
      const fuel = (this.#heap?.core[FUEL] as WebAssembly.Global | undefined)?.value;
      this.#heap = undefined;
      if (isTrap(error)) return { killer: fuel === 0 ? "hung" : "trapped", check: player.name };
      if (error instanceof UserError) return { killer: "refused", check: player.name };
      this.stumble ??= error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }
}
