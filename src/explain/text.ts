// The answer as text for a terminal.
import type { RankedCause } from "./cause/rank.ts";
import { annotatedDump, damageLetter } from "./damage/annotated_dump.ts";
import type { Explanation } from "./explain.ts";
import type { OptionOutcome } from "./program/options.ts";
import type { Report } from "./report.ts";
import { damageText, sentenceOf, signedText } from "./sentence.ts";

/** How a line stands out. */
export interface AnswerPaint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly alarm: (text: string) => string;
}

const CAUSES_SHOWN = 5;
const SHARE_SHOWN = 0.005;
const DAMAGE_SHOWN = 8;
const ROWS_SHOWN = 24;

export function explainLines(explanation: Explanation, paint: AnswerPaint): string[] {
  const { reading, causes } = explanation;
  const { kernel = "unknown", arch = "unknown" } = reading.machine;
  const lines = [`kernel ${kernel}, architecture ${arch}`];
  reading.reports.forEach((report, i) => {
    lines.push("", ...reportLines(report, i, paint));
  });
  const likely = causes.filter(({ share }) => share >= SHARE_SHOWN).slice(0, CAUSES_SHOWN);
  lines.push("", paint.strong("causes"), ...likely.flatMap(causeLines));
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

function programLines(explanation: Explanation, paint: AnswerPaint): string[] {
  const { program, options } = explanation;
  if (program === undefined) return [paint.strong("program: none prints a report like this")];
  const { script, identical, differences, token } = program;
  const how = identical ? "prints the same report" : "prints the nearest report found";
  return [
    paint.strong(`program: ${how}`),
    ...script
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
    ...differences.map((difference) => paint.faint(`  differs: ${difference}`)),
    paint.faint(`  to open it: slabfuzz view ${token} --html program.html`),
    "",
    paint.strong("debug options that see it"),
    ...options.map(optionLine),
    ...otherTools(explanation).map((tool) => `  ${tool}`),
  ];
}

function optionLine({ letters, boot, reportedAt, bytesPerObject, cost }: OptionOutcome): string {
  const what = reportedAt === null ? "silent" : `speaks at operation ${reportedAt}`;
  const bytes = bytesPerObject === null ? "" : `${bytesPerObject.toFixed(0)} bytes an object`;
  const time = cost === null ? "" : `${cost.toFixed(1)} times the work`;
  const costs = [bytes, time].filter((text) => text !== "").join(", ");
  return `  ${letters.padEnd(5)} ${what.padEnd(22)} ${costs}${boot === "" ? "" : ` (${boot})`}`;
}

/** What would see the mistake where SLUB's options do not, or not in time. */
function otherTools({ causes, options }: Explanation): string[] {
  const isSilent = options.every(({ reportedAt }) => reportedAt === null);
  const [first] = causes;
  return [
    ...(isSilent ? ["no set of options sees it: KASAN stops at the access itself"] : []),
    ...(first?.class === "device-write" ? ["a device's write: only an IOMMU stops it"] : []),
    ...(first?.class === "list-misuse"
      ? ["no memory is damaged: only list debugging sees it"]
      : []),
  ];
}

function reportLines(report: Report, index: number, paint: AnswerPaint): string[] {
  const { kind, firstLine, lastLine, causedBy, damage, lost } = report;
  const follows = causedBy === null ? "" : `, follows from report ${causedBy + 1}`;
  return [
    paint.strong(`report ${index + 1}: ${kind}`) +
      paint.faint(` (lines ${firstLine} to ${lastLine}${follows})`),
    `  ${sentenceOf(report)}`,
    ...damage
      .slice(1, DAMAGE_SHOWN)
      .map(
        (more, i) =>
          `  also ${damageText(more)}${damage.length > 1 ? ` [${damageLetter(i + 1)}]` : ""}`,
      ),
    ...dumpLines(report, paint),
    ...(lost.length === 0 ? [] : [`  the log does not hold ${lost.join(", ")}`]),
  ];
}

const OFFSET_WIDTH = 7;

/** The dump, each wrong byte in colour and with its letter below. */
function dumpLines(report: Report, paint: AnswerPaint): string[] {
  const rows = annotatedDump(report);
  const shown = rows.slice(0, ROWS_SHOWN);
  const lines = shown.flatMap((row) => {
    const head = `${signedText(row.offset).padStart(OFFSET_WIDTH)}  ${row.section.padEnd(8)}`;
    const bytes = row.bytes.map(({ value, mark }) => {
      const digits = value.toString(16).padStart(2, "0");
      return mark === undefined ? digits : paint.alarm(digits);
    });
    const letters = row.bytes
      .map(({ mark }) => (mark ?? "").padStart(2))
      .join(" ")
      .trimEnd();
    return [
      ...(row.isBehindGap ? [`  ${"...".padStart(OFFSET_WIDTH)}`] : []),
      `  ${head} ${bytes.join(" ")}`,
      ...(letters === "" ? [] : [`  ${" ".repeat(head.length)} ${letters}`]),
    ];
  });
  const more = rows.length - shown.length;
  return more > 0 ? [...lines, `  and ${more} more rows`] : lines;
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
