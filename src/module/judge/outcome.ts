// What came of a program on a foreign allocator.
import type { Impact } from "../../target/verdict.ts";
import type { BrokenRule } from "./rule.ts";

/** The result of a program. */
export interface ForeignOutcome {
  /** The rule that was broken, the last one if a mistake led to several. */
  readonly violation: BrokenRule | undefined;
  /** The worst that a mistake led to; none without one. */
  readonly impact: Impact;
  /** The first mistake, -1 if there is none. */
  readonly misusedAt: number;
  /** The module gave up by itself, after a mistake. */
  readonly isNoticed: boolean;
  /** Operations of the program that ran, and what they came to with all rounds of cycles. */
  readonly ran: number;
  readonly judged: number;
  /** Bytes of blocks that were painted, kept by realloc, or all looked at: they take time, too. */
  readonly handledBytes: number;
  readonly digestHigh: number;
  readonly digestLow: number;
}
