// What the programs of an exhaustive search consist of: a scope says which operations there are,
// and a vocabulary lists them one by one, each with its record for the core. Names of objects are
// numbers; each cache has its own, and a name may be used again once its object was freed.
import { Letter } from "../abi.ts";
import { counted } from "../base/count_text.ts";
import { UserError } from "../base/user_error.ts";
import { bootLettersFor } from "../slub/program/boot.ts";
import { ProgramImage } from "../slub/program/image.ts";
import type { Machine } from "../slub/program/machine.ts";

/** The words of which a scope chooses. */
export const SCOPE_WORDS = ["alloc", "free", "bulk", "shrink", "validate", "cpu", "write"] as const;

export type ScopeWord = (typeof SCOPE_WORDS)[number];

/** Which programs an exhaustive search runs. */
export interface SearchScope {
  /** Operations of a program, at most. */
  readonly ops: number;
  /** Names of objects of each cache: so many of a cache are allocated at a time, at most. */
  readonly objects: number;
  /** Sizes of the objects of each cache, in bytes. */
  readonly sizes: readonly number[];
  readonly words: readonly ScopeWord[];
  /** Where `write` stores its 8 bytes, counted from the beginning of an object. */
  readonly offsets: readonly number[];
}

export const OPS_LIMIT = 20;
export const OBJECTS_LIMIT = 5;
export const CACHES_LIMIT = 4;
const OFFSETS_LIMIT = 8;
/** Bytes that a write stores. */
export const WRITE_BYTES = 8;
/** What it stores: the same everywhere, so that programs which differ in names only are alike. */
export const WRITTEN = Uint8Array.of(0x57, 0x52, 0x49, 0x54, 0x54, 0x45, 0x4e, 0x21);

/** Throws a UserError for a scope that cannot be. */
export function checkScope({ ops, objects, sizes, words, offsets }: SearchScope): void {
  const limit = (what: string, value: number, most: number) => {
    if (value < 1 || value > most) throw new UserError(`--${what} ${value}: 1 to ${most}`);
  };
  limit("ops", ops, OPS_LIMIT);
  limit("objects", objects, OBJECTS_LIMIT);
  limit("caches", sizes.length, CACHES_LIMIT);
  if (!words.includes("alloc")) {
    throw new UserError("--words: without alloc there is no program: add it");
  }
  if (offsets.length > OFFSETS_LIMIT) {
    throw new UserError(`--at: ${counted(offsets.length, "offset")}, at most ${OFFSETS_LIMIT}`);
  }
  const far = offsets.find((offset) => sizes.some((size) => offset + WRITE_BYTES > size));
  if (far !== undefined && words.includes("write")) {
    throw new UserError(`--at ${far}: a write of ${WRITE_BYTES} bytes there leaves an object`);
  }
  const overlapping = offsets.find((one, i) =>
    offsets.some((other, j) => i < j && Math.abs(one - other) < WRITE_BYTES),
  );
  if (overlapping !== undefined) {
    throw new UserError(`--at ${overlapping}: its ${WRITE_BYTES} bytes overlap another write`);
  }
}

/** What an operation of a vocabulary does. */
export const WordKind = {
  ALLOC: 0,
  BULK_ALLOC: 1,
  FREE: 2,
  BULK_FREE: 3,
  SHRINK: 4,
  VALIDATE: 5,
  CPU: 6,
  WRITE: 7,
} as const;

export type KindNumber = (typeof WordKind)[keyof typeof WordKind];

/** One operation. */
export interface VocabularyOp {
  readonly kind: KindNumber;
  /** Number of the cache; 0 where there is none. */
  readonly cache: number;
  /** The names that it is about, in order. */
  readonly names: readonly number[];
  /** A CPU, or the index of an offset. */
  readonly arg: number;
}

/** All operations of a scope on a machine; one is named by its number in `ops`. */
export class Vocabulary {
  readonly scope: SearchScope;
  readonly machine: Machine;
  readonly ops: readonly VocabularyOp[];

  /** Names of objects; those of cache c begin at c * scope.objects. */
  get names(): number {
    return this.scope.objects * this.scope.sizes.length;
  }

  constructor(scope: SearchScope, machine: Machine) {
    this.scope = scope;
    this.machine = machine;
    this.ops = [...opsOf(scope, machine)];
  }

  /** An image that makes the caches, and then has each operation of the vocabulary once. */
  image(): ProgramImage {
    const image = this.begin();
    const first = image.newSlots(this.names);
    for (const op of this.ops) this.#put(image, op, (name) => first + name);
    return image;
  }

  /** A program of the vocabulary, which has a slot of its own for each allocation. */
  program(ops: readonly number[]): ProgramImage {
    const image = this.begin();
    const slots: number[] = [];
    for (const op of ops) this.put(image, op, slots);
    return image;
  }

  /** Adds an operation to a program; `slots` has the slot of each name that was allocated. */
  put(image: ProgramImage, number: number, slots: number[]): void {
    const op = this.ops[number];
    if (isAllocation(op)) {
      const first = image.newSlots(op.names.length);
      for (const [i, name] of op.names.entries()) slots[name] = first + i;
    }
    this.#put(image, op, (name) => slots[name]);
  }

  /** A program that makes the caches, and does nothing else as yet. */
  begin(): ProgramImage {
    const image = new ProgramImage();
    for (const size of this.scope.sizes) {
      const name = image.newName();
      const letters = Letter.NOLEAKTRACE; // such a cache is never merged
      const bootLetters = bootLettersFor(this.machine, image.cacheName(name), letters);
      image.cache(name, size, 0, letters, bootLetters);
    }
    return image;
  }

  #put(image: ProgramImage, op: VocabularyOp, slotOf: (name: number) => number): number {
    const { kind, cache, names, arg } = op;
    const slots = names.map(slotOf);
    switch (kind) {
      case WordKind.ALLOC:
        return image.alloc(cache, slots[0]);
      case WordKind.BULK_ALLOC:
        return image.bulkAllocSlots(cache, slots);
      case WordKind.FREE:
        return image.free(cache, slots[0]);
      case WordKind.BULK_FREE:
        return image.bulkFree(cache, slots);
      case WordKind.SHRINK:
        return image.shrink(cache);
      case WordKind.VALIDATE:
        return image.validate(cache);
      case WordKind.CPU:
        return image.cpu(arg);
      case WordKind.WRITE:
        return image.write(slots[0], this.scope.offsets[arg], WRITTEN);
    }
  }
}

/** Whether an operation gives names their objects. */
export function isAllocation({ kind }: VocabularyOp): boolean {
  return kind === WordKind.ALLOC || kind === WordKind.BULK_ALLOC;
}

/** Whether it takes their objects from them. */
export function isFree({ kind }: VocabularyOp): boolean {
  return kind === WordKind.FREE || kind === WordKind.BULK_FREE;
}

function* opsOf(scope: SearchScope, { cpus }: Machine): Generator<VocabularyOp> {
  const { objects, sizes, words, offsets } = scope;
  const has = (word: ScopeWord) => words.includes(word);
  const lists = [...orderedLists(objects)];
  for (let cache = 0; cache < sizes.length; cache++) {
    for (const list of lists) {
      const names = list.map((name) => cache * objects + name);
      const isOne = names.length === 1;
      const is = (word: ScopeWord) => has(word) && (isOne || has("bulk"));
      if (is("alloc"))
        yield { kind: isOne ? WordKind.ALLOC : WordKind.BULK_ALLOC, cache, names, arg: 0 };
      if (is("free"))
        yield { kind: isOne ? WordKind.FREE : WordKind.BULK_FREE, cache, names, arg: 0 };
    }
    if (has("shrink")) yield { kind: WordKind.SHRINK, cache, names: [], arg: 0 };
    if (has("validate")) yield { kind: WordKind.VALIDATE, cache, names: [], arg: 0 };
  }
  for (let cpu = 0; has("cpu") && cpus > 1 && cpu < cpus; cpu++) {
    yield { kind: WordKind.CPU, cache: 0, names: [], arg: cpu };
  }
  for (let name = 0; has("write") && name < objects * sizes.length; name++) {
    for (const arg of offsets.keys()) yield { kind: WordKind.WRITE, cache: 0, names: [name], arg };
  }
}

/** All lists of different names, short ones first. */
function* orderedLists(objects: number): Generator<readonly number[]> {
  let lists: (readonly number[])[] = [[]];
  for (let length = 1; length <= objects; length++) {
    lists = lists.flatMap((list) =>
      Array.from({ length: objects }, (_, name) => name)
        .filter((name) => !list.includes(name))
        .map((name) => [...list, name]),
    );
    yield* lists;
  }
}
