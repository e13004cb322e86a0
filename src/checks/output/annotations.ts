// Annotations of a GitHub workflow: one line on stdout for each finding that fails.
import { isFailure } from "../gate/result.ts";
import type { LocatedFinding } from "./located.ts";

/** GitHub shows so many of a step, and drops the rest. */
const SHOWN_MAX = 10;

export function annotationLines(findings: readonly LocatedFinding[]): readonly string[] {
  const failing = findings.filter(isFailure);
  const shown = failing.length > SHOWN_MAX ? failing.slice(0, SHOWN_MAX - 1) : failing;
  const lines = shown.map(({ path, exhibit, message, signature, replay }) => {
    const place = `file=${property(path)},line=${exhibit.line}`;
    const title = `title=${property(`slabfuzz: ${signature}`)}`;
    return `::error ${place},${title}::${data(`${message}\n${replay}`)}`;
  });
  const rest = failing.length - shown.length;
  return rest === 0 ? lines : [...lines, `::error title=slabfuzz::${rest} more findings`];
}

function data(text: string): string {
  return text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function property(text: string): string {
  return data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
