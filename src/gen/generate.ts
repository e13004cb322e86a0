// One case: caches, traffic with a mistake somewhere in it, the end game. Everything is drawn from
// the counter-based stream of the case number, so any case can be made alone, anywhere.
import type { ProgramImage } from "../program/image.ts";
import { INJECT } from "./bug/index.ts";
import type { BugName } from "./bug_names.ts";
import { Draft } from "./draft.ts";
import { addEnding } from "./ending.ts";
import type { GenerateOptions } from "./options.ts";
import { Traffic } from "./traffic.ts";

/** Caches that a program begins with, at most. */
const FIRST_CACHES_MAX = 4;
/** A program is no shorter than this part of what the options allow. */
const SHORTEST_PART = 8;

export class Generator {
  readonly #options: GenerateOptions;
  readonly #draft: Draft;
  readonly #traffic = new Traffic();
  #bug: BugName = "none";
  #census = 0;

  constructor(options: GenerateOptions) {
    this.#options = options;
    this.#draft = new Draft(options);
  }

  /** The program that was generated last. */
  get image(): ProgramImage {
    return this.#draft.image;
  }

  /** Its operations that are mistakes. */
  get marks(): readonly number[] {
    return this.#draft.marks;
  }

  /** Its bug class. */
  get bug(): BugName {
    return this.#bug;
  }

  /** The operation before which everything may be counted. */
  get census(): number {
    return this.#census;
  }

  /** Makes the program of a case. */
  generate(caseNumber: number): ProgramImage {
    const draft = this.#draft;
    const { prng } = draft;
    draft.begin(caseNumber);
    this.#bug = prng.pick(this.#options.bugs);
    this.#traffic.tune(prng);
    for (let count = prng.between(1, FIRST_CACHES_MAX); count > 0; count--) draft.addCache();
    const length = this.#drawLength();
    const injectAt = Math.floor(length * (0.2 + prng.below(64) / 100));
    this.#addTraffic(injectAt);
    INJECT[this.#bug](draft);
    this.#addTraffic(length);
    this.#census = addEnding(draft);
    return draft.image;
  }

  #drawLength(): number {
    const longest = this.#options.opCountMax;
    return this.#draft.prng.between(Math.ceil(longest / SHORTEST_PART), longest);
  }

  #addTraffic(opCount: number): void {
    while (this.#draft.image.opCount < opCount) this.#traffic.add(this.#draft);
  }
}
