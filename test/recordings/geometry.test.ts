// The tables of object layouts that real kernels gave, row by row.
import { expect, test } from "vitest";
import { GEOMETRY_TABLES, measureTable } from "./geometry_tables.ts";

const TABLES = GEOMETRY_TABLES.map((one) => [one.kernel, one.table, one] as const);

test.each(TABLES)("the table %s %s has the kernel's own rows", (_, __, table) => {
  const { rows, differing } = measureTable(table);
  expect(differing.slice(0, 5)).toEqual([]);
  expect(rows).toBe(table.rows);
});
