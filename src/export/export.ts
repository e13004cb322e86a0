// A program in the form of another tool: the choice among the formats.
import { jsonOfScript, type Shown, type TargetProgram } from "../target/program.ts";
import { kernelProgram } from "../targets/targets.ts";
import { kernelModuleOf } from "./kernel_module.ts";
import { vitestFileOf } from "./vitest_file.ts";

export const EXPORT_FORMATS = ["vitest", "json", "c"] as const;
/** `vitest`: a test file. `json`: docs/interchange.md. `c`: a kernel module. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Writer = (program: TargetProgram, shown: Shown) => string | Promise<string>;

const WRITERS: Readonly<Record<ExportFormat, Writer>> = {
  vitest: ({ script }, shown) => vitestFileOf(script, shown),
  json: ({ script }, shown) => `${JSON.stringify(jsonOfScript({ script, ...shown }), null, 2)}\n`,
  c: async (program, shown) => kernelModuleOf((await kernelOnly(program)).program, shown),
};

/**
 * Runs a program, and writes it with what it shows in one of the formats. Throws a UserError if a
 * program of a module is to become a kernel module.
 */
export async function exportProgram(program: TargetProgram, format: ExportFormat): Promise<string> {
  return await WRITERS[format](program, await program.judge());
}

function kernelOnly(program: TargetProgram): ReturnType<typeof kernelProgram> {
  return kernelProgram(program, "a kernel module in C can call the kernel's allocator only");
}
