// The objects that wait for the end of a grace period (7.3), and where: grace.ts says how they come
// to it, and when it ends.
/** Where an object waits; a number that is not negative is the CPU whose sheaf it lies in. */
export const QUEUED = -1;
export const BATCH = -2;

export interface Waiting {
  readonly object: number;
  readonly cache: number;
  place: number;
}

export type Which = (one: Waiting) => boolean;

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
