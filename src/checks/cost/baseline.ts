// The baseline file of the cost: one line a row, so that a review shows which rows changed.
import { parseObject, requireObject, requireVersion } from "../../base/json_file.ts";
import { UserError } from "../../base/user_error.ts";
import { COUNTERS } from "../../wasm/meter.ts";
import type { BaselineRow, CostBaseline } from "./compare.ts";
import type { CostTable } from "./measure.ts";

const VERSION = 1;

/** The file's text. */
export function baselineText(table: CostTable): string {
  const rows = table.map(
    ({ name, count, figures }) => `    ${JSON.stringify(name)}: ${list([count, ...figures])}`,
  );
  const columns = JSON.stringify(["operations", ...COUNTERS]).replaceAll(",", ", ");
  return [
    "{",
    `  "version": ${VERSION},`,
    `  "columns": ${columns},`,
    '  "rows": {',
    rows.join(",\n"),
    "  }",
    "}",
    "",
  ].join("\n");
}

function list(values: readonly number[]): string {
  return `[${values.join(", ")}]`;
}

/** Reads the file's text; `name` is the file, for the error message. */
export function parseCostBaseline(text: string, name: string): CostBaseline {
  const { version, rows } = parseObject({ text, name, kind: "cost baseline" });
  requireVersion(version, VERSION, `${name}: version`);
  const entries = Object.entries(requireObject(rows, `${name}: rows`));
  return new Map(entries.map(([row, value]) => [row, rowOf(value, row, name)]));
}

function rowOf(value: unknown, row: string, name: string): BaselineRow {
  const isRow =
    Array.isArray(value) &&
    value.length === COUNTERS.length + 1 &&
    value.every((figure) => Number.isInteger(figure) && figure >= 0) &&
    value[0] > 0;
  if (isRow) return { count: value[0], figures: value.slice(1) };
  throw new UserError(
    `${name}: rows[${JSON.stringify(row)}]: must be ${COUNTERS.length + 1} whole numbers`,
  );
}
