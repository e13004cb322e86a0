// The batch of a shard that is under way. A worker that vanishes leaves its mark; whoever takes the
// shard next runs that batch case by case, so that the mark which the next death leaves names one
// case. A case with which alone three workers died is set aside as a finding: workers that are
// killed for other reasons hardly die thrice within the same millisecond's work.
import { readJson } from "../base/json_file.ts";
import { jsonCount, jsonObject } from "../base/schema.ts";
import { unlessRefused } from "../base/user_error.ts";
import type { Range } from "../campaign/ranges.ts";

export interface BatchMark {
  readonly first: number;
  readonly count: number;
  /** How many workers died with it before, where it is one case. */
  readonly deaths: number;
}

/** So many workers die with one case until it is set aside. */
export const DEATHS_MAX = 3;

const MARK = jsonObject({ first: jsonCount, count: jsonCount, deaths: jsonCount });

export function markText({ first, count, deaths }: BatchMark): string {
  return JSON.stringify({ first, count, deaths });
}

/** A mark within a shard; undefined for any other text: the shard is then run as if it had none. */
export function readMark(text: string, [start, end]: Range): BatchMark | undefined {
  const source = { text, name: "mark", kind: "mark" };
  const mark = unlessRefused(() => readJson(source, MARK));
  if (mark === undefined || mark.count < 1) return undefined;
  return mark.first >= start && mark.first + mark.count <= end ? mark : undefined;
}
