// A finding as a test for a team's own suite: a file that runs as it is where slabfuzz and vitest
// are installed.
import { printScript } from "../slub/program/text.ts";
import type { ExportedFinding } from "./exported.ts";

export function vitestFileOf({ program, verdict, signature }: ExportedFinding): string {
  const lines = printScript(program).trimEnd().split("\n");
  const isCanary = program.header.target !== undefined;
  const names = [...(isCanary ? ["heapOf"] : []), "judgeProgram", "machineFor", "parseScript"];
  const given = ["program", "machineFor(program)", ...(isCanary ? ["heapOf(program)"] : [])];
  return `// A finding of slabfuzz: the same program shows the same, for as long as nothing changed.
import { ${names.join(", ")} } from "slabfuzz";
import { expect, it } from "vitest";

const SCRIPT = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");

it(${JSON.stringify(`${verdict}: ${signature}`)}, () => {
  const program = parseScript(SCRIPT, "finding.slab");
  const shown = judgeProgram(${given.join(", ")});
  expect(shown.verdict).toBe(${JSON.stringify(verdict)});
  expect(shown.signature).toBe(${JSON.stringify(signature)});
});
`;
}
