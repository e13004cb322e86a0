// The two walks over instructions: one makes an object for each, the other one is quick.
import { expect, it } from "vitest";
import { readBinaryFile } from "../../src/base/whole_file.ts";
import { coreBytes } from "../../src/targets/core_files.ts";
import { instructionsOf, Opcode, seeInstructions } from "../../src/wasm/instruction.ts";
import { ByteReader } from "../../src/wasm/leb128.ts";
import { WasmFile } from "../../src/wasm/wasm_file.ts";

const MODULES = {
  "the core": () => coreBytes("slub"),
  lz4: () => readBinaryFile("node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm"),
};
const BULK_PREFIX = 0xfc;
const SEEN: readonly number[] = [Opcode.LOOP, Opcode.LOCAL_GET, Opcode.BR_TABLE, BULK_PREFIX];
const WANTED = Uint8Array.from({ length: 256 }, (_, byte) => Number(SEEN.includes(byte)));

it.each(Object.entries(MODULES))("the quick walk sees what the other one does in %s", (_, read) => {
  const file = new WasmFile(read());
  const seen: number[][] = [];
  const expected: number[][] = [];
  for (const { codeAt, end } of file.functions) {
    seeInstructions(new ByteReader(file.bytes, codeAt, end), WANTED, (...one) => seen.push(one));
    for (const one of instructionsOf(new ByteReader(file.bytes, codeAt, end))) {
      if (SEEN.includes(file.bytes[one.at])) expected.push([one.opcode, one.at, one.end]);
    }
  }
  expect(expected.length).toBeGreaterThan(100);
  expect(JSON.stringify(seen)).toBe(JSON.stringify(expected));
});

it.each([
  ["a number that is cut off", [Opcode.LOCAL_GET, 0x80], /ends in the middle/],
  ["a number of eleven bytes", [Opcode.LOCAL_GET, ...Array(10).fill(0x80), 0], /does not fit/],
  ["an opcode that nobody knows", [0xff, 0], /not known here: 0xff/],
])("the quick walk refuses %s", (_, code, message) => {
  const reader = new ByteReader(Uint8Array.from(code));
  expect(() => seeInstructions(reader, WANTED, () => {})).toThrow(message);
});
