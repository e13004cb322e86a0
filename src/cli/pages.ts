// The pages of a campaign: beside each finding a view of it, and an index of all of them.
import { basename, join } from "node:path";
import { counted } from "../base/count_text.ts";
import { UserError } from "../base/user_error.ts";
import { writeWholeFile } from "../base/whole_file.ts";
import type { FuzzResult } from "../campaign/fuzz.ts";
import type { SummaryFinding } from "../campaign/summary.ts";
import { tookItsWorker } from "../target/failure.ts";
import { parseSignature } from "../target/signature.ts";
import { damagePicture } from "../view/damage_picture.ts";
import { type IndexRow, indexPage } from "../view/index_page.ts";
import { viewPage } from "../view/page.ts";
import type { Trace } from "../view/trace.ts";
import { traceOf } from "../view/trace_of.ts";
import { ProgressLine } from "./progress.ts";
import { resolveSource } from "./source.ts";
import { shellLine } from "./terminal.ts";

const INDEX = "index.html";
const VIEW = "view.html";

/**
 * Writes the pages of what a campaign stored, of so many findings at most, and gives the path of
 * the index, which lists all of them; undefined where nothing was stored. Throws a UserError for a
 * place that cannot be written to.
 */
export async function writePages(
  { summary, start, out }: FuzzResult,
  isSilent = false,
  most = summary.findings.length,
): Promise<string | undefined> {
  if (out === undefined) return undefined;
  const { text, options } = start.target;
  const rows: IndexRow[] = [];
  const progress = new ProgressLine(isSilent);
  try {
    for (const finding of summary.findings) {
      const isShown = rows.length < most;
      const extent = { what: "pages", done: rows.length, total: most };
      if (isShown) progress.see({ ...extent, unit: "findings" });
      rows.push(isShown ? await writeView(finding, String(options.seed)) : rowOnly(finding));
    }
  } finally {
    progress.end();
  }
  const cases = `${counted(summary.cases, "case")} of seed ${options.seed}`;
  const lead = `${options.target}, ${text.place}: ${cases}`;
  const again = shellLine(["slabfuzz", "fuzz", ...text.words, "--pages"]);
  const path = join(out, INDEX);
  writeWholeFile(path, indexPage({ lead, rows, again }));
  return path;
}

/** The row of a finding without a page. */
function rowOnly(finding: SummaryFinding, says = viewLine(finding)): IndexRow {
  const { signature, verdict, impact, count, operations } = finding;
  const facts = { signature, verdict, class: finding.class, impact, count, operations };
  return { ...facts, view: undefined, picture: undefined, says };
}

function viewLine({ token }: SummaryFinding): string {
  return shellLine(["slabfuzz", "view", token, "--html", VIEW]);
}

async function writeView(finding: SummaryFinding, seed: string): Promise<IndexRow> {
  const { folder, verdict } = finding;
  const trace = await traceOfFinding(finding);
  if (typeof trace === "string" || folder === undefined) return rowOnly(finding, `${trace}`);
  const source = `${finding.class} (${verdict}), case ${finding.case} of seed ${seed}`;
  writeWholeFile(join(folder, VIEW), viewPage([{ ...trace, source }], viewLine(finding)));
  const { mistake, damage, report } = trace.jumps;
  const op = mistake ?? damage ?? report ?? 0;
  return {
    ...rowOnly(finding),
    view: `${basename(folder)}/${VIEW}#op=${op}`,
    picture: damagePicture(trace),
    says: `op ${op} ${trace.ops[op].says}: no byte was changed without a right to`,
  };
}

/** What happened, or why that cannot be shown. */
async function traceOfFinding({ folder, signature }: SummaryFinding): Promise<Trace | string> {
  if (folder === undefined) return "it was not stored";
  if (tookItsWorker(parseSignature(signature))) return "it cannot be run again";
  try {
    return await traceOf(await resolveSource(folder));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
