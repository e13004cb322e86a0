import { expect, it } from "vitest";
import { parseObject, readJson } from "../../src/base/json_file.ts";
import {
  jsonCount,
  jsonList,
  jsonObject,
  jsonTable,
  jsonText,
  jsonVersion,
} from "../../src/base/schema.ts";
import { UserError } from "../../src/base/user_error.ts";

const parse = (text: string) => parseObject({ text, name: "a.json", kind: "list of shoes" });

it("a JSON text is read as its object", () => {
  expect(parse('{"a": 1}')).toEqual({ a: 1 });
});

it.each([
  ["{", "a.json: is no list of shoes (it is not JSON)"],
  ["[]", "a.json: is no list of shoes (it is no object)"],
  ["null", "a.json: is no list of shoes (it is no object)"],
  ["1", "a.json: is no list of shoes (it is no object)"],
])("the text %j is refused", (text, message) => {
  expect(() => parse(text)).toThrow(new UserError(message));
});

const FILE = jsonObject({
  version: jsonVersion(3),
  names: jsonList(jsonText),
  table: jsonTable(jsonCount),
});

it.each([
  ['{"names":[],"table":{}}', "version: is missing"],
  ['{"version":2,"names":[],"table":{}}', "version: is 2, this slabfuzz reads 3"],
  ['{"version":"3","names":[],"table":{}}', 'version: is "3", this slabfuzz reads 3'],
  ['{"version":3,"names":{"length":1},"table":{}}', "names: must be a list"],
  ['{"version":3,"names":[{"toString":1}],"table":{}}', "names[0]: must be text"],
  ['{"version":3,"names":[],"table":null}', "table: must be an object"],
  ['{"version":3,"names":[],"table":{"a b":1e999}}', 'table["a b"]: must be a whole number'],
  ['{"version":3,"names":[],"table":{"a":-1}}', "table.a: must be a whole number"],
])("the object %s is refused with file and field", (text, message) => {
  expect(() => readJson({ text, name: "f", kind: "list" }, FILE)).toThrow(`f: ${message}`);
});

it.each([
  ['\ufeff{"version":3,"names":["a"],"table":{}}', "a mark of the byte order"],
  ['{"version":2,"version":3,"names":["a"],"table":{"__proto__":1}}', "a key twice, and __proto__"],
])("the text %j is read: %s", (text) => {
  const read = readJson({ text, name: "f", kind: "list" }, FILE);
  expect(read).toEqual({ version: 3, names: ["a"], table: {} });
});

it("a text that nests without an end is refused", () => {
  for (const text of ["[".repeat(200_000), `{"version":${"[".repeat(200_000)}`]) {
    expect(() => readJson({ text, name: "f", kind: "list" }, FILE)).toThrow(UserError);
  }
});
