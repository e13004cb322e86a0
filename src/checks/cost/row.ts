// What one kind of operation costs in one setting, whatever the target is; and how it is added up.
import type { Figures } from "../../wasm/meter.ts";
import { COUNTERS } from "../../wasm/meter.ts";

export interface CostRow {
  /** `v6.1 up FZP 320 kmem_cache_free`. */
  readonly name: string;
  readonly kind: string;
  /** What the rows of one program have in common: `v6.1 up FZP 320 B`. */
  readonly setting: string;
  /** The same for a sentence: `FZP, 320 B (v6.1 up)`. */
  readonly place: string;
  /** Operations of that kind. */
  readonly count: number;
  /** All that they executed together, in the order of COUNTERS. */
  readonly figures: Figures;
}

export type CostTable = readonly CostRow[];

/** A kernel, a way to debug it, and a size of objects. */
export interface CostSetting {
  readonly kernel: string;
  readonly letters: string;
  readonly size: number;
}

export function settingText({ kernel, letters, size }: CostSetting): string {
  return `${kernel} ${letters} ${size} B`;
}

interface KindSum {
  readonly count: number;
  readonly figures: Figures;
}

/** Figures of each kind of operation, added up. */
export class KindSums {
  readonly #sums = new Map<string, KindSum>();

  /** Adds `count` operations, given the counters before and after them. */
  add(kind: string, count: number, before: Figures, after: Figures): void {
    const sum = this.of(kind);
    const figures = sum.figures.map((figure, i) => figure + after[i] - before[i]);
    this.#sums.set(kind, { count: sum.count + count, figures });
  }

  of(kind: string): KindSum {
    return this.#sums.get(kind) ?? { count: 0, figures: COUNTERS.map(() => 0) };
  }
}
