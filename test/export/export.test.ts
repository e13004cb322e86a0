import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { exportProgram } from "../../src/export/export.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { EVERY_OP } from "../slub/program/every_op.ts";

const OFF_BY_ONE = `# boot: up slub_debug=FZ
# off by one
cache c 64 0 -
alloc c a
write a 64 41
free c a
`;

const read = (text: string) => programOfScript({ name: "x", file: "x", text });

describe("the JSON of a program", () => {
  it.each([
    ["a finding", OFF_BY_ONE],
    ["every operation", EVERY_OP],
  ])("becomes the same program when it is read: %s", async (_, text) => {
    const program = await read(text);
    const json = await exportProgram(program, "json");
    expect((await read(json)).script).toBe(program.script);
  });

  it("has the verdict and the signature of the program", async () => {
    const json = JSON.parse(await exportProgram(await read(OFF_BY_ONE), "json"));
    expect(json).toMatchObject({ format: "slabfuzz-program", version: 1, verdict: "detected" });
    expect(json.signature).toMatch(/^off-by-one\|right-redzone\|/);
    expect(json.header).toEqual(["boot: up slub_debug=FZ", "off by one"]);
    expect(json.operations[1]).toEqual(["alloc", "c", "a"]);
  });

  const GOOD = { format: "slabfuzz-program", version: 1, header: [], operations: [["info"]] };
  it.each([
    ["not JSON", "{", /^x: is no slabfuzz-program \(it is not JSON\)/],
    ["another format", JSON.stringify({ ...GOOD, format: "x" }), /^x: format: must be/],
    [
      "a later version",
      JSON.stringify({ ...GOOD, version: 2 }),
      /^x: version: is 2, this slabfuzz reads 1/,
    ],
    ["no operations", JSON.stringify({ ...GOOD, operations: 1 }), /^x: operations: must be a list/],
    ["a word with a line end", JSON.stringify({ ...GOOD, operations: [["info\ninfo"]] }), /op/],
    ["an unknown operation", JSON.stringify({ ...GOOD, operations: [["dig"]] }), /unknown op/],
  ])("is refused when it is malformed: %s", async (_, text, complaint) => {
    await expect(read(text)).rejects.toThrow(UserError);
    await expect(read(text)).rejects.toThrow(complaint);
  });
});
