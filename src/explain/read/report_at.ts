// A report that begins with a line.
import { newReport, type Report } from "../report.ts";
import type { LogLine } from "./unwrap.ts";

export function reportAt(
  line: LogLine,
  parts: Partial<Report> & Pick<Report, "check" | "kind">,
): Report {
  const { first, offset, text, seconds } = line;
  return newReport({
    ...parts,
    words: text,
    firstLine: first,
    lastLine: line.last,
    offset,
    seconds,
  });
}
