// A finding as a test for a team's own suite: a file that runs as it is where slabfuzz and vitest
// are installed.
import { printScript } from "../program/text.ts";
import type { ExportedFinding } from "./exported.ts";

export function vitestFileOf({ program, verdict, signature }: ExportedFinding): string {
  const lines = printScript(program).trimEnd().split("\n");
  return `// A finding of slabfuzz: the same program shows the same, for as long as nothing changed.
import { judgeProgram, machineFor, parseScript } from "slabfuzz";
import { expect, it } from "vitest";

const SCRIPT = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");

it(${JSON.stringify(`${verdict}: ${signature}`)}, () => {
  const program = parseScript(SCRIPT, "finding.slab");
  const shown = judgeProgram(program, machineFor(program));
  expect(shown.verdict).toBe(${JSON.stringify(verdict)});
  expect(shown.signature).toBe(${JSON.stringify(signature)});
});
`;
}
