// The traffic of a clean program: allocations, frees, and uses of objects, in proportions that are
// drawn anew for each program around those of its workload.
import type { Prng } from "../../base/prng.ts";
import type { Draft } from "./draft.ts";
import type { WorkloadName } from "./options.ts";
import * as add from "./traffic_kinds.ts";
import { TRAFFIC_KINDS, type TrafficKind, USUAL, WORKLOADS, weightOf } from "./workloads.ts";

/** How each kind gets into a program. */
const ADD: Readonly<Record<TrafficKind, (draft: Draft) => void>> = {
  alloc: add.allocOne,
  free: add.freeOne,
  toggle: add.toggleOne,
  replace: add.replaceOne,
  produce: add.produce,
  consume: add.consume,
  "hand-over": add.nextCpu,
  cpu: add.anyCpu,
  fill: add.fillObject,
  write: add.writeObject,
  read: add.readObject,
  zeroed: add.allocZeroed,
  "alloc-row": add.allocRow,
  "free-row": add.freeRow,
  "alloc-bulk": add.allocBulk,
  "free-bulk": add.freeBulk,
  kmalloc: add.kmallocOne,
  kfree: add.kfreeOne,
  krealloc: add.kreallocOne,
  ksize: add.ksizeOne,
  validate: add.validateOne,
  shrink: add.shrinkOne,
  ctorcalls: add.countConstructions,
};

const ADD_BY_NUMBER = TRAFFIC_KINDS.map((kind) => ADD[kind]);
const FEATURES = Int32Array.from(TRAFFIC_KINDS, (kind) => USUAL[kind].feature);
const KINDS = TRAFFIC_KINDS.length;

/** Weights are drawn between half of the usual one and two and a half times as much. */
const WEIGHT_UNIT = 128;
const WEIGHT_SPREAD = 256;
/** Pieces of traffic in a phase. */
const PHASE_MIN = 8;
const PHASE_MAX = 64;

/** A workload as numbers, by kind. */
interface WorkloadWeights {
  readonly order: "any" | "newest" | "oldest";
  readonly fill: Uint8Array;
  /** The same as `fill` where there is one phase only. */
  readonly drain: Uint8Array;
}

/** The kinds that a program has, and how often. */
class KindTable {
  #count = 0;
  readonly #kinds = new Uint8Array(KINDS);
  /** For each kind the sum of its weight and those before it. */
  readonly #sums = new Uint32Array(KINDS);
  #total = 0;

  /** Draws the weights; kinds whose feature is off get none. */
  tune({ prng, features }: Draft, weights: Uint8Array): void {
    this.#count = 0;
    this.#total = 0;
    for (let kind = 0; kind < KINDS; kind++) {
      if ((FEATURES[kind] & features) !== FEATURES[kind]) continue;
      this.#add(kind, weights[kind] * (WEIGHT_UNIT / 2 + prng.below(WEIGHT_SPREAD)));
    }
  }

  /** One of the kinds. */
  draw(prng: Prng): number {
    const sums = this.#sums;
    const drawn = prng.below(this.#total);
    let i = 0;
    while (drawn >= sums[i]) i++;
    return this.#kinds[i];
  }

  #add(kind: number, weight: number): void {
    if (weight === 0) return;
    this.#total += weight;
    this.#sums[this.#count] = this.#total;
    this.#kinds[this.#count++] = kind;
  }
}

export class Traffic {
  readonly #workloads: readonly WorkloadWeights[];
  /** One table a phase. */
  readonly #fill = new KindTable();
  readonly #drain = new KindTable();
  #kinds = this.#fill;
  #hasPhases = false;
  /** Pieces of traffic until the phases change. */
  #left = 0;

  constructor(workload: readonly WorkloadName[]) {
    this.#workloads = workload.map(weightsOfWorkload);
  }

  /** Draws the workload of one program, and its proportions. */
  tune(draft: Draft): void {
    const { prng } = draft;
    const workload = this.#workloads[prng.below(this.#workloads.length)];
    draft.order = workload.order;
    this.#hasPhases = workload.drain !== workload.fill;
    this.#fill.tune(draft, workload.fill);
    if (this.#hasPhases) this.#drain.tune(draft, workload.drain);
    this.#kinds = this.#fill;
    this.#left = PHASE_MAX;
  }

  /** Adds one piece of traffic: an operation or a few. */
  add(draft: Draft): void {
    if (this.#hasPhases && --this.#left < 0) this.#changePhase(draft);
    ADD_BY_NUMBER[this.#kinds.draw(draft.prng)](draft);
  }

  #changePhase(draft: Draft): void {
    this.#kinds = this.#kinds === this.#fill ? this.#drain : this.#fill;
    this.#left = draft.prng.between(PHASE_MIN, PHASE_MAX);
  }
}

function weightsOfWorkload(name: WorkloadName): WorkloadWeights {
  const { order, weights, drain } = WORKLOADS[name];
  const fill = Uint8Array.from(TRAFFIC_KINDS, (kind) => weightOf(kind, weights));
  if (drain === undefined) return { order, fill, drain: fill };
  return { order, fill, drain: Uint8Array.from(TRAFFIC_KINDS, (kind) => weightOf(kind, drain)) };
}
