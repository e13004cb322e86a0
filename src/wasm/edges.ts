// Puts a counter on edges of a module's control flow: on the beginning of a function, each way of
// an if that has code, each turn of a loop, the way past a conditional branch, and each place that
// a br_table jumps to. Counters are globals, so that the module's memory stays as it is.
// Functions that the copy exports clear them, and read them in classes:
//
//   times   0  1  2  3  4-7  8-15  16-31  32-127  128 and more
//   class   0  1  2  3  4    5     6      7       8
//
//   word k of a reading   the classes of the edges 8k to 8k + 7, 4 bits each, the first one lowest
//
// Does not see: the way around an if that has no else, and a conditional branch that is taken. To
// count those, too, makes the code twice as slow again; mostly another edge is counted less often.
import { type Instruction, instructionsOf, Opcode } from "./instruction.ts";
import { ByteReader, unsignedBytes } from "./leb128.ts";
import { getGlobal, type Instrument, insertedAt, pushI32, setGlobal } from "./probe.ts";
import type { NewFunction } from "./rewrite.ts";
import type { FunctionBody, WasmFile } from "./wasm_file.ts";

/** Exports: which words are not 0, a bit each; one word; and what sets all counters to 0. */
const FINDER = "slabfuzz_edge_words";
const READER = "slabfuzz_edges";
const CLEARER = "slabfuzz_clear_edges";
/** Edges of a word. */
export const EDGES_A_WORD = 8;
const CLASS_BITS = 4;
/** Words that the finder tells of at a time. */
const WORDS_FOUND = 32;
/** Classes of an edge, without that of edges that were not come by. */
export const EDGE_CLASSES = 8;

/** An edge, by its place in the module without counters. */
export interface Edge {
  /** Number of the function as a call names it. */
  readonly function: number;
  /** Offset of the instruction that it leads to. */
  readonly at: number;
}

/** A module's edges in the order of its code, and the instrument that counts them. */
export class EdgeMap {
  readonly edges: readonly Edge[];
  readonly instrument: Instrument;

  constructor(file: WasmFile) {
    this.edges = file.functions.flatMap((body) => new FunctionWalk(file, body).edges);
    this.instrument = {
      globals: this.edges.map(() => ({ isLong: false })),
      patches: (_, first) => this.edges.map(({ at }, i) => insertedAt(at, countOne(first + i))),
      functions: (_, first) => [
        finderOf(this.edges.length, first),
        readerOf(this.edges.length, first),
        clearerOf(this.edges.length, first),
      ],
    };
  }

  /** Words of a reading. */
  get words(): number {
    return Math.ceil(this.edges.length / EDGES_A_WORD);
  }
}

/** Reads the counters of an instance; valid until the next reading. */
export class EdgeReader {
  readonly words: Uint32Array;

  constructor(words: number) {
    this.words = new Uint32Array(words);
  }

  read(exports: Readonly<Record<string, unknown>>): Uint32Array {
    const findWords = exports[FINDER] as ((part: number) => number) | undefined;
    const readWord = exports[READER] as (word: number) => number;
    this.words.fill(0);
    if (findWords === undefined) return this.words; // it was never ready
    for (let part = 0; part * WORDS_FOUND < this.words.length; part++) {
      for (let found = findWords(part); found !== 0; found &= found - 1) {
        const word = part * WORDS_FOUND + 31 - Math.clz32(found & -found);
        this.words[word] = readWord(word);
      }
    }
    return this.words;
  }
}

/** Sets the counters of an instance to 0. */
export function clearEdges(exports: Readonly<Record<string, unknown>>): void {
  (exports[CLEARER] as () => void)();
}

/** The class of an edge in a reading. */
export function edgeClass(words: Uint32Array, edge: number): number {
  return (words[edge >>> 3] >>> ((edge & 7) * CLASS_BITS)) & 0xf;
}

/** Finds the edges of one function. */
class FunctionWalk {
  readonly edges: Edge[] = [];
  readonly #bytes: Uint8Array;
  readonly #function: number;
  /** For each label that is open, the outermost first: whether a br_table leads to it. */
  readonly #labels: boolean[] = [false];

  constructor({ bytes }: WasmFile, { index, codeAt, end }: FunctionBody) {
    this.#bytes = bytes;
    this.#function = index;
    this.#count(codeAt);
    for (const instruction of instructionsOf(new ByteReader(bytes, codeAt, end))) {
      this.#take(instruction);
    }
  }

  #take({ opcode, operandsAt, end }: Instruction): void {
    switch (opcode) {
      case Opcode.BLOCK:
        this.#labels.push(false);
        return;
      case Opcode.LOOP:
      case Opcode.IF:
        this.#labels.push(false);
        this.#count(end);
        return;
      case Opcode.ELSE:
      case Opcode.BR_IF:
        this.#count(end);
        return;
      case Opcode.END:
        if (this.#labels.pop() === true && this.#labels.length > 0) this.#count(end);
        return;
      case Opcode.BR_TABLE:
        this.#markTargets(new ByteReader(this.#bytes, operandsAt, end));
    }
  }

  #markTargets(operands: ByteReader): void {
    for (let left = operands.u32() + 1; left > 0; left--) {
      this.#labels[this.#labels.length - 1 - operands.u32()] = true;
    }
  }

  #count(at: number): void {
    this.edges.push({ function: this.#function, at });
  }
}

const NO_RESULT = 0x40;

function countOne(counter: number): readonly number[] {
  return [...getGlobal(counter), ...pushI32(1), Opcode.I32_ADD, ...setGlobal(counter)];
}

/** `(part: i32) -> i32`: a bit for each of 32 words, which is set where an edge was come by. */
function finderOf(edges: number, first: number): NewFunction {
  const words = wordsOf(edges, first);
  const parts = groupsOf(words, WORDS_FOUND).map((part) =>
    part.flatMap((counters, bit) => [
      ...counters.flatMap((counter, i) => [...getGlobal(counter), ...orUnless(i === 0)]),
      ...[Opcode.I32_EQZ, Opcode.I32_EQZ, ...pushI32(bit), Opcode.I32_SHL, ...orUnless(bit === 0)],
    ]),
  );
  return chooserOf(FINDER, parts, 0);
}

/** `(word: i32) -> i32`. */
function readerOf(edges: number, first: number): NewFunction {
  const words = wordsOf(edges, first).map((counters) =>
    counters.flatMap((counter, i) => [
      ...classOf(counter),
      ...[...pushI32(i * CLASS_BITS), Opcode.I32_SHL, ...orUnless(i === 0)],
    ]),
  );
  return chooserOf(READER, words, 1);
}

/** The counters of each word. */
function wordsOf(edges: number, first: number): readonly (readonly number[])[] {
  const counters = Array.from({ length: edges }, (_, i) => first + i);
  return groupsOf(counters, EDGES_A_WORD);
}

function groupsOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function orUnless(isFirst: boolean): readonly number[] {
  return isFirst ? [] : [Opcode.I32_OR];
}

/** A function of a number that chooses what is worked out: a block for each, and a br_table. */
function chooserOf(
  name: string,
  choices: readonly (readonly number[])[],
  locals: number,
): NewFunction {
  const blocks = choices.length + 1;
  const head = [
    ...Array.from({ length: blocks }, () => [Opcode.BLOCK, NO_RESULT]).flat(),
    ...[Opcode.LOCAL_GET, 0, Opcode.BR_TABLE, ...unsignedBytes(choices.length)],
    ...Array.from({ length: blocks }, (_, i) => unsignedBytes(i)).flat(),
  ];
  const bodies = choices.flatMap((choice) => [Opcode.END, ...choice, Opcode.RETURN]);
  const code = [...head, ...bodies, Opcode.END, ...pushI32(0), Opcode.END];
  return { name, type: { params: ["i32"], results: ["i32"] }, locals, code };
}

/** `() -> ()`. */
function clearerOf(edges: number, first: number): NewFunction {
  const clear = (_: unknown, i: number) => [...pushI32(0), ...setGlobal(first + i)];
  const code = [...Array.from({ length: edges }, clear).flat(), Opcode.END];
  return { name: CLEARER, type: { params: [], results: [] }, locals: 0, code };
}

/** Pushes the class of a counter. */
function classOf(counter: number): readonly number[] {
  const times = [Opcode.LOCAL_GET, 1];
  return [
    ...[...getGlobal(counter), Opcode.LOCAL_SET, 1],
    ...pushI32(EDGE_CLASSES),
    ...[...pushI32(32), ...times, Opcode.I32_CLZ, Opcode.I32_SUB],
    ...[...times, ...pushI32(2), Opcode.I32_GT_U, Opcode.I32_ADD],
    ...[...times, ...pushI32(63), Opcode.I32_GT_U, Opcode.I32_SUB],
    ...[...times, ...pushI32(127), Opcode.I32_GT_U, Opcode.SELECT],
  ];
}
