// Our own core beside another build of it. A slip that breaks no rule of an allocator shows only in
// answers that are not those of the core that replays recordings of real kernels.
import { RESULT_SIZE } from "../../abi.ts";
import { Digest } from "../../base/hash.ts";
import { SlabHeap } from "../core/heap.ts";
import type { CoreKind } from "../core/load.ts";
import type { InvariantCadence } from "../oracle/violation.ts";
import type { ProgramImage } from "../program/image.ts";
import type { Machine } from "../program/machine.ts";
import { digestRun, digestState } from "./digest.ts";

const RESULT_WORDS = RESULT_SIZE / 4;

export class AnswerModel {
  readonly #ours = new Digest();
  readonly #theirs = new Digest();
  #heap: SlabHeap | undefined;
  #machine: Machine | undefined;

  /**
   * The first operation of a program that `heap` has answered otherwise than our core does, the
   * last one where only what was printed or left behind differs; undefined where all is alike.
   */
  differingOp(heap: SlabHeap, image: ProgramImage): number | undefined {
    const own = this.#booted(heap.machine);
    own.load(image);
    own.reset();
    const ran = own.run(0, image.opCount);
    const ours = digestState(digestRun(this.#ours, own, image, ran), own);
    const theirs = digestState(digestRun(this.#theirs, heap, image, ran), heap);
    if (ours.value === theirs.value) return undefined;
    const words = ran * RESULT_WORDS;
    const at = own.results.subarray(0, words).findIndex((word, i) => word !== heap.results[i]);
    return at < 0 ? Math.max(0, ran - 1) : Math.floor(at / RESULT_WORDS);
  }

  #booted(machine: Machine): SlabHeap {
    this.#heap ??= new SlabHeap();
    if (this.#machine !== machine) this.#heap.configure(machine);
    this.#machine = machine;
    return this.#heap;
  }
}

let model: AnswerModel | undefined;

/** What the answers of a core are held against: those of our own, where it is another build. */
export function modelBeside(core: CoreKind): AnswerModel | undefined {
  if (!core.startsWith("other:")) return undefined;
  model ??= new AnswerModel();
  return model;
}

/** For a single program, whose answers are compared unless the caller declines. */
export function comparingAlways(cadence: InvariantCadence = {}): InvariantCadence {
  return { ...cadence, "other-answer": Math.min(1, cadence["other-answer"] ?? 1) };
}
