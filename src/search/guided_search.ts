// A guided search, round after round: which programs come next, and what is learned from those that
// ran. A round is chosen from the corpus as it was at its beginning, and its results are taken in
// the order of their numbers: so it does not matter which thread ran what, or when.
import { Prng, type SeedWords } from "../base/prng.ts";
import type { GuidedOps } from "../target/guided.ts";
import { EdgeRecord } from "./edge_record.ts";
import type { GuidedCase, GuidedSource } from "./guided_case.ts";
import { ProgramCorpus } from "./program_corpus.ts";
import { SourceShare } from "./source_share.ts";

/** Programs of a round, at most. */
export const GUIDED_ROUND = 64;
/** The first rounds are short: there is little to go on from before the first is over. */
const FIRST_ROUND = 8;
/** Choices are drawn from other streams than programs are. */
const STREAMS = 0x63686f73;

export interface GuidedSearchRequest {
  readonly words: number;
  readonly seed: SeedWords;
  /** Programs that come first, as they are. */
  readonly given?: readonly GuidedOps[];
}

export class GuidedSearch {
  readonly record: EdgeRecord;
  readonly corpus = new ProgramCorpus();
  readonly #given: readonly GuidedOps[];
  readonly #share = new SourceShare();
  readonly #seed: SeedWords;
  readonly #prng: Prng;
  #next = 0;
  /** Programs of the generator so far: the first ones of a blind search. */
  #generated = 0;

  constructor({ words, seed, given = [] }: GuidedSearchRequest) {
    this.record = new EdgeRecord(words);
    this.#given = given;
    this.#seed = { high: (seed.high ^ STREAMS) >>> 0, low: seed.low };
    this.#prng = new Prng(this.#seed);
  }

  /** The next programs, `most` at most. */
  nextRound(most: number): readonly GuidedCase[] {
    this.corpus.weigh(this.record);
    const first = this.#next;
    this.#next += Math.min(most, GUIDED_ROUND, Math.max(FIRST_ROUND, first));
    return Array.from({ length: this.#next - first }, (_, i) => {
      return { number: first + i, source: this.#sourceOf(first + i) };
    });
  }

  /** Learns which edges a program came by; returns what of that is new. */
  learn(one: GuidedCase, words: Uint32Array, operations: number): readonly number[] {
    this.#share.add(one.source.kind === "mutated", operations);
    return this.record.add(words);
  }

  #sourceOf(number: number): GuidedSource {
    if (number < this.#given.length) return { kind: "given", ops: this.#given[number] };
    const prng = this.#prng;
    prng.start(this.#seed, number);
    if (this.corpus.size === 0 || !this.#share.choosesMutated(prng))
      return { kind: "generated", caseNumber: this.#generated++ };
    const ops = this.corpus.choose(prng);
    const other = prng.oneIn(2) ? this.corpus.choose(prng) : this.corpus.chooseAny(prng);
    return { kind: "mutated", ops, other };
  }
}
