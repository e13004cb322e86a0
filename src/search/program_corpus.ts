// The programs that a guided search goes on from: each came by an edge, or as often by one, as no
// program before it did. Programs with rare edges are chosen more often.
import type { Prng } from "../base/prng.ts";
import type { GuidedOps } from "../target/guided.ts";
import type { EdgeRecord } from "./edge_record.ts";

interface CorpusEntry {
  readonly ops: GuidedOps;
  /** Features that it was the first to have. */
  readonly features: readonly number[];
}

/** Long programs cost more than they are likely to show: as if each were so much longer. */
const SHORT_OPS = 32;

export class ProgramCorpus {
  readonly #entries: CorpusEntry[] = [];
  /** For each entry the sum of its weight and those before it. */
  #sums: Float64Array = new Float64Array(0);

  get size(): number {
    return this.#entries.length;
  }

  get programs(): readonly GuidedOps[] {
    return this.#entries.map(({ ops }) => ops);
  }

  add(entry: CorpusEntry): void {
    this.#entries.push(entry);
  }

  /** Weighs the entries by how rare their features are by now. */
  weigh(record: EdgeRecord): void {
    this.#sums = new Float64Array(this.#entries.length);
    let sum = 0;
    for (const [i, { ops, features }] of this.#entries.entries()) {
      sum += record.rarityOf(features) / Math.sqrt(SHORT_OPS + ops.length);
      this.#sums[i] = sum;
    }
  }

  /** A program by its weight; there must be one that was weighed. */
  choose(prng: Prng): GuidedOps {
    const sums = this.#sums;
    const drawn = (prng.next() / TO_WORD) * sums[sums.length - 1];
    let first = 0;
    let last = sums.length - 1;
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (sums[middle] > drawn) last = middle;
      else first = middle + 1;
    }
    return this.#entries[first].ops;
  }

  /** Any program, each as often. */
  chooseAny(prng: Prng): GuidedOps {
    return this.#entries[prng.below(this.#sums.length)].ops;
  }
}

const TO_WORD = 0x100000000;
