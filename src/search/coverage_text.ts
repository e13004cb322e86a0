// A coverage report for a terminal, and in the format of lcov, which other tools read.
import { columnLines } from "../base/option_text.ts";
import { visible } from "../base/visible.ts";
import {
  type Coverage,
  rangeText,
  type SourceCoverage,
  shareOf,
  shareText,
  unreachedRanges,
} from "./coverage.ts";

/** Every source, and below that what was never reached in each. */
export function coverageLines({ about, sources }: Coverage): readonly string[] {
  const all = {
    functions: shareOf(sources.flatMap(({ functions }) => functions)),
    lines: shareOf(sources.flatMap(({ lines }) => lines)),
  };
  const head = ["source", "functions", "lines"];
  const rows = sources.map(({ source, functions, lines }) => {
    return [visible(source), shareText(shareOf(functions)), shareText(shareOf(lines))];
  });
  return [
    `reached by ${visible(about)}:`,
    `${shareText(all.functions)} functions, ${shareText(all.lines)} lines`,
    "",
    ...columnLines([head, ...rows]),
    "",
    ...sources.flatMap(unreachedLines),
  ];
}

function unreachedLines({ source, functions, lines }: SourceCoverage): readonly string[] {
  const names = functions
    .filter(({ isReached }) => !isReached)
    .map(
      ({ name, line }) =>
        `  function ${visible(name)}${line === undefined ? "" : `, line ${line}`}`,
    );
  const ranges = unreachedRanges(lines).map(rangeText);
  const about = ranges.length === 0 ? [] : [`  lines ${ranges.join(", ")}`];
  if (names.length + about.length === 0) return [];
  return [`${visible(source)} never reached:`, ...names, ...about, ""];
}

/** The tracefile: `DA:LINE,COUNT`, where a count of 1 says that a line was reached at all. */
export function lcovText({ sources }: Coverage): string {
  return sources.map((source) => `${lcovLines(source).join("\n")}\n`).join("");
}

function lcovLines({ source, functions, lines }: SourceCoverage): readonly string[] {
  const reachedFunctions = shareOf(functions);
  const reachedLines = shareOf(lines);
  return [
    "TN:",
    `SF:${visible(source)}`,
    // A function whose line nothing says stands at the beginning of its file.
    ...functions.map(({ name, line }) => `FN:${line ?? 1},${lcovName(name)}`),
    ...functions.map(({ name, isReached }) => `FNDA:${Number(isReached)},${lcovName(name)}`),
    `FNF:${reachedFunctions.all}`,
    `FNH:${reachedFunctions.reached}`,
    ...lines.map(({ line, isReached }) => `DA:${line},${Number(isReached)}`),
    `LF:${reachedLines.all}`,
    `LH:${reachedLines.reached}`,
    "end_of_record",
  ];
}

/** A comma would begin another field. */
function lcovName(name: string): string {
  return visible(name).replaceAll(",", ";");
}
