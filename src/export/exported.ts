// What is exported: a program, and what it showed here.
import type { Program } from "../slub/program/op.ts";

export interface ExportedFinding {
  readonly program: Program;
  /** `ok` for a program that shows nothing. */
  readonly verdict: string;
  readonly signature: string;
  readonly impact: string;
}
