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

/** Where an object waits; a number that is not negative is the CPU whose sheaf it lies in. */
const QUEUED = -1;
const BATCH = -2;
/** A batch of so many is freed before another object waits. */
const BATCH_MAX = 256;
/** An rcu_head, which one CPU alone keeps in the object. */
const RCU_HEAD_BYTES = 16;

interface Waiting {
  readonly object: number;
  readonly cache: number;
  place: number;
}

type Which = (one: Waiting) => boolean;

export class GracePeriod {
  #waiting: Waiting[] = [];

  clear(): void {
    if (this.#waiting.length > 0) this.#waiting = [];
  }

  includes(object: number): boolean {
    return this.#waiting.some((one) => one.object === object);
  }

  /** Whether an object lies in a sheaf of a CPU. */
  isInSheaf(object: number): boolean {
    return this.#waiting.some((one) => one.object === object && one.place >= 0);
  }

  count(which: Which): number {
    return this.#waiting.reduce((sum, one) => sum + (which(one) ? 1 : 0), 0);
  }

  /** Objects of a cache that lie in a sheaf of a CPU. */
  inSheaves(cache: number): number {
    return this.count((one) => one.cache === cache && one.place >= 0);
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
  }

  /** A sheaf begins to wait for the end of a grace period. */
  queue(which: Which): void {
    for (const one of this.#waiting) if (one.place >= 0 && which(one)) one.place = QUEUED;
  }

  /** Takes out the objects whose time has come. */
  takeOut(which: Which): readonly number[] {
    const ended = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((one) => !which(one));
    return ended.map(({ object }) => object);
  }
}

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

/** Whether bytes of an object hold the link by which it waits. */
export function holdsRcuHead(shadow: Shadow, object: number, offset: number): boolean {
  if (offset >= RCU_HEAD_BYTES || shadow.machine.nrCpuIds > 1) return false;
  return shadow.grace.includes(object);
}

function isInBatch({ place }: Waiting): boolean {
  return place === BATCH;
}

function end(shadow: Shadow, which: Which): void {
  for (const object of shadow.grace.takeOut(which)) releaseAnywhere(shadow, object);
}
