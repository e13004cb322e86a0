// What came of the parts of a cell, added up: the same in whatever order they come.
import { DigestSum } from "../base/hash.ts";
import { hex64OfWords } from "../base/hex.ts";
import type { BrokenProgram, Explored } from "./explorer.ts";
import { StateSet } from "./state_set.ts";

export class ExploredSum {
  readonly #programs: number[] = [];
  readonly #states = new StateSet();
  readonly #digest = new DigestSum();
  #broken = 0;
  #first: BrokenProgram | undefined;

  /** Adds a part; returns the part without the states that are known already. */
  add(part: Explored): Explored {
    const { programs, broken, first, digestHigh, digestLow } = part;
    for (const [i, count] of programs.entries()) {
      this.#programs[i] = (this.#programs[i] ?? 0) + count;
    }
    const states = this.#states.addText(part.states);
    this.#digest.add(digestHigh, digestLow);
    this.#broken += broken;
    if (first !== undefined && comesBefore(first, this.#first)) this.#first = first;
    return { ...part, states };
  }

  /** Programs that were run, by how many operations they have, from 1 on. */
  get programs(): readonly number[] {
    return this.#programs;
  }

  get run(): number {
    return this.#programs.reduce((sum, count) => sum + count, 0);
  }

  get states(): number {
    return this.#states.size;
  }

  get broken(): number {
    return this.#broken;
  }

  /** The shortest program that broke a rule. */
  get first(): BrokenProgram | undefined {
    return this.#first;
  }

  /** Sixteen hex digits over all programs and the states that they lead to. */
  get digest(): string {
    return hex64OfWords(this.#digest.high, this.#digest.low);
  }
}

/** Short programs come first, and of one length in the order of their operations. */
function comesBefore({ ops }: BrokenProgram, other: BrokenProgram | undefined): boolean {
  if (other === undefined || ops.length !== other.ops.length) {
    return other === undefined || ops.length < other.ops.length;
  }
  const at = ops.findIndex((op, i) => op !== other.ops[i]);
  return at >= 0 && ops[at] < other.ops[at];
}
