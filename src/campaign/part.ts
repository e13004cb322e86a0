// A part of a campaign: which cases, and what they came to. Parts that share no case add up.
import { Tally, type TallyData } from "../target/tally.ts";
import { type Range, RangeSet } from "./ranges.ts";

export interface Part {
  readonly ranges: readonly Range[];
  /** How long they took. */
  readonly timeMs: number;
  readonly tally: TallyData;
}

/** Adds parts up. */
export class PartSum {
  readonly done = new RangeSet();
  readonly tally = new Tally();
  timeMs = 0;

  constructor(parts: readonly Part[] = []) {
    for (const part of parts) this.add(part);
  }

  add({ ranges, timeMs, tally }: Part): void {
    for (const range of ranges) this.done.add(range);
    this.tally.merge(tally);
    this.timeMs += timeMs;
  }

  get isEmpty(): boolean {
    return this.done.isEmpty;
  }

  /** The sum, in an order that does not depend on what came first. */
  get part(): Part {
    const { ranges } = this.done;
    return { ranges, timeMs: Math.round(this.timeMs), tally: inOrder(this.tally.data) };
  }
}

/** The same tally, whatever the order in which its parts came together. */
export function inOrder(tally: TallyData): TallyData {
  const verdicts = Object.entries(tally.verdicts).sort(byName);
  const rows = verdicts.map(([name, row]) => [name, Object.fromEntries(entriesOf(row))]);
  const findings = [...tally.findings].sort((a, b) =>
    byName([a.signature.text], [b.signature.text]),
  );
  return { ...tally, verdicts: Object.fromEntries(rows), findings };
}

function entriesOf(row: object): [string, number][] {
  return Object.entries(row).sort(byName);
}

function byName([one]: readonly [string, ...unknown[]], [other]: readonly [string, ...unknown[]]) {
  return one < other ? -1 : 1;
}
