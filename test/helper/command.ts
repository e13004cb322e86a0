// A command of slabfuzz, run in this process, with what it printed.
import { vi } from "vitest";
import { runProgram } from "../../src/cli/program.ts";

export interface CommandResult {
  readonly code: number | string | null | undefined;
  readonly out: string;
  readonly error: string;
}

export async function slabfuzz(...words: string[]): Promise<CommandResult> {
  const streams = { out: "", error: "" };
  const collect = (name: "out" | "error") => (text: unknown) => {
    streams[name] += text;
    return true;
  };
  process.exitCode = undefined;
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(collect("out")),
    vi.spyOn(process.stderr, "write").mockImplementation(collect("error")),
  ];
  try {
    const code = await runProgram(words, { out: collect("out"), error: collect("error") });
    return { code: code ?? process.exitCode, ...streams };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
