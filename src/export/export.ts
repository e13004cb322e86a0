// The formats in which a finding can leave.
import type { SlabHeap } from "../slub/core/heap.ts";
import { heapOf } from "../slub/named_core.ts";
import type { InvariantCadence } from "../slub/oracle/violation.ts";
import { machineFor } from "../slub/program/boot.ts";
import type { Program } from "../slub/program/op.ts";
import { judgeProgram } from "../slub/run/case.ts";
import type { ExportedFinding } from "./exported.ts";
import { jsonOfFinding } from "./json.ts";
import { kernelModuleOf } from "./kernel_module.ts";
import { vitestFileOf } from "./vitest_file.ts";

export const EXPORT_FORMATS = ["vitest", "json", "c"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const WRITERS: Readonly<Record<ExportFormat, (finding: ExportedFinding) => string>> = {
  vitest: vitestFileOf,
  json: (finding) => `${JSON.stringify(jsonOfFinding(finding), null, 2)}\n`,
  c: kernelModuleOf,
};

/** Where it is run, and how strictly, to see what it shows; without them, as its header says. */
interface ExportBench {
  readonly heap?: SlabHeap;
  readonly invariants?: InvariantCadence;
}

/** A program, with what it shows, in one of the formats. */
export function exportProgram(
  program: Program,
  format: ExportFormat,
  { heap = heapOf(program), invariants }: ExportBench = {},
): string {
  const machine = machineFor(program);
  const { verdict, signature, impact } = judgeProgram(program, machine, heap, invariants);
  return WRITERS[format]({ program, verdict, signature, impact });
}
