// The same few bytes at even distances, as a loop over elements leaves them: where the payload
// begins with them, those bytes were written by the same loop.
import { bytesAt, type PlacedRow } from "./placed_rows.ts";
import type { Run } from "./run.ts";

/** What a loop wrote, and how far apart. */
export interface Stride {
  readonly gap: number;
  readonly first: number;
  readonly bytes: readonly number[];
}

const GAP_MIN = 8;

/** The stride of two or more runs that hold the same bytes; undefined if there is none. */
export function strideOf(runs: readonly Run[]): Stride | undefined {
  for (const { bytes, offset } of runs) {
    if (offset === undefined || bytes.includes(-1)) continue;
    const likes = runs.filter((run) => run.bytes.join() === bytes.join());
    // Tracks lie at even distances, whatever wrote them.
    if (likes.every(({ role }) => role === "track")) continue;
    const places = likes.flatMap((run) => run.offset ?? []).sort((a, b) => a - b);
    const gaps = places.slice(1).map((place, i) => place - places[i]);
    const isEven = gaps.length > 0 && gaps.every((gap) => gap === gaps[0] && gap >= GAP_MIN);
    if (isEven && gaps[0] > bytes.length) return { gap: gaps[0], first: places[0], bytes };
  }
  return undefined;
}

/** Where the same loop wrote into the payload before the first byte that a check minds. */
export function payloadRuns({ gap, first, bytes }: Stride, rows: readonly PlacedRow[]): Run[] {
  const runs: Run[] = [];
  for (let offset = first - gap; offset >= 0; offset -= gap) {
    const there = bytesAt(rows, offset, bytes.length);
    if (there?.join() !== bytes.join()) break;
    runs.unshift({ offset, role: "payload", was: -1, bytes });
  }
  return runs;
}
