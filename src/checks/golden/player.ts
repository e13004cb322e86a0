// Plays golden programs on a heap: boots their machine, runs one, and says what the core answered
// and what the judge thinks of it.
import { readdirSync, readFileSync } from "node:fs";
import { highWord, lowWord } from "../../base/bytes.ts";
import { Digest } from "../../base/hash.ts";
import { packagePath } from "../../base/package_file.ts";
import { Prng } from "../../base/prng.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { Generator } from "../../slub/gen/generate.ts";
import { generateOptionsFor } from "../../slub/gen/options.ts";
import type { InvariantCadence } from "../../slub/oracle/violation.ts";
import { machineFor, resolveMachine } from "../../slub/program/boot.ts";
import { decode } from "../../slub/program/decode.ts";
import { ProgramImage } from "../../slub/program/image.ts";
import type { Machine } from "../../slub/program/machine.ts";
import type { Program } from "../../slub/program/op.ts";
import { parseScript } from "../../slub/program/text.ts";
import { digestRun, digestState } from "../../slub/run/digest.ts";
import { Judge } from "../../slub/run/judge.ts";
import { replay } from "../../slub/run/replay.ts";
import { LogWriter } from "../../slub/words/log.ts";
import type { Verdict } from "../../target/verdict.ts";
import type { GoldenSet, StressSet } from "./sets.ts";
import type { Author } from "./stress/draft.ts";

/** Verdict and signature of one program. */
export interface JudgedProgram {
  readonly verdict: Verdict;
  readonly signature: string;
}

/** Programs for one machine. Each method throws what the core or its reader throws. */
export interface Player {
  readonly name: string;
  readonly count: number;
  readonly machine: Machine;
  /** Boots the machine; what is played from then on is played on that heap. */
  boot(heap: SlabHeap): void;
  /** A digest of everything that the core answers to a program, and of what it leaves behind. */
  answer(index: number): bigint;
  /** The program itself. */
  program(index: number): Program;
}

// --------------------------------------------------------------------------------- generated cases

/** A generated program, kept. */
interface Kept {
  readonly image: ProgramImage;
  readonly marks: readonly number[];
  readonly census: number;
}

export class SetPlayer implements Player {
  readonly name: string;
  readonly count: number;
  readonly machine: Machine;
  readonly #cadence: InvariantCadence | undefined;
  readonly #generator: Generator;
  readonly #kept: Kept[] = [];
  readonly #digest = new Digest();
  #heap: SlabHeap | undefined;
  #judge: Judge | undefined;

  /** `cadence`: how often the judge keeps rules, where it is not as usual. */
  constructor({ name, cases, machine, shape, seed }: GoldenSet, cadence?: InvariantCadence) {
    const words = { high: highWord(seed), low: lowWord(seed) };
    this.name = name;
    this.count = cases;
    this.#cadence = cadence;
    this.machine = resolveMachine({ comments: [] }, machine);
    this.#generator = new Generator(generateOptionsFor(this.machine, { ...shape, seed: words }));
  }

  boot(heap: SlabHeap): void {
    heap.configure(this.machine);
    this.#heap = heap;
    this.#judge = undefined;
  }

  answer(index: number): bigint {
    const heap = this.#heap!;
    const { image } = this.#programOf(index);
    heap.load(image);
    heap.reset();
    const ran = heap.run(0, image.opCount);
    return digestState(digestRun(this.#digest, heap, image, ran), heap).value;
  }

  program(index: number): Program {
    return decode(this.#programOf(index).image, this.machine);
  }

  /** What the judge thinks of a program. */
  judge(index: number): JudgedProgram {
    const { image, marks, census } = this.#programOf(index);
    this.#judge ??= new Judge(this.#heap!, this.#cadence);
    const result = this.#judge.run(image, marks, census);
    return { verdict: result.judgement.verdict, signature: this.#judge.signatureOf(result).text };
  }

  #programOf(index: number): Kept {
    this.#kept[index] ??= this.#make(index);
    return this.#kept[index];
  }

  #make(index: number): Kept {
    const image = copyOf(this.#generator.generate(index));
    return { image, marks: [...this.#generator.marks], census: this.#generator.census };
  }
}

function copyOf(image: ProgramImage): ProgramImage {
  const copy = new ProgramImage();
  copy.words = image.words.slice(0, 4 * image.opCount);
  copy.payload = image.payload.slice(0, image.payloadSize);
  copy.opCount = image.opCount;
  copy.payloadSize = image.payloadSize;
  copy.slotCount = image.slotCount;
  copy.cacheCount = image.cacheCount;
  copy.regionCount = image.regionCount;
  copy.addressSlots.push(...image.addressSlots);
  return copy;
}

// ------------------------------------------------------------------------------ stress programs

/** Programs of one author. */
export class StressPlayer implements Player {
  readonly name: string;
  readonly count: number;
  readonly machine: Machine;
  readonly #author: Author;
  readonly #images: ProgramImage[] = [];
  readonly #digest = new Digest();
  #heap: SlabHeap | undefined;

  constructor({ name, cases, machine, author, phys, more }: StressSet) {
    this.name = name;
    this.count = cases;
    this.#author = author;
    this.machine = { ...resolveMachine({ comments: [] }, machine, phys), ...more };
  }

  boot(heap: SlabHeap): void {
    heap.configure(this.machine);
    this.#heap = heap;
  }

  answer(index: number): bigint {
    const heap = this.#heap!;
    const image = this.#imageOf(index);
    heap.load(image);
    heap.reset();
    const ran = heap.run(0, image.opCount);
    return digestState(digestRun(this.#digest, heap, image, ran), heap).value;
  }

  program(index: number): Program {
    return decode(this.#imageOf(index), this.machine);
  }

  #imageOf(index: number): ProgramImage {
    this.#images[index] ??= this.#author(new Prng({ high: 0, low: 1 }, index), this.machine);
    return this.#images[index];
  }
}

/** Some of another player's programs, under a name of their own. */
export class PartPlayer implements Player {
  readonly name: string;
  readonly machine: Machine;
  readonly #whole: Player;
  readonly #numbers: readonly number[];

  constructor(whole: Player, numbers: readonly number[]) {
    this.name = nameOfPart(whole.name);
    this.machine = whole.machine;
    this.#whole = whole;
    this.#numbers = numbers;
  }

  get count(): number {
    return this.#numbers.length;
  }

  boot(heap: SlabHeap): void {
    this.#whole.boot(heap);
  }

  answer(index: number): bigint {
    return this.#whole.answer(this.#numbers[index]);
  }

  program(index: number): Program {
    return this.#whole.program(this.#numbers[index]);
  }
}

export function nameOfPart(set: string): string {
  return `quick ${set}`;
}

// ----------------------------------------------------------------------------------------- scripts

/** One script on its own machine; what it is answered is its log. */
export class ScriptPlayer implements Player {
  readonly name: string;
  readonly count = 1;
  readonly #program: Program;
  readonly machine: Machine;
  #heap: SlabHeap | undefined;

  constructor(name: string, program: Program) {
    this.name = name;
    this.#program = program;
    this.machine = machineFor(program);
  }

  boot(heap: SlabHeap): void {
    heap.configure(this.machine);
    this.#heap = heap;
  }

  answer(): bigint {
    const writer = new LogWriter(this.machine);
    const digest = new Digest();
    for (const step of replay(this.#program, this.machine, { heap: this.#heap! })) {
      for (const line of writer.lines(step)) digest.text(line);
    }
    return digestState(digest, this.#heap!).value;
  }

  program(): Program {
    return this.#program;
  }
}

const ENDING = ".slab";

/**
 * Programs written by hand, each with the machine it is for in its header. They go where
 * generated programs do not: wanted page frames, lists, wild pointers.
 */
export function goldenScripts(): readonly ScriptPlayer[] {
  return goldenScriptNames().map((name) => {
    const file = `${name}${ENDING}`;
    const text = readFileSync(packagePath(`golden/${file}`), "utf8");
    return new ScriptPlayer(name, parseScript(text, file));
  });
}

export function goldenScriptNames(): readonly string[] {
  const files = readdirSync(packagePath("golden/")).filter((name) => name.endsWith(ENDING));
  return files.sort().map((name) => name.slice(0, -ENDING.length));
}
