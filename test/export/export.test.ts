import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { exportProgram } from "../../src/export/export.ts";
import { programOfJson } from "../../src/export/json.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { EVERY_OP } from "../slub/program/every_op.ts";

const OFF_BY_ONE = `# boot: up slub_debug=FZ
# off by one
cache c 64 0 -
alloc c a
write a 64 41
free c a
`;

describe("JSON", () => {
  it.each([
    ["a finding", OFF_BY_ONE],
    ["every operation", EVERY_OP],
  ])("jsonRoundTrips: %s", (_, text) => {
    const { source: __, ...program } = parseScript(text, "x");
    const json = exportProgram(program, "json");
    expect(programOfJson(json, "x.json")).toEqual(program);
  });

  it("says what the program shows", () => {
    const json = JSON.parse(exportProgram(parseScript(OFF_BY_ONE, "x"), "json"));
    expect(json).toMatchObject({ format: "slabfuzz-program", version: 1, verdict: "detected" });
    expect(json.signature).toMatch(/^off-by-one\|right-redzone\|/);
    expect(json.header).toEqual(["boot: up slub_debug=FZ", "off by one"]);
    expect(json.operations[1]).toEqual(["alloc", "c", "a"]);
  });

  const GOOD = { format: "slabfuzz-program", version: 1, header: [], operations: [["info"]] };
  it.each([
    ["not JSON", "{", /^x: is no slabfuzz-program \(it is not JSON\)/],
    ["another format", JSON.stringify({ ...GOOD, format: "x" }), /^x: is no slabfuzz-program/],
    [
      "a later version",
      JSON.stringify({ ...GOOD, version: 2 }),
      /^x: version: is 2, this slabfuzz reads 1/,
    ],
    ["no operations", JSON.stringify({ ...GOOD, operations: 1 }), /^x: has no operations/],
    ["a word with a line end", JSON.stringify({ ...GOOD, operations: [["info\ninfo"]] }), /op/],
    ["an unknown operation", JSON.stringify({ ...GOOD, operations: [["dig"]] }), /unknown op/],
  ])("is refused: %s", (_, text, complaint) => {
    expect(() => programOfJson(text, "x")).toThrow(UserError);
    expect(() => programOfJson(text, "x")).toThrow(complaint);
  });
});
