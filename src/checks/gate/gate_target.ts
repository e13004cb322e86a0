// A target as the gate sees it: what it is checked with, and how its programs are shown. Cores with
// the kernel's operations and modules with an allocator of their own each have a class.
import type { NamedCore } from "../../slub/named_core.ts";
import type { CampaignRequest } from "../../targets/targets.ts";
import type { CostRow } from "../cost/row.ts";
import type { AnyCheck } from "./check.ts";
import type { Reproducer } from "./reproducer.ts";
import type { CostJob, GatePool } from "./workers.ts";

export interface GateTarget {
  /** As the request named it. */
  readonly name: string;
  /** The same as a command line says it, with what else it has to say. */
  readonly words: string;
  /** Undefined for a module with an allocator of its own. */
  readonly core: NamedCore | undefined;
  /** The checks of the sections (a) and (b). */
  checks(isQuick: boolean): readonly AnyCheck[];
  /** A slice of each campaign that the last section runs in turn; by default the usual ones. */
  slices(seed: bigint, campaigns: readonly CampaignRequest[] | undefined): readonly AnyCheck[];
  /** Why its operations are not counted, where they are not. */
  readonly uncounted: string | undefined;
  /** Names of the rows that a baseline of its cost has. */
  readonly costRows: readonly string[];
  readonly costJob: CostJob;
  /** The program that is counted for a row, at the row's first operation; for none, any. */
  costProgram(row?: CostRow): Reproducer;
  /** How often a check keeps rules, as --invariants spells it. */
  rulesOf(check: AnyCheck): string;
  /** The program of a case that cannot be run again: its worker would hang or die once more. */
  programOfCase(check: AnyCheck, caseNumber: number): Reproducer;
  /** The smallest program that hangs, or the given one. */
  shrinkHung(pool: GatePool, reproducer: Reproducer): Promise<Reproducer>;
  /** Workers that run it; `limitMs`: CPU time that one case may take. */
  newPool(jobs: number, limitMs: number | undefined): GatePool;
}
