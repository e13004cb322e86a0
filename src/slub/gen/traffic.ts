// The traffic of a clean program: allocations, frees, and uses of objects, in proportions that are
// drawn anew for each program around those of its workload.
import type { Prng } from "../../base/prng.ts";
import type { Draft } from "./draft.ts";
import { Feature } from "./features.ts";
import type { WorkloadName } from "./options.ts";
import * as add from "./traffic_kinds.ts";

interface UsualKind {
  readonly weight: number;
  /** Without it there is none of the kind; 0 for what every program needs. */
  readonly feature: number;
  /** How it gets into a program. */
  readonly add: (draft: Draft) => void;
}

/** Kinds of traffic, and how often each comes up where a workload does not say otherwise. */
const USUAL = {
  alloc: { weight: 90, feature: 0, add: add.allocOne },
  free: { weight: 66, feature: 0, add: add.freeOne },
  toggle: { weight: 0, feature: 0, add: add.toggleOne },
  replace: { weight: 0, feature: 0, add: add.replaceOne },
  produce: { weight: 0, feature: 0, add: add.produce },
  consume: { weight: 0, feature: 0, add: add.consume },
  "hand-over": { weight: 0, feature: Feature.CPUS, add: add.nextCpu },
  cpu: { weight: 8, feature: Feature.CPUS, add: add.anyCpu },
  fill: { weight: 30, feature: Feature.WRITES, add: add.fillObject },
  write: { weight: 24, feature: Feature.WRITES, add: add.writeObject },
  read: { weight: 30, feature: Feature.READS, add: add.readObject },
  zeroed: { weight: 9, feature: Feature.ZEROING, add: add.allocZeroed },
  "alloc-row": { weight: 3, feature: Feature.ROWS, add: add.allocRow },
  "free-row": { weight: 3, feature: Feature.ROWS, add: add.freeRow },
  "alloc-bulk": { weight: 3, feature: Feature.BULK, add: add.allocBulk },
  "free-bulk": { weight: 3, feature: Feature.BULK, add: add.freeBulk },
  kmalloc: { weight: 9, feature: Feature.KMALLOC, add: add.kmallocOne },
  kfree: { weight: 6, feature: Feature.KMALLOC, add: add.kfreeOne },
  krealloc: { weight: 3, feature: Feature.KREALLOC, add: add.kreallocOne },
  ksize: { weight: 3, feature: Feature.KSIZE, add: add.ksizeOne },
  validate: { weight: 3, feature: Feature.VALIDATE, add: add.validateOne },
  shrink: { weight: 3, feature: Feature.SHRINK, add: add.shrinkOne },
  ctorcalls: { weight: 1, feature: Feature.CTORCALLS, add: add.countConstructions },
  "get-sheaf": { weight: 3, feature: Feature.SHEAVES, add: add.getSheaf },
  "alloc-from-sheaf": { weight: 9, feature: Feature.SHEAVES, add: add.allocFromSheaf },
  "refill-sheaf": { weight: 2, feature: Feature.SHEAVES, add: add.refillSheaf },
  "put-sheaf": { weight: 2, feature: Feature.SHEAVES, add: add.putSheaf },
  "cpu-off": { weight: 2, feature: Feature.SHEAVES | Feature.CPUS, add: add.takeCpuOff },
  "free-rcu": { weight: 9, feature: Feature.KFREE_RCU, add: add.freeRcu },
  "grace-period": { weight: 3, feature: Feature.KFREE_RCU, add: add.endGracePeriod },
} as const satisfies Readonly<Record<string, UsualKind>>;

export type TrafficKind = keyof typeof USUAL;

const TRAFFIC_KINDS = Object.keys(USUAL) as readonly TrafficKind[];

type Weights = Readonly<Partial<Record<TrafficKind, number>>>;

interface Workload {
  /** Which of an owner's objects is freed. */
  readonly order: "any" | "newest" | "oldest";
  readonly weights: Weights;
  /** Weights while it gives things back; without them there is one phase only. */
  readonly drain?: Weights;
}

const NO_SINGLES = { alloc: 0, free: 0 } as const;
const HARDLY_ANY_FREES = { free: 4, "free-row": 0, "free-bulk": 0, kfree: 1 } as const;
const HARDLY_ANY_ALLOCS = { alloc: 8, zeroed: 1, "alloc-row": 0, "alloc-bulk": 0, kmalloc: 1 };

const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
  mixed: { order: "any", weights: {} },
  toggle: { order: "any", weights: { ...NO_SINGLES, toggle: 156 } },
  lifo: { order: "newest", weights: {} },
  fifo: { order: "oldest", weights: {} },
  grow: { order: "any", weights: { alloc: 150, ...HARDLY_ANY_FREES } },
  phases: {
    order: "any",
    weights: { alloc: 150, ...HARDLY_ANY_FREES },
    drain: { free: 150, ...HARDLY_ANY_ALLOCS },
  },
  larson: { order: "any", weights: { alloc: 30, free: 6, replace: 100, "hand-over": 8, cpu: 0 } },
  xmalloc: { order: "oldest", weights: { ...NO_SINGLES, produce: 30, consume: 28, cpu: 0 } },
};

/** The weight of a kind in one phase of a workload. */
export function weightOf(kind: TrafficKind, weights: Weights): number {
  return weights[kind] ?? USUAL[kind].weight;
}

const ADD_BY_NUMBER = TRAFFIC_KINDS.map((kind) => USUAL[kind].add);
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
