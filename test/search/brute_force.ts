// Every program of a scope, each run from its beginning: slow, and without any of the ways by which
// a search saves work. What it finds is what a search must find.
import { hex64OfWords } from "../../src/base/hex.ts";
import type { SearchCell } from "../../src/search/cell.ts";
import { PartExplorer } from "../../src/search/exhaust_jobs.ts";
import { HeapState } from "../../src/search/heap_state.ts";
import { Grammar, type ProgramState } from "../../src/search/program_state.ts";
import { StateSet } from "../../src/search/state_set.ts";
import { WordKind } from "../../src/search/vocabulary.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";

export interface BruteForce {
  readonly programs: number;
  /** Heap states, as 16 digits each. */
  readonly states: ReadonlySet<string>;
}

/** All programs of a cell, the one without operations among them. */
export function bruteForce(cell: SearchCell): BruteForce {
  const grammar = new Grammar(cell.vocabulary, "each");
  const runner = new Runner(cell);
  const states = new Set<string>();
  let programs = -1;
  const visit = (state: ProgramState, ops: readonly number[]): void => {
    programs++;
    states.add(runner.stateAfter(ops, state));
    if (ops.length === cell.request.scope.ops) return;
    for (const op of cell.vocabulary.ops.keys()) {
      if (!grammar.allows(state, op)) continue;
      const next = grammar.begin().copyFrom(state);
      grammar.apply(next, op);
      visit(next, [...ops, op]);
    }
  };
  visit(grammar.begin(), []);
  return { programs, states };
}

/** The states that a search of one cell finds, as 16 digits each. */
export function searchedStates(cell: SearchCell): Set<string> {
  const explorer = new PartExplorer(cell.request.target);
  const all = new StateSet();
  for (const part of cell.parts) all.addText(explorer.explore({ cell: cell.request, part }).states);
  const digits = Buffer.from(all.text, "base64").toString("hex");
  return new Set(digits.match(/.{16}/g));
}

class Runner {
  readonly #cell: SearchCell;
  readonly #heap = new SlabHeap();
  /** Operations that make the caches. */
  readonly #first: number;
  readonly #reader: HeapState;

  constructor(cell: SearchCell) {
    const { scope } = cell.request;
    this.#cell = cell;
    this.#first = scope.sizes.length;
    this.#heap.configure(cell.machine);
    this.#run([]);
    const caches = scope.sizes.map((_, i) => this.#heap.result(i).valueLow);
    this.#reader = new HeapState(this.#heap, caches, scope);
  }

  /** The heap's state after a program; the heap must be in order. */
  stateAfter(ops: readonly number[], state: ProgramState): string {
    this.#run(ops);
    const isFine = this.#reader.read(state, this.#objects(ops));
    if (!isFine) throw new Error(`${ops.join(" ")}: ${this.#reader.problem}`);
    const { high, low } = this.#reader.hash;
    return hex64OfWords(high >>> 0, low >>> 0);
  }

  #run(ops: readonly number[]): void {
    this.#heap.load(this.#cell.vocabulary.program(ops));
    this.#heap.reset();
    this.#heap.run(0, this.#first + ops.length);
  }

  /** Where the objects of the names lie. */
  #objects(ops: readonly number[]): Int32Array {
    const { vocabulary } = this.#cell;
    const objects = new Int32Array(vocabulary.names);
    for (const [i, op] of ops.entries()) {
      const { kind, names } = vocabulary.ops[op];
      const { areas } = this.#heap;
      const value = areas.result / 4 + 4 * (this.#first + i) + 2;
      const list = (areas.extra + this.#heap.result(this.#first + i).valueLow) / 4;
      if (kind === WordKind.ALLOC) objects[names[0]] = this.#reader.offsetAt(value);
      if (kind !== WordKind.BULK_ALLOC) continue;
      for (const [j, name] of names.entries()) objects[name] = this.#reader.offsetAt(list + 2 * j);
    }
    return objects;
  }
}
