// Runs all programs that begin in the same way, each from the heap that the program before its last
// operation left: the core goes back to that moment by its undo trail (wasm/undo.ts).
//
// After every program: the operation did what it must, nothing was printed, and the heap is in
// order (heap_state.ts). The first program that leads to a heap state is judged by the oracle of
// `fuzz` once more, from its beginning on: with every byte of red zones, poison and padding looked
// at, and with all checks made that the core may skip.
import { OP_SIZE, RESULT_SIZE, ResultField, Status } from "../abi.ts";
import { assert } from "../base/assert.ts";
import { DigestSum } from "../base/hash.ts";
import { mix32 } from "../base/prng.ts";
import { UserError } from "../base/user_error.ts";
import type { SlabHeap } from "../slub/core/heap.ts";
import { EVERY_BYTE } from "../slub/options.ts";
import type { Machine } from "../slub/program/machine.ts";
import { Judge } from "../slub/run/judge.ts";
import { isTrap } from "../wasm/trap.ts";
import type { UndoExports } from "../wasm/undo.ts";
import { HeapState } from "./heap_state.ts";
import { Grammar, type ProgramState, type Symmetry } from "./program_state.ts";
import type { SearchHeaps } from "./search_heaps.ts";
import { StateSet } from "./state_set.ts";
import { type SearchScope, Vocabulary, WordKind } from "./vocabulary.ts";

const RECORD_WORDS = OP_SIZE / 4;
const RESULT_WORDS = RESULT_SIZE / 4;
/** Programs between two beats of the heart, which costs as much as one. */
const BEAT_PROGRAMS = 1024;

/** How a problem begins that only the oracle saw. */
export const ORACLE_SAYS = "the oracle: ";

/** A program that broke a rule. */
export interface BrokenProgram {
  /** Numbers of its operations in the vocabulary. */
  readonly ops: readonly number[];
  /** What is wrong then, in words. */
  readonly problem: string;
}

/** What came of some programs; plain data, for it travels between threads. */
export interface Explored {
  /** Programs that were run, by how many operations they have, from 1 on. */
  readonly programs: readonly number[];
  /** How many of them broke a rule. */
  readonly broken: number;
  /** The shortest of these; of several the first in the order of the vocabulary. */
  readonly first: BrokenProgram | undefined;
  /** A `StateSet` as text: the heap states that programs without a broken rule lead to. */
  readonly states: string;
  readonly digestHigh: number;
  readonly digestLow: number;
}

/** Which programs are run: those that begin so, and have so many operations at most. */
export interface SearchPart {
  /** Numbers of operations; the program of these alone is another part's. */
  readonly prefix: readonly number[];
  readonly ops: number;
}

export class Explorer {
  readonly #vocabulary: Vocabulary;
  readonly #grammar: Grammar;
  readonly #heap: SlabHeap;
  readonly #undo: UndoExports;
  readonly #judge: Judge;
  readonly #state: HeapState;
  readonly #records: Uint32Array;
  /** Number of the first operation behind those that make the caches. */
  readonly #first: number;
  readonly #programAt: number;
  readonly #states: ProgramState[];
  readonly #objects: Int32Array[];
  readonly #moves: Int32Array[];
  readonly #ops: number[] = [];
  #programs: number[] = [];
  #broken = 0;
  #shortest: BrokenProgram | undefined;
  #seen = new StateSet();
  /** States of which the oracle has found something. */
  #suspicious = new StateSet();
  #digest = new DigestSum();
  #opsMax = 0;
  #beat: (programs: number) => void = () => {};
  #total = 0;

  constructor(
    bench: SearchHeaps,
    scope: SearchScope,
    machine: Machine,
    symmetry: Symmetry = "one",
  ) {
    this.#vocabulary = new Vocabulary(scope, machine);
    this.#grammar = new Grammar(this.#vocabulary, symmetry);
    this.#heap = bench.heap;
    this.#undo = bench.undo;
    bench.judged.configure(machine);
    this.#judge = new Judge(bench.judged, EVERY_BYTE);
    this.#first = scope.sizes.length;
    this.#records = this.#load(machine);
    this.#programAt = this.#heap.areas.program >>> 2;
    const caches = scope.sizes.map((_, i) => this.#cacheOf(i));
    this.#state = new HeapState(this.#heap, caches, scope);
    const depths = Array.from({ length: scope.ops + 1 }, (_, depth) => depth);
    this.#states = depths.map(() => this.#grammar.begin());
    this.#objects = depths.map(() => new Int32Array(this.#vocabulary.names));
    this.#moves = depths.map(() => new Int32Array(this.#vocabulary.ops.length));
  }

  /** Runs the programs of a part; `beat` is called now and then, with how many were run. */
  explore({ prefix, ops }: SearchPart, beat: (programs: number) => void = () => {}): Explored {
    assert(ops < this.#states.length, "a part is no deeper than its scope");
    this.#programs = Array.from({ length: ops }, () => 0);
    this.#broken = 0;
    this.#shortest = undefined;
    this.#seen = new StateSet();
    this.#suspicious = new StateSet();
    this.#digest = new DigestSum();
    this.#opsMax = ops;
    this.#beat = beat;
    this.#total = 0;
    this.#ops.length = 0;
    this.#undo.slabfuzz_back(0);
    const isInOrder = prefix.length > 0 || this.#isEmptyHeapInOrder();
    if (isInOrder && this.#follow(prefix)) this.#extend(prefix.length);
    return this.#explored;
  }

  get #explored(): Explored {
    return {
      programs: this.#programs,
      broken: this.#broken,
      first: this.#shortest,
      states: this.#seen.text,
      digestHigh: this.#digest.high,
      digestLow: this.#digest.low,
    };
  }

  /** Makes the caches; returns the records of all operations of the vocabulary. */
  #load(machine: Machine): Uint32Array {
    const image = this.#vocabulary.image();
    this.#undo.slabfuzz_forget();
    this.#heap.configure(machine);
    this.#undo.slabfuzz_forget();
    this.#heap.load(image);
    this.#heap.reset();
    const ran = this.#heap.run(0, this.#first);
    if (ran < this.#first) throw new UserError("the core dies when it makes the caches");
    this.#heap.clearEvents();
    this.#undo.slabfuzz_mark(0);
    return image.words.slice(0, image.opCount * RECORD_WORDS);
  }

  #cacheOf(i: number): number {
    const { status, valueLow } = this.#heap.result(i);
    if (status === Status.CREATED) return valueLow;
    const size = this.#vocabulary.scope.sizes[i];
    throw new UserError(`--size ${size}: this kernel makes no cache of such objects`);
  }

  /** Runs the operations that a part begins with; false where one breaks a rule. */
  #follow(prefix: readonly number[]): boolean {
    for (const [depth, op] of prefix.entries()) {
      this.#ops.push(op);
      this.#enter(depth, op);
      if (this.#run(depth, op) !== undefined) return false;
      this.#undo.slabfuzz_mark(depth + 1);
    }
    return true;
  }

  /** Runs all programs that go on from here. */
  #extend(depth: number): void {
    const moves = this.#moves[depth];
    const count = this.#grammar.moves(this.#states[depth], moves);
    for (let i = 0; i < count; i++) {
      const op = moves[i];
      this.#ops.push(op);
      this.#enter(depth, op);
      const problem = this.#run(depth, op) ?? this.#judgeNew();
      this.#count(depth, problem);
      if (problem === undefined && depth + 1 < this.#opsMax) {
        this.#undo.slabfuzz_mark(depth + 1);
        this.#extend(depth + 1);
      }
      this.#undo.slabfuzz_back(depth);
      this.#ops.pop();
    }
  }

  #enter(depth: number, op: number): void {
    const next = this.#states[depth + 1].copyFrom(this.#states[depth]);
    this.#objects[depth + 1].set(this.#objects[depth]);
    this.#grammar.apply(next, op);
  }

  #count(depth: number, problem: string | undefined): void {
    this.#programs[depth]++;
    if (++this.#total % BEAT_PROGRAMS === 0) this.#beat(this.#total);
    if (problem === undefined) this.#addDigest();
    else this.#noteBroken(problem);
  }

  #addDigest(): void {
    let program = 0;
    for (const op of this.#ops) program = mix32(program + op + 1);
    this.#digest.add(
      (this.#state.hash.high ^ program) >>> 0,
      (this.#state.hash.low + program) >>> 0,
    );
  }

  #noteBroken(problem: string): void {
    this.#broken++;
    const before = this.#shortest;
    if (before !== undefined && before.ops.length <= this.#ops.length) return;
    this.#shortest = { ops: [...this.#ops], problem };
  }

  /** Runs an operation behind `depth` others; returns what is wrong then. */
  #run(depth: number, op: number): string | undefined {
    const index = this.#first + depth;
    const from = (this.#first + op) * RECORD_WORDS;
    const to = this.#programAt + index * RECORD_WORDS;
    const { u32 } = this.#heap.views;
    for (let i = 0; i < RECORD_WORDS; i++) u32[to + i] = this.#records[from + i];
    try {
      if (this.#heap.core.run_program(index, 1) !== 1) return "the machine dies";
    } catch (error) {
      if (!isTrap(error)) throw error;
      return "the core traps";
    }
    return this.#lookAt(depth, op, index * RESULT_WORDS);
  }

  #lookAt(depth: number, op: number, result: number): string | undefined {
    const { results, core } = this.#heap;
    if (core.event_bytes() !== 0) return "the kernel prints something";
    if (results[result + ResultField.STATUS / 4] !== Status.OK) return "an operation fails";
    const { kind, names } = this.#vocabulary.ops[op];
    const objects = this.#objects[depth + 1];
    const value = result + ResultField.VALUE / 4;
    if (kind === WordKind.ALLOC) {
      objects[names[0]] = this.#state.offsetAt((this.#heap.areas.result >>> 2) + value);
    } else if (kind === WordKind.BULK_ALLOC) {
      if (results[result + ResultField.AUX / 4] !== names.length) return "a bulk alloc falls short";
      this.#takePointers(names, objects, (this.#heap.areas.extra + results[value]) >>> 2);
    }
    const isFine = this.#state.read(this.#states[depth + 1], objects);
    return isFine ? undefined : this.#state.problem;
  }

  #takePointers(names: readonly number[], objects: Int32Array, at: number): void {
    for (let i = 0; i < names.length; i++) objects[names[i]] = this.#state.offsetAt(at + 2 * i);
  }

  /** The program without operations leads to a state, too: that of a heap with empty caches. */
  #isEmptyHeapInOrder(): boolean {
    const isFine = this.#state.read(this.#states[0], this.#objects[0]);
    const problem = isFine ? this.#judgeNew() : this.#state.problem;
    if (problem !== undefined) this.#noteBroken(problem);
    return problem === undefined;
  }

  /**
   * The oracle's word on the program, if it is the first that leads to this state. Where the oracle
   * has found something once, it judges each program that leads there: a later one may be shorter.
   */
  #judgeNew(): string | undefined {
    const { high, low } = this.#state.hash;
    const isNew = this.#seen.add(high, low);
    if (!isNew && (this.#suspicious.size === 0 || !this.#suspicious.has(high, low)))
      return undefined;
    const result = this.#judge.run(this.#vocabulary.program(this.#ops));
    if (result.judgement.verdict === "ok") return undefined;
    this.#suspicious.add(high, low);
    return `${ORACLE_SAYS}${this.#judge.signatureOf(result).text}`;
  }
}
