// One case: caches, traffic with a mistake somewhere in it, the end game. Everything is drawn from
// the counter-based stream of the case number, so any case can be made alone, anywhere.
import type { Prng } from "../../base/prng.ts";
import type { BugName } from "../../target/bug_names.ts";
import type { ProgramImage } from "../program/image.ts";
import { INJECT } from "./bug/index.ts";
import { Draft } from "./draft.ts";
import { Feature } from "./features.ts";
import { KMALLOC } from "./holdings.ts";
import type { GenerateOptions } from "./options.ts";
import { Traffic } from "./traffic.ts";

/** Caches that a program begins with, at most. */
const FIRST_CACHES_MAX = 4;
/** A program is no shorter than this part of what the options allow. */
const SHORTEST_PART = 8;

export class Generator {
  readonly #options: GenerateOptions;
  readonly #draft: Draft;
  readonly #traffic: Traffic;
  readonly #bugs: BugName[] = [];
  #census = 0;

  constructor(options: GenerateOptions) {
    this.#options = options;
    this.#draft = new Draft(options);
    this.#traffic = new Traffic(options.workload);
  }

  /** The program that was generated last. */
  get image(): ProgramImage {
    return this.#draft.image;
  }

  /** Its operations that are mistakes. */
  get marks(): readonly number[] {
    return this.#draft.marks;
  }

  /** Its bug class; of two, the first. */
  get bug(): BugName {
    return this.#bugs[0];
  }

  /** Its bug classes, in the order of the mistakes. */
  get bugs(): readonly BugName[] {
    return this.#bugs;
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
    this.#drawBugs(prng);
    if (this.#options.swarm) draft.features &= drawSwarm(prng);
    this.#traffic.tune(draft);
    this.#addCaches(draft);
    const length = this.#drawLength();
    for (const bug of this.#bugs) {
      const from = draft.image.opCount / length;
      this.#addTraffic(Math.floor(length * drawBetween(prng, Math.max(from, 0.2), 0.84)));
      INJECT[bug](draft);
    }
    this.#addTraffic(length);
    this.#census = addEnding(draft);
    return draft.image;
  }

  #drawBugs(prng: Prng): void {
    for (let i = 0; i < this.#options.bugsPerCase; i++) {
      this.#bugs[i] = prng.pick(this.#options.bugs);
    }
  }

  #addCaches(draft: Draft): void {
    const count = draft.prng.between(1, FIRST_CACHES_MAX);
    draft.caches.add();
    for (let i = draft.has(Feature.CACHES) ? count : 1; i > 1; i--) draft.caches.add();
  }

  #drawLength(): number {
    const longest = this.#options.opCountMax;
    return this.#draft.prng.between(Math.ceil(longest / SHORTEST_PART), longest);
  }

  #addTraffic(opCount: number): void {
    while (this.#draft.image.opCount < opCount) this.#traffic.add(this.#draft);
  }
}

/** Features that a case keeps: each is off once in four. */
function drawSwarm(prng: Prng): number {
  return prng.next() | prng.next();
}

function drawBetween(prng: Prng, first: number, last: number): number {
  return first + (Math.max(last - first, 0) * prng.below(64)) / 64;
}

// The end game of every program: validate all caches, give everything back, shrink and destroy.
// Leaks, wrong lines and objects that are still on a list show here.

/** Adds the end game; returns the operation before which a census makes sense. */
function addEnding(draft: Draft): number {
  const census = draft.image.opCount;
  const validates = (draft.allowed & Feature.VALIDATE) !== 0;
  const shrinks = (draft.allowed & Feature.SHRINK) !== 0;
  for (let cache = 0; validates && cache < draft.caches.count; cache++) {
    if (draft.caches.isGone[cache] === 0) draft.image.validate(cache);
  }
  for (let owner = 0; owner <= KMALLOC; owner++) freeAll(draft, owner);
  for (let cache = 0; cache < draft.caches.count; cache++) draft.putSheavesOf(cache);
  if (draft.has(Feature.KFREE_RCU)) draft.image.rcuBarrier(draft.prng.oneIn(2));
  const validatesAgain = validates && draft.prng.oneIn(3);
  for (let cache = 0; cache < draft.caches.count; cache++) {
    if (draft.caches.isGone[cache] !== 0) continue;
    if (validatesAgain) draft.image.validate(cache);
    if (shrinks) draft.image.shrink(cache);
  }
  for (let cache = 0; cache < draft.caches.count; cache++) destroy(draft, cache);
  return census;
}

/** Destroys a cache; to do so while objects are held is a mistake. */
function destroy(draft: Draft, cache: number): void {
  if (draft.caches.isGone[cache] !== 0) return;
  if (draft.caches.isLeaky[cache] !== 0) draft.mark();
  draft.image.destroy(cache);
}

/** Newest first, oldest first, or in any order. */
function freeAll(draft: Draft, owner: number): void {
  const order = draft.prng.below(3);
  while (draft.heldCount(owner) > 0) {
    const last = draft.heldCount(owner) - 1;
    const index = order === 0 ? last : order === 1 ? 0 : draft.prng.below(last + 1);
    draft.free(owner, draft.heldAt(owner, index));
  }
}
