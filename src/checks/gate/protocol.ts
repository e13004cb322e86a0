// What the gate and its workers say to each other.
import type { CoreKind } from "../../slub/core/load.ts";
import type { Shown } from "../../target/program.ts";
import type { CostTable } from "../cost/measure.ts";
import type { Check, CheckFinding, CheckResult } from "./check.ts";
import type { Exhibit } from "./exhibit.ts";

/** Given to a worker when it starts. */
export interface GateWorkerInput {
  /** Every core that a job may name, compiled once for all. */
  readonly cores: readonly { readonly kind: CoreKind; readonly module: WebAssembly.Module }[];
  readonly flight: SharedArrayBuffer;
}

/** A program to be judged, as text. */
export interface ProgramJob {
  readonly kind: "program";
  readonly target: string;
  readonly script: string;
  /** What its complaints begin with. */
  readonly name: string;
}

/** What a worker can be asked for. The target is named as on the command line. */
export type GateJob =
  | { readonly kind: "check"; readonly target: string; readonly check: Check }
  /** Runs checks up to the first one that fails: the target is a canary. */
  | { readonly kind: "canary"; readonly target: string; readonly checks: readonly Check[] }
  | {
      readonly kind: "exhibit";
      readonly target: string;
      readonly check: Check;
      readonly finding: CheckFinding;
    }
  | ProgramJob
  /** Asks a set of golden programs, by its name. */
  | { readonly kind: "golden"; readonly target: string; readonly set: string }
  /** Looks for the smallest program that the target answers otherwise than our own core. */
  | { readonly kind: "golden-example"; readonly target: string; readonly set: string }
  /** Counts what operations cost. */
  | { readonly kind: "cost"; readonly target: string };

interface Held {
  readonly heapBytes: number;
}

export type GateAnswer = Held &
  (
    | { readonly kind: "check"; readonly result: CheckResult }
    | { readonly kind: "canary"; readonly caught: CheckResult | undefined; readonly cases: number }
    | { readonly kind: "exhibit"; readonly exhibit: Exhibit }
    | { readonly kind: "program"; readonly shown: Shown }
    | { readonly kind: "golden"; readonly digest: string }
    | { readonly kind: "golden-example"; readonly exhibit: Exhibit }
    /** Undefined where the target traps. */
    | { readonly kind: "cost"; readonly table: CostTable | undefined }
  );
