// A mutation run as the JSON that viewers of mutation reports take, those of StrykerJS among them:
// version 2 of the mutation-testing-report-schema. Times are left out, so that the same run gives
// the same file.
import { slabfuzzVersion } from "../../base/version.ts";
import type { MutateResult, TriedMutant } from "./mutate.ts";

/** Statuses that the schema knows. */
type Status = "Killed" | "Survived" | "NoCoverage" | "Timeout" | "RuntimeError" | "Ignored";

/** Percent from which a viewer shows a score as good, and below which as bad. */
const THRESHOLDS = { high: 90, low: 70 };

/** The report, ready for JSON.stringify. A mutant of which no result is known is left out. */
export function mutationReport({ target, tried, sourceLines }: MutateResult): object {
  const sources = [...new Set(tried.map(({ mutant }) => mutant.source))];
  const files = sources.map((source) => {
    const lines = sourceLines(source);
    const own = tried.filter(({ mutant }) => mutant.source === source);
    const mutants = own.map((one) => mutantRecord(one, lines));
    return [source, { language: languageOf(source), source: lines.join("\n"), mutants }] as const;
  });
  return {
    schemaVersion: "2",
    thresholds: THRESHOLDS,
    framework: { name: "slabfuzz", version: slabfuzzVersion() },
    config: { target },
    files: Object.fromEntries(files),
  };
}

/** AssemblyScript looks like TypeScript to whoever colours it. */
function languageOf(source: string): string {
  return /\.[^./]+$/.exec(source)?.[0].slice(1).replace(/^ts$/, "typescript") ?? "text";
}

/** A compiler says where a construct begins; it is shown up to the end of its line. */
function mutantRecord(tried: TriedMutant, lines: readonly string[]): object {
  const { id, operator, line, column, function: name } = tried.mutant;
  const { length } = lines[line - 1] ?? "";
  const location = {
    start: { line, column },
    end: { line, column: Math.max(column, length) + 1 },
  };
  const description = `${operator} in ${name}`;
  const statusReason = reasonOfStatus(tried);
  return {
    ...{ id, mutatorName: operator, description, location, status: statusOf(tried) },
    ...(statusReason === "" ? {} : { statusReason }),
    testsCompleted: tried.result.programs,
  };
}

function statusOf({ result, equivalent }: TriedMutant): Status {
  if (result.state === "killed") return result.killer === "hung" ? "Timeout" : "Killed";
  if (equivalent !== undefined) return "Ignored";
  if (result.state === "failed") return "RuntimeError";
  return result.state === "not-reached" ? "NoCoverage" : "Survived";
}

/** What killed it, or why it was not. */
function reasonOfStatus({ result, equivalent }: TriedMutant): string {
  const { killer, check, signature, stumble } = result;
  if (killer === undefined) return stumble ?? equivalent ?? "";
  const where = check === undefined || check === killer ? "" : `: ${check}`;
  return `${killer}${where}${signature === undefined ? "" : ` (${signature})`}`;
}
