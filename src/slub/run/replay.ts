// Runs a program one operation at a time and tells after each what happened: its result in the
// script language's words, the events that the core recorded, and the names that addresses have by
// then.
import { Status } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import { SlabHeap } from "../core/heap.ts";
import { encode } from "../program/encode.ts";
import type { ProgramImage } from "../program/image.ts";
import type { Machine } from "../program/machine.ts";
import type { Program, ProgramOp } from "../program/op.ts";
import { printOp } from "../program/syntax.ts";
import { type CacheLookup, Recorder } from "./recorder.ts";
import { mentions, textOfResult } from "./result_text.ts";
import { SymbolTable } from "./symbols.ts";

/** One operation that ran. */
export interface ReplayStep {
  /** Number of the operation, counted from 0. */
  readonly index: number;
  readonly op: ProgramOp;
  /** Its line in the script. */
  readonly text: string;
  /** How it ended: OK, FAILED, FAULT, CRASH ... (assembly/abi/op.ts has all of them). */
  readonly status: Status;
  /** Its result in the words of the recordings; addresses without a place in a slab are raw. */
  readonly result: string;
  /** The pointer that it yielded, if it yielded one. */
  readonly pointer: bigint | undefined;
  /** Whether the result tells the pointer by itself. */
  readonly saysPointer: boolean;
  /** The result with names for those addresses that had one before this operation. */
  readonly namedResult: string;
  /** What the kernel had to say during it; `KernelLog` turns them into lines. */
  readonly events: readonly KernelEvent[];
  /** Events that found no room. */
  readonly lost: number;
  /** Names of addresses, valid until the next step is taken. */
  readonly symbols: SymbolTable;
  /** The kmem_caches by index, likewise. */
  readonly caches: CacheLookup;
}

export interface ReplayOptions {
  /** A heap to run on; without it, a new one. */
  readonly heap?: SlabHeap;
  /** The last operation to run, counted from 0. */
  readonly until?: number;
}

/**
 * Runs a program on a machine, and yields a step for each operation after it ran. It ends with the
 * program, behind operation `until` (counted from 0; default the last one), or when the machine
 * dies or hangs. Throws a UserError for a program that the machine cannot run.
 */
export function* replay(
  program: Program,
  machine: Machine,
  { heap = new SlabHeap(), until }: ReplayOptions = {},
): Generator<ReplayStep, void> {
  const image = encode(program, machine);
  heap.configure(machine);
  heap.load(image);
  heap.reset();
  const reader = new StepReader(program, heap, image);
  const end = Math.min(program.ops.length, (until ?? Number.POSITIVE_INFINITY) + 1);
  for (let index = 0; index < end; index++) {
    heap.clearEvents();
    heap.run(index, 1);
    const step = reader.read(index);
    yield step;
    if (step.status === Status.CRASH || step.status === Status.HANG) return;
  }
}

/** Pointers that results have words for. */
const HAVE_WORDS: ReadonlySet<string> = new Set(["null", "ZERO_SIZE_PTR"]);

/** Reads off a heap what each operation came to; it is asked behind every one, in their order. */
export class StepReader {
  readonly #program: Program;
  readonly #heap: SlabHeap;
  readonly #recorder: Recorder;
  readonly #symbols: SymbolTable;

  constructor(program: Program, heap: SlabHeap, image: ProgramImage) {
    this.#program = program;
    this.#heap = heap;
    this.#recorder = new Recorder(heap, image);
    this.#symbols = new SymbolTable(() => this.#recorder.ranges);
  }

  /** Events before `eventsFrom`, and so many that were lost, are those of earlier operations. */
  read(index: number, eventsFrom = 0, lostBefore = 0): ReplayStep {
    for (const slab of this.#recorder.takeGone()) this.#symbols.remove(slab);
    const op = this.#program.ops[index];
    const result = this.#recorder.record(op, index);
    const text = textOfResult(result);
    const namedResult = textOfResult(result, this.#symbols.spelled);
    for (const slab of this.#recorder.takeAdded()) this.#symbols.add(slab);
    const pointer = this.#recorder.pointerOf(op);
    return {
      index,
      op,
      text: this.#program.source?.texts[index] ?? printOp(op),
      status: this.#heap.result(index).status,
      result: text,
      pointer,
      saysPointer: HAVE_WORDS.has(text) || (pointer !== undefined && mentions(result, pointer)),
      namedResult,
      events: this.#heap.events(eventsFrom),
      lost: this.#heap.eventsLost - lostBefore,
      symbols: this.#symbols,
      caches: this.#recorder,
    };
  }
}
