// The formats in which a finding can leave.
import { machineFor } from "../program/boot.ts";
import type { Program } from "../program/op.ts";
import { judgeProgram } from "../run/case.ts";
import type { SlabHeap } from "../wasm/heap.ts";
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

/** A program, with what it shows, in one of the formats. */
export function exportProgram(program: Program, format: ExportFormat, heap?: SlabHeap): string {
  const { verdict, signature, impact } = judgeProgram(program, machineFor(program), heap);
  return WRITERS[format]({ program, verdict, signature, impact });
}
