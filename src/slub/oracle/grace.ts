// Objects that kfree_rcu() was given (7.3). Their owner has no right to them any more, but for the
// allocator they are in use until a grace period has ended: they keep their cells, and their guards
// are those of live objects.
//
//   several CPUs   into the rcu_free sheaf of the CPU ── full, or flushed ──► queued
//                  of caches without sheaves: into a batch
//   one CPU        queued
//
// rcu_barrier() frees what is queued, kvfree_rcu_barrier() and the end of a cache more. In between
// no grace period ends, however long the program runs.
import { releaseAnywhere } from "./kmalloc.ts";
import { sheafCapacityOf, waitsInSheaves } from "./layout.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";
import { BATCH, QUEUED, type Waiting, type Which } from "./waiting.ts";

/** A batch of so many is freed before another object waits. */
const BATCH_MAX = 256;

/** An object of the program was given to kfree_rcu(). */
export function stepFreeRcu(shadow: Shadow, object: number): void {
  const { grace, caches, objects } = shadow;
  const cache = objects.cache(object);
  objects.die(object, shadow.op);
  if (shadow.lists.count > 0) shadow.lists.release(object);
  const place = placeOf(shadow, cache);
  if (place === BATCH && grace.count(isInBatch) === BATCH_MAX) end(shadow, isInBatch);
  grace.add({ object, cache, place });
  if (place < 0) return;
  const isInSheaf = (one: Waiting) => one.cache === cache && one.place === place;
  if (grace.count(isInSheaf) >= sheafCapacityOf(caches.layouts[cache])) grace.queue(isInSheaf);
}

/** Where an object of a cache, or of none, begins to wait. */
function placeOf({ caches, cpu, machine }: Shadow, cache: number): number {
  if (machine.nrCpuIds === 1) return QUEUED;
  return cache !== NONE && waitsInSheaves(caches.layouts[cache]) ? cpu : BATCH;
}

/** rcu_barrier(). */
export function stepRcuBarrier(shadow: Shadow): void {
  end(shadow, (one) => one.place === QUEUED);
}

/** kvfree_rcu_barrier(). */
export function endAllGrace(shadow: Shadow): void {
  end(shadow, () => true);
}

/** Before a cache is destroyed, all that is to be freed into it is. */
export function endGraceOf(shadow: Shadow, cache: number): void {
  end(shadow, (one) => one.cache === cache || one.place < 0);
}

/** The CPUs' sheaves of a cache were flushed: what had not begun to wait does so now. */
export function queueSheavesOf(shadow: Shadow, cache: number): void {
  shadow.grace.queue((one) => one.cache === cache);
}

/** A CPU went offline. */
export function queueSheavesOn(shadow: Shadow, cpu: number): void {
  shadow.grace.queue((one) => one.place === cpu);
}

function isInBatch({ place }: Waiting): boolean {
  return place === BATCH;
}

function end(shadow: Shadow, which: Which): void {
  for (const object of shadow.grace.takeOut(which)) releaseAnywhere(shadow, object);
}
