// What a run has done so far, by setup.
import type { RuleNumber } from "../../test/recordings/compare_rules.ts";
import type { Judged } from "./batch.ts";
import { mergeRuns, type RecordedRun } from "./record.ts";
import { setupName } from "./setups.ts";
import type { Boot } from "./vm.ts";

interface Count {
  programs: number;
  operations: number;
  same: number;
  different: number;
  random: number;
  crashes: number;
  hangs: number;
}

export class Tally {
  readonly #bySetup = new Map<string, Count>();
  readonly #boots = new Map<string, Boot>();
  readonly #excused = new Map<RuleNumber, number>();
  #lines = 0;
  #unsteady = 0;
  #late = 0;

  add(boot: Boot, { program, verdict }: Judged): void {
    const count = this.#countOf(setupName(boot));
    this.#boots.set(setupName(boot), boot);
    const { comparison } = verdict;
    count.programs++;
    count.operations += comparison.compared;
    if (comparison.equal) count.same++;
    else if (verdict.isRandom) count.random++;
    else count.different++;
    if (program.outcome === "crash") count.crashes++;
    if (program.outcome === "hang") count.hangs++;
    if (verdict.isLate) this.#late++;
    this.#lines += verdict.expected.length;
    for (const [rule, lines] of comparison.excused) {
      this.#excused.set(rule, (this.#excused.get(rule) ?? 0) + lines);
    }
  }

  /** It differed among others, and not alone. */
  addUnsteady(boot: Boot): void {
    const count = this.#countOf(setupName(boot));
    count.different--;
    count.same++;
    this.#unsteady++;
  }

  get programs(): number {
    return this.#sum("programs");
  }

  get different(): number {
    return this.#sum("different");
  }

  /** The table at the end of a run. */
  report(seconds: number): string {
    const rows = [...this.#bySetup].sort(([a], [b]) => (a < b ? -1 : 1));
    const rate = (this.programs / Math.max(seconds, 0.001)).toFixed(1);
    return [
      row("kernel, variant, parameters", TITLES),
      ...rows.map(([name, count]) => row(name, numbersOf(count))),
      row("all", numbersOf(this.#total())),
      `${seconds.toFixed(0)} s, ${rate} programs a second, ${this.#lines} lines of log`,
      `lines excused by rule: ${this.#rules()}`,
      `programs with kernel text behind the next operation: ${this.#late}`,
      `programs that differed once, and not when they were tried again: ${this.#unsteady}`,
    ].join("\n");
  }

  /** The counts by kernel and variant. */
  runs(seed: number): readonly RecordedRun[] {
    const rows = [...this.#bySetup].map(([name, { programs, different }]) => {
      const { kernel, variant } = this.#boots.get(name) as Boot;
      return { kernel, variant, seed, programs, differences: different };
    });
    return mergeRuns([], rows, true);
  }

  #rules(): string {
    const rules = [...this.#excused].sort(([a], [b]) => a - b);
    return rules.map(([rule, lines]) => `${rule}: ${lines}`).join(", ") || "none";
  }

  #sum(key: keyof Count): number {
    return [...this.#bySetup.values()].reduce((sum, count) => sum + count[key], 0);
  }

  #total(): Count {
    const total = emptyCount();
    for (const key of Object.keys(total) as (keyof Count)[]) total[key] = this.#sum(key);
    return total;
  }

  #countOf(setup: string): Count {
    const known = this.#bySetup.get(setup) ?? emptyCount();
    this.#bySetup.set(setup, known);
    return known;
  }
}

const TITLES = ["programs", "ops", "crash", "hang", "same", "random", "differ"];

function numbersOf(count: Count): string[] {
  const { programs, operations, crashes, hangs, same, random, different } = count;
  return [programs, operations, crashes, hangs, same, random, different].map(String);
}

function row(name: string, cells: readonly string[]): string {
  return [name.padEnd(40), ...cells.map((cell) => cell.padStart(9))].join("");
}

function emptyCount(): Count {
  return {
    programs: 0,
    operations: 0,
    same: 0,
    different: 0,
    random: 0,
    crashes: 0,
    hangs: 0,
  };
}
