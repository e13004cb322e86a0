// What comparing verdicts has given so far, by kernel and options, and what a recorded run keeps.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VERDICTS } from "../../src/target/verdict.ts";
import { setupName } from "./setups.ts";
import { isEqual, type VerdictPair } from "./verdicts.ts";
import type { Boot } from "./vm.ts";

/** What one kernel with one set of options came to. */
export interface VerdictCount {
  readonly kernel: string;
  readonly parameters: string;
  readonly seed: number;
  programs: number;
  equal: number;
  different: number;
  random: number;
  /** The core's verdicts. */
  readonly verdicts: Record<string, number>;
}

const FILE = fileURLToPath(new URL("verdicts.json", import.meta.url));
const TITLES = ["programs", "equal", "differ", "random"];
const NAME_COLUMNS = 40;

export class VerdictTally {
  readonly #counts = new Map<string, VerdictCount>();
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  add(boot: Boot, pair: VerdictPair): void {
    const count = this.#countOf(boot);
    count.programs++;
    if (pair.isRandom) count.random++;
    else if (isEqual(pair)) count.equal++;
    else count.different++;
    const { verdict } = pair.core;
    count.verdicts[verdict] = (count.verdicts[verdict] ?? 0) + 1;
  }

  get programs(): number {
    return this.counts.reduce((sum, { programs }) => sum + programs, 0);
  }

  get different(): number {
    return this.counts.reduce((sum, { different }) => sum + different, 0);
  }

  get counts(): readonly VerdictCount[] {
    return [...this.#counts.values()];
  }

  /** The table at the end of a run. */
  report(seconds: number): string {
    const met = VERDICTS.filter((verdict) => this.counts.some((one) => one.verdicts[verdict] > 0));
    const rows = [...this.#counts].map(([name, count]) => {
      const { programs, equal, different, random, verdicts } = count;
      const ofEach = met.map((verdict) => verdicts[verdict] ?? 0);
      return row(name, [programs, equal, different, random, ...ofEach].map(String));
    });
    const rate = (this.programs / Math.max(seconds, 0.001)).toFixed(1);
    return [
      row("kernel, variant, parameters", [...TITLES, ...met]),
      ...rows,
      `${seconds.toFixed(0)} s, ${rate} programs a second`,
    ].join("\n");
  }

  #countOf(boot: Boot): VerdictCount {
    const name = setupName(boot);
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const { kernel, parameters } = boot;
    const none = { programs: 0, equal: 0, different: 0, random: 0 };
    const made = { kernel, parameters, seed: this.#seed, ...none, verdicts: {} };
    this.#counts.set(name, made);
    return made;
  }
}

function row(name: string, cells: readonly string[]): string {
  return [name.padEnd(NAME_COLUMNS), ...cells.map((cell) => cell.padStart(10))].join("");
}

/** Takes the place of what was recorded of the same kernel and options before. */
export function recordVerdicts(added: readonly VerdictCount[], file = FILE): void {
  const others = readVerdicts(file).filter((one) =>
    added.every((other) => keyOf(other) !== keyOf(one)),
  );
  const all = [...others, ...added.map(inOrder)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}

/** Which verdict was met first is a matter of which machine was faster. */
function inOrder(count: VerdictCount): VerdictCount {
  const met = VERDICTS.filter((verdict) => count.verdicts[verdict] > 0);
  return { ...count, verdicts: Object.fromEntries(met.map((one) => [one, count.verdicts[one]])) };
}

/** The recorded runs; none if the file does not exist. */
export function readVerdicts(file = FILE): readonly VerdictCount[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
}

function keyOf({ kernel, parameters }: VerdictCount): string {
  return `${kernel} ${parameters}`;
}
