import { expect, it } from "vitest";
import {
  parseObject,
  requireList,
  requireObject,
  requireText,
  requireVersion,
} from "../../src/base/json_file.ts";
import { UserError } from "../../src/base/user_error.ts";

const parse = (text: string) => parseObject({ text, name: "a.json", kind: "list of shoes" });

it("the object of a JSON text is read", () => {
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

it.each([
  ["a wrong version", () => requireVersion(2, 1, "f: version"), "is 2, this slabfuzz reads 1"],
  [
    "no version",
    () => requireVersion(undefined, 1, "f: version"),
    "is missing, this slabfuzz reads 1",
  ],
  ["a list for an object", () => requireObject([], "f: version"), "must be an object"],
  ["null for an object", () => requireObject(null, "f: version"), "must be an object"],
  ["an object for a list", () => requireList({}, "f: version"), "must be a list"],
  ["a number for text", () => requireText(1, "f: version"), "must be text"],
])("a complaint about %s names file and field", (_, check, message) => {
  expect(check).toThrow(new UserError(`f: version: ${message}`));
});

it("what is right is handed on", () => {
  requireVersion(3, 3, "f: version");
  expect(requireObject({ b: 1 }, "f")).toEqual({ b: 1 });
  expect(requireList([1], "f")).toEqual([1]);
  expect(requireText("t", "f")).toBe("t");
});
