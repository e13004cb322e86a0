// The answer to a log as one page: reports with their dumps, causes, the program, debug options.
import { documentOf } from "../html/document.ts";
import { type Content, type Html, html } from "../html/html.ts";
import { tableOf } from "../html/table.ts";
import { type AnnotatedRow, annotatedDump, damageLetter } from "./damage/annotated_dump.ts";
import type { Explanation } from "./explain.ts";
import type { Report, WrongBytes } from "./report.ts";
import { damageText, sentenceOf, signedText } from "./sentence.ts";

interface ExplainPage {
  readonly explanation: Explanation;
  /** The command line that makes the page again. */
  readonly command: string;
  readonly version: string;
}

/** The page as text; whatever the log holds is escaped. */
export function explainPage({ explanation, command, version }: ExplainPage): string {
  const { reading, causes, program, options } = explanation;
  const { kernel = "unknown", arch = "unknown" } = reading.machine;
  return documentOf({
    title: "A slab log explained",
    lead: html`Kernel ${kernel}, architecture ${arch}: what its reports say, what was written where
it does not belong, and the causes that fit.`,
    sections: [
      { id: "reports", title: "Reports", body: reading.reports.map(reportOf) },
      { id: "causes", title: "Causes", body: causesOf(causes) },
      { id: "program", title: "Program", body: programOf(program) },
      ...(options.length === 0
        ? []
        : [{ id: "options", title: "Debug options", body: optionsOf(options) }]),
      ...(reading.unplaced.length === 0
        ? []
        : [{ id: "unplaced", title: "Lines that belong to no report", body: linesOf(reading) }]),
    ],
    footer: html`slabfuzz ${version}: <code>${command}</code>`,
  });
}

function reportOf(report: Report, index: number): Html {
  const { kind, firstLine, lastLine, causedBy, damage, lost } = report;
  const follows = causedBy === null ? "" : `, follows from report ${causedBy + 1}`;
  const rows = annotatedDump(report);
  return html`<h3>${index + 1}. ${kind}</h3>
<p>${sentenceOf(report)} <small>Lines ${firstLine} to ${lastLine}${follows}.</small></p>
${damage.length > 1 ? html`<ul class="rows">${damage.map(damageItem)}</ul>` : undefined}
${rows.length === 0 ? undefined : dumpOf(rows, index)}
${lost.length === 0 ? undefined : html`<p>The log does not hold ${lost.join(", ")}.</p>`}
`;
}

function damageItem(damage: WrongBytes, index: number): Html {
  return html`<li>${damageLetter(index)}: ${damageText(damage)}</li>`;
}

/** Rows of bytes, each wrong byte marked, with its letter below. */
function dumpOf(rows: readonly AnnotatedRow[], index: number): Html {
  const lines = rows.map((row): Content => {
    const head = `${signedText(row.offset).padStart(7)}  ${row.section.padEnd(8)} `;
    const letters = row.bytes
      .map(({ mark }) => (mark ?? "").padStart(2))
      .join(" ")
      .trimEnd();
    return [
      row.isBehindGap ? "    ...\n" : "",
      head,
      row.bytes.map(({ value, mark }) => {
        const digits = value.toString(16).padStart(2, "0");
        return [mark === undefined ? digits : html`<mark>${digits}</mark>`, " "];
      }),
      "\n",
      letters === "" ? "" : `${" ".repeat(head.length)}${letters}\n`,
    ];
  });
  const label = `Dump of report ${index + 1}`;
  return html`<pre class="scroll" tabindex="0" role="region" aria-label="${label}">${lines}</pre>`;
}

function causesOf(causes: Explanation["causes"]): Html {
  return tableOf({
    caption: "Causes that fit, the most likely first",
    columns: ["cause", "share", "for", "against", "would be settled by"],
    rows: causes.map((cause) => ({
      head: cause.class,
      cells: [
        `${percent(cause.share)} (${percent(cause.low)} to ${percent(cause.high)})`,
        cause.for.join("; "),
        cause.against.join("; "),
        cause.settledBy.join("; "),
      ],
    })),
  });
}

function programOf(program: Explanation["program"]): Content {
  if (program === undefined) return html`<p>No program was found that prints a report like it.</p>`;
  const { script, identical, differences, token } = program;
  const how = identical ? "This program prints the same report." : "This one comes nearest.";
  return html`<p>${how}</p>
<pre class="scroll" tabindex="0" role="region" aria-label="Script">${script}</pre>
<ul class="rows">${differences.map((difference) => html`<li>differs: ${difference}</li>`)}</ul>
<p>To open it: <code>slabfuzz view ${token} --html program.html</code></p>`;
}

function optionsOf(options: Explanation["options"]): Html {
  return tableOf({
    caption: "When the kernel speaks, and what the options cost",
    columns: ["options", "boot line", "speaks at operation", "bytes an object", "work"],
    rows: options.map(({ letters, boot, reportedAt, bytesPerObject, cost }) => ({
      head: letters,
      cells: [
        boot,
        reportedAt === null ? "silent" : String(reportedAt),
        bytesPerObject === null ? "refused" : bytesPerObject.toFixed(0),
        cost === null ? "" : `${cost.toFixed(1)} times`,
      ],
    })),
  });
}

function linesOf({ unplaced }: Explanation["reading"]): Html {
  const items = unplaced.map(({ line, text }) => html`<li>${line}: <code>${text}</code></li>`);
  return html`<ul class="rows">${items}</ul>`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
