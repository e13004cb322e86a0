// A module whose tables are larger than any program's is refused: each case has an instance, and
// each instance its tables.
import { expect, it } from "vitest";
import { loadForeign } from "../../src/module/load/load.ts";
import { bumpModule } from "../helper/bump_module.ts";
import { fileBeside } from "./planted.ts";

const withTables = (text: string) => fileBeside("large-table.wasm", bumpModule("", text));

it.each([
  ["(table 1000001 funcref)", 1_000_001],
  ['(import "env" "t" (table 600000 funcref)) (table 500000 funcref)', 1_100_000],
])("a module with %s is refused in one sentence", (text, elements) => {
  expect(() => loadForeign({ target: withTables(text) })).toThrow(
    `has tables of ${elements} elements, at most 1000000 are run`,
  );
});

it("a module with the table of a large program is loaded", () => {
  const target = fileBeside("table.wasm", bumpModule("", "(table 200000 funcref)"));
  expect(loadForeign({ target }).shape.tableElements).toBe(200_000);
});
