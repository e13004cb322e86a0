// The formats in which a program can leave, with what it shows.
import type { SlubProgram } from "../slub/slub_program.ts";
import type { Shown, TargetProgram } from "../target/program.ts";
import { jsonOfScript } from "../target/program_json.ts";
import { kernelProgram } from "../targets/targets.ts";
import { kernelModuleOf } from "./kernel_module.ts";

export const EXPORT_FORMATS = ["vitest", "json", "c"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Writer = (program: TargetProgram, shown: Shown) => string | Promise<string>;

const WRITERS: Readonly<Record<ExportFormat, Writer>> = {
  vitest: vitestFileOf,
  json: ({ script }, shown) => `${JSON.stringify(jsonOfScript({ script, ...shown }), null, 2)}\n`,
  c: async (program, shown) => kernelModuleOf(await kernelOnly(program), shown),
};

/** A program, with what it shows, in one of the formats. */
export async function exportProgram(program: TargetProgram, format: ExportFormat): Promise<string> {
  return await WRITERS[format](program, await program.judge());
}

function kernelOnly(program: TargetProgram): Promise<SlubProgram> {
  return kernelProgram(program, "a kernel module in C can call the kernel's allocator only");
}

export function vitestFileOf({ script }: TargetProgram, { verdict, signature }: Shown): string {
  const lines = script.trimEnd().split("\n");
  return `// A finding of slabfuzz: the same program shows the same, for as long as nothing changed.
import { programOfScript } from "slabfuzz";
import { expect, it } from "vitest";

const SCRIPT = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");

it(${JSON.stringify(`${verdict}: ${signature}`)}, async () => {
  const program = await programOfScript({ name: "finding", file: "finding.slab", text: SCRIPT });
  const shown = await program.judge();
  expect(shown.verdict).toBe(${JSON.stringify(verdict)});
  expect(shown.signature).toBe(${JSON.stringify(signature)});
});
`;
}
