// Which edges the programs of a search came by, in which classes of times, and how many programs
// did. An edge in a class is a feature: number 8 * edge + class - 1.
import { EDGE_CLASSES, EDGES_A_WORD, edgeClass } from "../wasm/edges.ts";

export class EdgeRecord {
  /** By feature: programs that have it. */
  readonly #programs: Uint32Array;
  readonly #isReached: Uint8Array;
  /** Edges that some program came by. */
  reached = 0;

  constructor(words: number) {
    this.#programs = new Uint32Array(words * EDGES_A_WORD * EDGE_CLASSES);
    this.#isReached = new Uint8Array(words * EDGES_A_WORD);
  }

  /** Counts the features of a program; returns those that no program had before. */
  add(words: Uint32Array): readonly number[] {
    const news: number[] = [];
    for (const feature of featuresOf(words)) {
      if (this.#programs[feature]++ > 0) continue;
      news.push(feature);
      const edge = Math.floor(feature / EDGE_CLASSES);
      this.reached += 1 - this.#isReached[edge];
      this.#isReached[edge] = 1;
    }
    return news;
  }

  /** Whether a program came by an edge. */
  isReached(edge: number): boolean {
    return this.#isReached[edge] !== 0;
  }

  /** How rare the features are of which some program has each: the sum of 1 / programs. */
  rarityOf(features: readonly number[]): number {
    return features.reduce((sum, feature) => sum + 1 / this.#programs[feature], 0);
  }
}

/** The features of a reading, in order. */
export function featuresOf(words: Uint32Array): readonly number[] {
  const features: number[] = [];
  for (let word = 0; word < words.length; word++) {
    if (words[word] === 0) continue;
    for (let edge = word * EDGES_A_WORD; edge < (word + 1) * EDGES_A_WORD; edge++) {
      const times = edgeClass(words, edge);
      if (times > 0) features.push(EDGE_CLASSES * edge + times - 1);
    }
  }
  return features;
}
