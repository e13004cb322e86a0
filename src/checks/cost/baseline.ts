// The baseline file of the cost: one line a row, so that a review shows which rows changed.
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
export function parseBaseline(text: string, name: string): CostBaseline {
  const { version, rows } = parsedObject(text, name);
  if (version !== VERSION) throw new UserError(`${name}: version: must be ${VERSION}`);
  if (!isObject(rows)) throw new UserError(`${name}: rows: must be an object`);
  return new Map(Object.entries(rows).map(([row, value]) => [row, rowOf(value, row, name)]));
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

function parsedObject(text: string, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${name}: is no cost baseline (it is not JSON)`);
  }
  if (isObject(value)) return value;
  throw new UserError(`${name}: is no cost baseline (it is no object)`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
