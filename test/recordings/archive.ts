// The recordings of real kernels, as pack.ts stores them: one compressed file a kernel.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

export type KernelName = "v3.10" | "v6.1" | "v6.12" | "v7.3";
export const KERNELS: readonly KernelName[] = ["v3.10", "v6.1", "v6.12", "v7.3"];

/**
 * scenarios: one bug class each; traces: long random programs; extra: differences of 6.1 and 6.12;
 * sheaves: what only 7.3 has.
 */
export type SetName = "scenarios" | "traces" | "extra" | "sheaves";
export const SETS: readonly SetName[] = ["scenarios", "traces", "extra", "sheaves"];

/** A script, and what a kernel said to it. */
export interface Recording {
  readonly name: string;
  readonly set: SetName;
  readonly script: string;
  readonly golden: string;
}

export interface Archive {
  readonly kernel: KernelName;
  readonly recordings: readonly Recording[];
  /** A table of the scenarios: name, boot line, outcome, and what was reported. */
  readonly index: string;
  /** Tables of object layouts, by name. */
  readonly geometry: Readonly<Record<string, string>>;
}

const HERE = dirname(fileURLToPath(import.meta.url));

/** Everything that was recorded of a kernel. */
export function loadArchive(kernel: KernelName): Archive {
  const packed = readFileSync(join(HERE, `${kernel}.json.gz`));
  return JSON.parse(gunzipSync(packed).toString("utf8")) as Archive;
}

/** What stands behind `# boot:` in a script. */
export function bootOf(recording: Recording): string {
  return /^# *boot: *(.*?) *$/m.exec(recording.script)?.[1] ?? "";
}

/** The family of a scenario: its name up to the first dot. */
export function familyOf(recording: Recording): string {
  return recording.set === "traces" ? "traces" : recording.name.split(".")[0];
}

/** The lines to compare: from the first operation on. */
export function goldenLines(recording: Recording): string[] {
  const lines = recording.golden.replace(/\n$/, "").split("\n");
  const first = lines.findIndex((line) => line.startsWith("@@ op "));
  return first === -1 ? [] : lines.slice(first);
}
