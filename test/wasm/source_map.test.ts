// Every place that the source map of the mutable build names is there, in the source as it is.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { pathOfCore } from "../../src/targets/core_files.ts";
import { instructionsOf, Opcode } from "../../src/wasm/instruction.ts";
import { ByteReader } from "../../src/wasm/leb128.ts";
import { SourceMap } from "../../src/wasm/source_map.ts";
import { namedCore } from "../helper/named_core.ts";

const MAP = `${pathOfCore("mutable")}.map`;

it("a source map has calls where the source calls", () => {
  const file = namedCore();
  const map = new SourceMap(readFileSync(MAP, "utf8"), MAP);
  const names = file.functionNames();
  let seen = 0;
  for (const { codeAt, end } of file.functions) {
    for (const { opcode, at, operandsAt } of instructionsOf(
      new ByteReader(file.bytes, codeAt, end),
    )) {
      if (opcode !== Opcode.CALL) continue;
      const callee = names.get(new ByteReader(file.bytes, operandsAt).u32()) ?? "";
      const place = map.locate(at);
      if (!callee.endsWith("/init_object") || place === undefined) continue;
      const line = readFileSync(place.source, "utf8").split("\n")[place.line - 1];
      expect(line.slice(place.column - 1)).toMatch(/^init_object\(/);
      expect(map.lineText(place)).toBe(line.trim());
      seen++;
    }
  }
  expect(seen).toBeGreaterThan(3);
});

it.each([
  ["not JSON", "it is not JSON"],
  ["{}", "x.map: sources: is missing"],
  ["null", "it is no object"],
])("a source map is refused when it is %s", (text, words) => {
  expect(() => new SourceMap(text, "x.map")).toThrow(words);
});
