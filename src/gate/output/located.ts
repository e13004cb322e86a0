// Where a finding's program lies, for reports that point at lines of files.
import type { GateFinding } from "../result.ts";

/** A finding, and the file that its script is in, as seen from the folder that slabfuzz runs in. */
export interface LocatedFinding extends GateFinding {
  /** With slashes, on every system. */
  readonly path: string;
  /** One line to paste. */
  readonly replay: string;
}

/** The script, with a mark before the line that shows the finding. */
export function markedScript({ exhibit }: GateFinding): readonly string[] {
  const lines = exhibit.script.trimEnd().split("\n");
  return lines.map((line, index) => `${index + 1 === exhibit.line ? ">" : " "} ${line}`);
}

/** `invariant/misaligned`, `detector/off-by-one`: what kind of failure it is. */
export function ruleOf({ section, signature, class: bug, check }: GateFinding): string {
  if (section === "canaries") return "gate/canary-missed";
  if (section === "corpus") return "corpus/changed";
  const [, , , symptom = ""] = signature.split("|");
  const [, invariant] = /^invariant ([a-z-]+)/.exec(symptom) ?? [];
  if (invariant !== undefined) return `invariant/${invariant}`;
  return check.startsWith("twins") ? `twin/${bug}` : `detector/${bug}`;
}
