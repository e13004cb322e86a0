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
 * Writes the pages of what a campaign stored, and gives the path of the index; undefined where
 * nothing was stored. Throws a UserError for a place that cannot be written to.
 */
export async function writePages(
  { summary, start, out }: FuzzResult,
  isSilent = false,
): Promise<string | undefined> {
  if (out === undefined) return undefined;
  const { text, options } = start.target;
  const rows: IndexRow[] = [];
  const progress = new ProgressLine(isSilent);
  try {
    for (const finding of summary.findings) {
      const extent = { what: "pages", done: rows.length, total: summary.findings.length };
      progress.see({ ...extent, unit: "findings" });
      rows.push(await writeView(finding, String(options.seed)));
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

async function writeView(finding: SummaryFinding, seed: string): Promise<IndexRow> {
  const { folder, signature, verdict, impact, count, operations, token } = finding;
  const facts = { signature, verdict, class: finding.class, impact, count, operations };
  const trace = await traceOfFinding(finding);
  if (typeof trace === "string" || folder === undefined) {
    return { ...facts, view: undefined, picture: undefined, says: `${trace}` };
  }
  const source = `${finding.class} (${verdict}), case ${finding.case} of seed ${seed}`;
  const again = shellLine(["slabfuzz", "view", token, "--html", VIEW]);
  writeWholeFile(join(folder, VIEW), viewPage([{ ...trace, source }], again));
  const { mistake, damage, report } = trace.jumps;
  const op = mistake ?? damage ?? report ?? 0;
  return {
    ...facts,
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
