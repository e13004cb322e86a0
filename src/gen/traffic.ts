// The traffic of a clean program: allocations, frees, and uses of objects, in proportions that are
// drawn anew for each program around those of its workload.
import type { Draft } from "./draft.ts";
import * as add from "./traffic_kinds.ts";
import type { WorkloadName } from "./workload_names.ts";
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

export class Traffic {
  readonly #workloads: readonly WorkloadWeights[];
  /** For each kind the sum of its weight and those before it; one table a phase. */
  readonly #fill = new Uint32Array(KINDS);
  readonly #drain = new Uint32Array(KINDS);
  #sums = this.#fill;
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
    draw(draft, workload.fill, this.#fill);
    if (this.#hasPhases) draw(draft, workload.drain, this.#drain);
    this.#sums = this.#fill;
    this.#left = PHASE_MAX;
  }

  /** Adds one piece of traffic: an operation or a few. */
  add(draft: Draft): void {
    if (this.#hasPhases && --this.#left < 0) this.#changePhase(draft);
    const drawn = draft.prng.below(this.#sums[KINDS - 1]);
    let kind = 0;
    while (drawn >= this.#sums[kind]) kind++;
    ADD_BY_NUMBER[kind](draft);
  }

  #changePhase(draft: Draft): void {
    this.#sums = this.#sums === this.#fill ? this.#drain : this.#fill;
    this.#left = draft.prng.between(PHASE_MIN, PHASE_MAX);
  }
}

function weightsOfWorkload(name: WorkloadName): WorkloadWeights {
  const { order, weights, drain } = WORKLOADS[name];
  const fill = Uint8Array.from(TRAFFIC_KINDS, (kind) => weightOf(kind, weights));
  if (drain === undefined) return { order, fill, drain: fill };
  return { order, fill, drain: Uint8Array.from(TRAFFIC_KINDS, (kind) => weightOf(kind, drain)) };
}

/** Kinds whose feature is off get no weight. */
function draw(draft: Draft, weights: Uint8Array, sums: Uint32Array): void {
  const { prng, features } = draft;
  let sum = 0;
  for (let i = 0; i < KINDS; i++) {
    const isOff = (FEATURES[i] & features) !== FEATURES[i];
    if (!isOff) sum += weights[i] * (WEIGHT_UNIT / 2 + prng.below(WEIGHT_SPREAD));
    sums[i] = sum;
  }
}
