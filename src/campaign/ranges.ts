// Sets of case numbers, as the runs of neighbours that they consist of. A campaign's set is a few
// runs however many cases it has: cases are handed out in order.
import { UserError } from "../base/user_error.ts";
import { CASES_MAX } from "../target/options.ts";

/** Cases `first` to `end - 1`. */
export type Range = readonly [first: number, end: number];

export class RangeSet {
  /** In order, and with a gap before each. */
  #ranges: Range[] = [];

  constructor(ranges: readonly Range[] = []) {
    for (const range of ranges) this.add(range);
  }

  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  /** How many cases. */
  get size(): number {
    return this.#ranges.reduce((sum, [first, end]) => sum + end - first, 0);
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  add([first, end]: Range): void {
    if (first >= end) return;
    const before = this.#ranges.filter((range) => range[1] < first);
    const after = this.#ranges.filter((range) => range[0] > end);
    const touching = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const start = Math.min(first, ...touching.map((range) => range[0]));
    const stop = Math.max(end, ...touching.map((range) => range[1]));
    this.#ranges = [...before, [start, stop], ...after];
  }

  /** The first case of both, undefined if they share none. */
  firstShared(other: RangeSet): number | undefined {
    for (const [first, end] of this.#ranges) {
      const hit = other.ranges.find((range) => range[0] < end && first < range[1]);
      if (hit !== undefined) return Math.max(first, hit[0]);
    }
    return undefined;
  }

  /** Whether all cases of the other are in this one. */
  covers(other: RangeSet): boolean {
    return other.ranges.every(([first, end]) =>
      this.#ranges.some((range) => range[0] <= first && end <= range[1]),
    );
  }

  /** What is not in it of a range. */
  gapsIn([first, end]: Range): Range[] {
    const gaps: Range[] = [];
    let at = first;
    for (const [start, stop] of this.#ranges) {
      if (stop <= at) continue;
      if (start >= end) break;
      if (start > at) gaps.push([at, start]);
      at = stop;
    }
    if (at < end) gaps.push([at, end]);
    return gaps;
  }
}

/** Part `index` of `count`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export const WHOLE: Shard = { index: 1, count: 1 };

const COUNT_MAX = 10_000;

/** The part of cases 0 to `cases` - 1; without a number of cases, of all that there are. */
export function rangeOfShard({ index, count }: Shard, cases: number = CASES_MAX): Range {
  return [Math.floor((cases * (index - 1)) / count), Math.floor((cases * index) / count)];
}

/** Reads `2/4`. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^([0-9]{1,5})\/([0-9]{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  const isPart = shard.index >= 1 && shard.index <= shard.count && shard.count <= COUNT_MAX;
  if (isPart) return shard;
  throw new UserError(`${JSON.stringify(text)} is no shard: it has to be such as 1/4 or 4/4`);
}

export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}
