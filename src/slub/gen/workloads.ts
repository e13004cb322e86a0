// What makes a workload: how often each kind of traffic comes up, and which object is freed.
import { Feature } from "./features.ts";
import type { WorkloadName } from "./options.ts";

interface UsualKind {
  readonly weight: number;
  /** Without it there is none of the kind; 0 for what every program needs. */
  readonly feature: number;
}

/** Kinds of traffic, and how often each comes up where a workload does not say otherwise. */
export const USUAL = {
  alloc: { weight: 90, feature: 0 },
  free: { weight: 66, feature: 0 },
  toggle: { weight: 0, feature: 0 },
  replace: { weight: 0, feature: 0 },
  produce: { weight: 0, feature: 0 },
  consume: { weight: 0, feature: 0 },
  "hand-over": { weight: 0, feature: Feature.CPUS },
  cpu: { weight: 8, feature: Feature.CPUS },
  fill: { weight: 30, feature: Feature.WRITES },
  write: { weight: 24, feature: Feature.WRITES },
  read: { weight: 30, feature: Feature.READS },
  zeroed: { weight: 9, feature: Feature.ZEROING },
  "alloc-row": { weight: 3, feature: Feature.ROWS },
  "free-row": { weight: 3, feature: Feature.ROWS },
  "alloc-bulk": { weight: 3, feature: Feature.BULK },
  "free-bulk": { weight: 3, feature: Feature.BULK },
  kmalloc: { weight: 9, feature: Feature.KMALLOC },
  kfree: { weight: 6, feature: Feature.KMALLOC },
  krealloc: { weight: 3, feature: Feature.KREALLOC },
  ksize: { weight: 3, feature: Feature.KSIZE },
  validate: { weight: 3, feature: Feature.VALIDATE },
  shrink: { weight: 3, feature: Feature.SHRINK },
  ctorcalls: { weight: 1, feature: Feature.CTORCALLS },
} as const satisfies Readonly<Record<string, UsualKind>>;

export type TrafficKind = keyof typeof USUAL;

export const TRAFFIC_KINDS = Object.keys(USUAL) as readonly TrafficKind[];

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

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
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
