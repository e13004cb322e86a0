// The workloads by name: in which order a program allocates and frees.

export const WORKLOAD_ABOUT = {
  mixed: "allocations and frees in any order, a few more of the former",
  toggle: "a table of places: one drawn at random is filled if empty, emptied if full (uniform)",
  lifo: "the youngest object is freed first",
  fifo: "the oldest object is freed first",
  grow: "objects are kept; hardly any is freed before the end",
  phases: "fills up, gives most of it back, fills up again",
  larson: "replaces objects at random; now and then another CPU takes all of them over",
  xmalloc: "one CPU allocates in batches, the next frees them in the same order",
} as const;

export type WorkloadName = keyof typeof WORKLOAD_ABOUT;

export const WORKLOAD_NAMES = Object.keys(WORKLOAD_ABOUT) as readonly WorkloadName[];

export function isWorkloadName(name: string): name is WorkloadName {
  return Object.hasOwn(WORKLOAD_ABOUT, name);
}
