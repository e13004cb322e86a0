// Logs that the core prints, and what `explain` makes of logs.
import { Draws } from "../../src/explain/cause/draws.ts";
import { type Explanation, explainCauses } from "../../src/explain/explain.ts";
import { printedLogOf } from "../../src/explain/printed.ts";
import { LineSplitter } from "../../src/explain/read/splitter.ts";
import { readingOf } from "../../src/explain/reading.ts";
import type { LogReading } from "../../src/explain/report.ts";
import type { SlubProgram } from "../../src/slub/slub_program.ts";
import { programOfScript } from "../../src/targets/targets.ts";

/** The lines that a script makes the kernel print. */
export async function logOfScript(text: string): Promise<string> {
  const program = (await programOfScript({ name: "log", file: "log.slab", text })) as SlubProgram;
  return printedLogOf(program).lines.join("\n");
}

const CHUNK = 65_521;

/** A log read in chunks that end within lines. */
export function readingOfText(log: string | Uint8Array): LogReading {
  return readingOf(inputOf(log));
}

/** Logs of one test file draw the same programs. */
const draws = new Draws();

export function explained(log: string | Uint8Array): Omit<Explanation, "program" | "options"> {
  return explainCauses(inputOf(log), "log", { draws });
}

export function inputOf(log: string | Uint8Array): ReturnType<LineSplitter["finish"]> {
  const bytes = typeof log === "string" ? Buffer.from(log) : log;
  const splitter = new LineSplitter();
  for (let at = 0; at < bytes.length; at += CHUNK) splitter.push(bytes.subarray(at, at + CHUNK));
  return splitter.finish();
}
