// The smallest program that a target answers otherwise than our own core does: what to look at
// where a set of golden programs is answered otherwise than it was.
import { UserError } from "../../base/user_error.ts";
import type { SlabHeap } from "../../slub/core/heap.ts";
import { heapFor, type NamedCore, onCore, parseCore } from "../../slub/named_core.ts";
import type { Program } from "../../slub/program/op.ts";
import { smallerPrograms } from "../../slub/shrink/reduce.ts";
import { isTrap } from "../../wasm/trap.ts";
import { type Player, ScriptPlayer } from "../golden/player.ts";
import { bareExhibit, type Exhibit } from "./exhibit.ts";

/** Candidates that are tried at most: a second or two. */
const TRIED_MAX = 3000;

/** An example from a set; the first of its programs, whole, where our core answers all alike. */
export function goldenExample(target: NamedCore, player: Player): Exhibit {
  const rivals = new Rivals(target);
  const numbers = Array.from({ length: player.count }, (_, i) => i);
  const first = numbers.find((index) => rivals.differOn(player, index));
  const { header, ops } = player.program(first ?? 0);
  const whole = { header, ops };
  const program = first === undefined ? whole : smallestOf(whole, rivals);
  const exhibit = bareExhibit(onCore(program, target), undefined);
  return { ...exhibit, operationsBefore: ops.length };
}

function smallestOf(whole: Program, rivals: Rivals): Program {
  const isOne = (program: Program) => rivals.differOn(new ScriptPlayer("candidate", program), 0);
  // Digests of generated programs and of scripts are over different things.
  if (!isOne(whole)) return whole;
  const candidates = smallerPrograms(whole);
  let best = whole;
  let next = candidates.next(false);
  for (let tried = 0; next.done !== true && tried < TRIED_MAX; tried++) {
    const isTaken = isOne(next.value);
    if (isTaken) best = next.value;
    next = candidates.next(isTaken);
  }
  return best;
}

/** A target and our own core, asked the same. */
class Rivals {
  readonly #target: NamedCore;
  readonly #own = parseCore("slub");
  #theirs: SlabHeap | undefined;
  #ours: SlabHeap | undefined;

  constructor(target: NamedCore) {
    this.#target = target;
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
