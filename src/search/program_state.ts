// Which operation may come next in a program, and which programs are alike. Of programs that are
// alike one is run: the others do the same to the heap, under other names or in another order.
//
//   names      A name whose object was freed is as good as one that was never used: an allocation
//              takes the lowest that is not in use. CPUs are taken into use in order, too.
//   writes     A write within an object touches nothing that another operation looks at, but for
//              the free of that object: it stands right behind the allocation, by name and offset.
//              The same write twice is one write.
//   caches     Operations on different caches meet in the page allocator only, which may then give
//              each the other's pages: between two switches of the CPU they stand by cache. (Not
//              where new free lists are shuffled: all caches draw from the same random numbers.)
//   CPUs       Of two switches in a row the first one does nothing.
//
// So each program of a scope does to the heap what one does that is run, which is no longer. It has
// no more objects of a cache at a time, either: that is why the limit is one for each cache.
import { type Vocabulary, WordKind } from "./vocabulary.ts";

/**
 * Whether one of the programs that are alike is run, or each; or one of those that are alike in
 * names and CPUs: around a mistake the order of operations matters.
 */
export type Symmetry = "one" | "each" | "one by name";

/** What decides how a program may go on. */
export class ProgramState {
  /** Which names have an object. */
  readonly inUse: Uint8Array;
  /** Which offsets of it were written, as bits. */
  readonly written: Int32Array;
  cpu = 0;
  /** CPUs that the program has run on. */
  cpus = 1;
  /** No operation on an earlier cache may come before the next switch of the CPU. */
  firstCache = 0;
  isBehindSwitch = false;
  /** Names that the last operation but for writes has allocated, as bits. */
  fresh = 0;
  /** Number of the first write that may still come. */
  nextWrite = 0;

  constructor(names: number) {
    this.inUse = new Uint8Array(names);
    this.written = new Int32Array(names);
  }

  isInUse(name: number): boolean {
    return this.inUse[name] !== 0;
  }

  copyFrom(other: ProgramState): this {
    this.inUse.set(other.inUse);
    this.written.set(other.written);
    this.cpu = other.cpu;
    this.cpus = other.cpus;
    this.firstCache = other.firstCache;
    this.isBehindSwitch = other.isBehindSwitch;
    this.fresh = other.fresh;
    this.nextWrite = other.nextWrite;
    return this;
  }
}

/** The rules of a vocabulary: what may come next, and what it leads to. */
export class Grammar {
  readonly vocabulary: Vocabulary;
  readonly symmetry: Symmetry;
  readonly #objects: number;
  readonly #offsets: number;
  readonly #sortsCaches: boolean;
  /** Of each operation: the names that it is about, as bits, and whether they ascend. */
  readonly #masks: Int32Array;
  readonly #ascends: readonly boolean[];

  constructor(vocabulary: Vocabulary, symmetry: Symmetry) {
    const { scope, machine, ops } = vocabulary;
    this.vocabulary = vocabulary;
    this.symmetry = symmetry;
    this.#objects = scope.objects;
    this.#offsets = scope.offsets.length;
    this.#sortsCaches = symmetry === "one" && !machine.randomised;
    this.#masks = Int32Array.from(ops, ({ names }) =>
      names.reduce((mask, name) => mask | (1 << name), 0),
    );
    this.#ascends = ops.map(({ names }) =>
      names.every((name, i) => i === 0 || names[i - 1] < name),
    );
  }

  begin(): ProgramState {
    return new ProgramState(this.vocabulary.names);
  }

  /** Numbers of the operations that may come next, written to `moves`; returns how many. */
  moves(state: ProgramState, moves: Int32Array): number {
    let count = 0;
    const { length } = this.vocabulary.ops;
    for (let op = 0; op < length; op++) {
      if (this.allows(state, op)) moves[count++] = op;
    }
    return count;
  }

  /** Whether a program may go on with an operation. */
  allows(state: ProgramState, op: number): boolean {
    const { kind, cache, names, arg } = this.vocabulary.ops[op];
    switch (kind) {
      case WordKind.ALLOC:
      case WordKind.BULK_ALLOC:
        return this.#comesInOrder(state, cache) && this.#mayAllocate(state, op);
      case WordKind.FREE:
      case WordKind.BULK_FREE:
        return this.#comesInOrder(state, cache) && areInUse(state, names);
      case WordKind.SHRINK:
      case WordKind.VALIDATE:
        return this.#comesInOrder(state, cache);
      case WordKind.CPU:
        if (arg === state.cpu) return false;
        return this.symmetry === "each" || (!state.isBehindSwitch && arg <= state.cpus);
      case WordKind.WRITE:
        if (!state.isInUse(names[0])) return false;
        if (this.symmetry !== "one") return true;
        return (state.fresh & this.#masks[op]) !== 0 && this.#writeNumber(op) >= state.nextWrite;
    }
  }

  /** The program goes on with an operation that may come next. */
  apply(state: ProgramState, op: number): void {
    const { kind, cache, names, arg } = this.vocabulary.ops[op];
    if (kind === WordKind.WRITE) {
      state.written[names[0]] |= 1 << arg;
      state.nextWrite = this.#writeNumber(op) + 1;
      return;
    }
    const isAlloc = kind === WordKind.ALLOC || kind === WordKind.BULK_ALLOC;
    state.fresh = isAlloc ? this.#masks[op] : 0;
    state.nextWrite = 0;
    state.isBehindSwitch = kind === WordKind.CPU;
    if (kind === WordKind.CPU) {
      state.cpu = arg;
      state.cpus = Math.max(state.cpus, arg + 1);
      state.firstCache = 0;
      return;
    }
    state.firstCache = cache;
    if (kind === WordKind.SHRINK || kind === WordKind.VALIDATE) return;
    for (const name of names) {
      state.inUse[name] = Number(isAlloc);
      state.written[name] = 0;
    }
  }

  /** A text that is the same for states with as many programs behind them. */
  key(state: ProgramState): string {
    const held = this.#held(state);
    const { cpu, cpus, firstCache, isBehindSwitch } = state;
    if (this.symmetry === "each") return `${held} ${cpu}`;
    const order = `${cpus} ${this.#sortsCaches ? firstCache : 0} ${isBehindSwitch}`;
    const writes = this.symmetry === "one" ? this.#writesLeft(state) : 0;
    return `${held} ${cpu} ${order} ${writes}`;
  }

  /** How many objects of each cache are in use. */
  #held({ inUse }: ProgramState): string {
    const counts = this.vocabulary.scope.sizes.map((_, cache) => {
      const first = cache * this.#objects;
      return inUse.subarray(first, first + this.#objects).reduce((sum, one) => sum + one, 0);
    });
    return counts.join();
  }

  /** Numbers of the writes that may come next, counted from the end. */
  #writesLeft({ fresh, nextWrite }: ProgramState): number {
    let left = 0;
    for (let name = 0; name < this.vocabulary.names; name++) {
      if ((fresh & (1 << name)) === 0) continue;
      const first = name * this.#offsets;
      left += Math.min(Math.max(first + this.#offsets - nextWrite, 0), this.#offsets);
    }
    return left;
  }

  #writeNumber(op: number): number {
    const { names, arg } = this.vocabulary.ops[op];
    return names[0] * this.#offsets + arg;
  }

  #comesInOrder(state: ProgramState, cache: number): boolean {
    return !this.#sortsCaches || cache >= state.firstCache;
  }

  /** All names are free; of names that are alike the lowest ones. */
  #mayAllocate(state: ProgramState, op: number): boolean {
    const { cache, names } = this.vocabulary.ops[op];
    if (this.symmetry === "each") return areFree(state, names);
    if (!this.#ascends[op]) return false;
    const wanted = this.#masks[op];
    const last = names[names.length - 1];
    for (let name = cache * this.#objects; name <= last; name++) {
      const isWanted = (wanted & (1 << name)) !== 0;
      if (isWanted === state.isInUse(name)) return false;
    }
    return true;
  }
}

function areInUse(state: ProgramState, names: readonly number[]): boolean {
  for (let i = 0; i < names.length; i++) {
    if (!state.isInUse(names[i])) return false;
  }
  return true;
}

function areFree(state: ProgramState, names: readonly number[]): boolean {
  return names.every((name) => !state.isInUse(name));
}

/**
 * How many programs of 1 to `ops` operations there are behind a state. Exact: nothing is run, and
 * states with as many programs behind them are counted once.
 */
export function countPrograms(grammar: Grammar, ops: number, from = grammar.begin()): bigint {
  const known = new Map<string, bigint>();
  const count = (state: ProgramState, left: number): bigint => {
    if (left === 0) return 0n;
    const key = `${left} ${grammar.key(state)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let sum = 0n;
    for (let op = 0; op < grammar.vocabulary.ops.length; op++) {
      if (!grammar.allows(state, op)) continue;
      const next = grammar.begin().copyFrom(state);
      grammar.apply(next, op);
      sum += 1n + count(next, left - 1);
    }
    known.set(key, sum);
    return sum;
  };
  return count(from, ops);
}
