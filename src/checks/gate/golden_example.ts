// The smallest program that a target answers otherwise than our own core does: what to look at
// where a set of golden programs is answered otherwise than it was.
import { UserError } from "../../base/user_error.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { heapFor, type NamedCore, onCore, parseCore } from "../../slub/named_core.ts";
import type { Program } from "../../slub/program/op.ts";
import { SMALLER_OPERATIONS } from "../../slub/shrink/strategy.ts";
import { type InterestingnessTest, shrinkToFixedPoint } from "../../target/shrink.ts";
import { isTrap } from "../../wasm/trap.ts";
import { type Player, ScriptPlayer } from "../golden/player.ts";
import { bareExhibit, type Exhibit } from "./exhibit.ts";

/** Candidates that are tried at most: a second or two. */
const TRIED_MAX = 3000;

/** An example from a set; the first of its programs, whole, where our core answers all alike. */
export function goldenExample(target: NamedCore, player: Player): Exhibit {
  const test = new DifferenceTest(target);
  const numbers = Array.from({ length: player.count }, (_, i) => i);
  const first = numbers.find((index) => test.differOn(player, index));
  const { header, ops } = player.program(first ?? 0);
  const whole = { header, ops };
  const program = first === undefined ? whole : smallestOf(whole, test);
  const exhibit = bareExhibit(onCore(program, target), undefined);
  return { ...exhibit, operationsBefore: ops.length };
}

function smallestOf(start: Program, test: DifferenceTest): Program {
  // Digests of generated programs and of scripts are over different things.
  if (!test.isInteresting(start)) return start;
  const effortMax = test.effort + TRIED_MAX;
  return shrinkToFixedPoint({ start, strategy: SMALLER_OPERATIONS, test, effortMax }).best;
}

/** A candidate is interesting if a target and our own core answer it differently. */
class DifferenceTest implements InterestingnessTest<Program> {
  readonly #target: NamedCore;
  readonly #own = parseCore("slub");
  #theirs: SlabHeap | undefined;
  #ours: SlabHeap | undefined;
  /** Programs that were asked about. */
  effort = 0;

  constructor(target: NamedCore) {
    this.#target = target;
  }

  isInteresting(program: Program): boolean {
    this.effort++;
    return this.differOn(new ScriptPlayer("candidate", program), 0);
  }

  differOn(player: Player, index: number): boolean {
    this.#ours ??= heapFor(this.#own);
    const right = answerOf(player, index, this.#ours);
    if (right === undefined) return false; // no program at all
    try {
      this.#theirs ??= heapFor(this.#target);
      return answerOf(player, index, this.#theirs) !== right;
    } catch (error) {
      if (!isTrap(error)) throw error;
      this.#theirs = undefined;
      return true;
    }
  }
}

/** Undefined for a program that no machine runs: a candidate may be anything. */
function answerOf(player: Player, index: number, heap: SlabHeap): bigint | undefined {
  try {
    player.boot(heap);
    return player.answer(index);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
