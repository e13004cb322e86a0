// A finding as a test for a team's own suite: a file that runs as it is where slabfuzz and vitest
// are installed.
import type { Shown, TargetProgram } from "../target/program.ts";

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
