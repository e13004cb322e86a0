// The answer as text for a terminal.
import type { RankedCause } from "./cause/rank.ts";
import type { Explanation } from "./explain.ts";
import type { OptionOutcome } from "./program/options.ts";
import type { Report } from "./report.ts";
import { damageText, sentenceOf } from "./sentence.ts";

/** How a line stands out. */
export interface AnswerPaint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const CAUSES_SHOWN = 5;
const DAMAGE_SHOWN = 8;

export function explainLines(explanation: Explanation, paint: AnswerPaint): string[] {
  const { reading, causes } = explanation;
  const { kernel = "unknown", arch = "unknown" } = reading.machine;
  const lines = [`kernel ${kernel}, architecture ${arch}`];
  reading.reports.forEach((report, i) => {
    lines.push("", ...reportLines(report, i, paint));
  });
  lines.push("", paint.strong("causes"), ...causes.slice(0, CAUSES_SHOWN).flatMap(causeLines));
  lines.push("", ...programLines(explanation, paint));
  const others = reading.others.slice(0, CAUSES_SHOWN);
  if (others.length > 0) lines.push("", `set aside: ${others.join("; ")}`);
  const [first] = reading.unplaced;
  const count = reading.unplaced.length;
  if (first !== undefined) {
    lines.push("", `${count} lines belong to no report, the first is line ${first.line}`);
  }
  return lines;
}

function programLines({ program, options }: Explanation, paint: AnswerPaint): string[] {
  if (program === undefined) return [paint.strong("program: none prints a report like this")];
  const { script, identical, differences } = program;
  const how = identical ? "prints the same report" : "prints the nearest report found";
  return [
    paint.strong(`program: ${how}`),
    ...script
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
    ...differences.map((difference) => paint.faint(`  differs: ${difference}`)),
    "",
    paint.strong("debug options that see it"),
    ...options.map(optionLine),
  ];
}

function optionLine({ letters, boot, reportedAt }: OptionOutcome): string {
  const what = reportedAt === null ? "silent" : `speaks at operation ${reportedAt}`;
  return `  ${letters.padEnd(5)} ${what}${boot === "" ? "" : ` (${boot})`}`;
}

function reportLines(report: Report, index: number, paint: AnswerPaint): string[] {
  const { kind, firstLine, lastLine, causedBy, damage, lost } = report;
  const follows = causedBy === null ? "" : `, follows from report ${causedBy + 1}`;
  return [
    paint.strong(`report ${index + 1}: ${kind}`) +
      paint.faint(` (lines ${firstLine} to ${lastLine}${follows})`),
    `  ${sentenceOf(report)}`,
    ...damage.slice(1, DAMAGE_SHOWN).map((more) => `  also ${damageText(more)}`),
    ...(lost.length === 0 ? [] : [`  the log does not hold ${lost.join(", ")}`]),
  ];
}

function causeLines({ share, low, high, ...cause }: RankedCause): string[] {
  const range = `${percent(low)} to ${percent(high)}`;
  return [
    `${percent(share).padStart(5)}  ${cause.class} (${range})`,
    ...reasons("for", cause.for),
    ...reasons("against", cause.against),
    ...reasons("would be settled by", cause.settledBy),
  ];
}

function reasons(label: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`       ${label}: ${texts.join("; ")}`];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
