// A program as a test of vitest: it shows the same for as long as nothing changed.
import type { Shown } from "../target/program.ts";

export function vitestFileOf(script: string, { verdict, signature }: Shown): string {
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
