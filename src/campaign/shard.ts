// Which cases of a campaign are whose: part i of n of the case numbers, cut at the same places by
// whoever does the cutting.
import { UserError } from "../base/user_error.ts";
import type { Range } from "./ranges.ts";

/** A seed's cases; behind the last one they would begin anew. */
export const CASES_MAX = 2 ** 32;

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
