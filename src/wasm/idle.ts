// Functions that do nothing: they may compute, but leave memory, tables and globals as they are.
import { unlessRefused } from "../base/user_error.ts";
import { instructionsOf, isStore, Opcode } from "./instruction.ts";
import { ByteReader } from "./leb128.ts";
import type { WasmFile } from "./wasm_file.ts";

/** Calls are followed so deep: a function that is exported often wraps another one. */
const DEPTH_MAX = 4;

/** Whether an exported function does nothing; not so where its code is not known to do so. */
export function isIdle(file: WasmFile, name: string): boolean {
  const index = file.indexOfFunction(name);
  if (index === undefined) return false;
  return unlessRefused(() => isIdleFunction(file, index, DEPTH_MAX)) ?? false;
}

function isIdleFunction(file: WasmFile, index: number, depth: number): boolean {
  const body = file.functions.find((one) => one.index === index);
  if (body === undefined || depth === 0) return false;
  const reader = new ByteReader(file.bytes, body.codeAt, body.end);
  for (const { opcode, operandsAt } of instructionsOf(reader)) {
    if (opcode === Opcode.CALL) {
      const callee = new ByteReader(file.bytes, operandsAt, body.end).u32();
      if (!isIdleFunction(file, callee, depth - 1)) return false;
    } else if (!isHarmless(opcode)) return false;
  }
  return true;
}

/** Of instructions with prefixes none is needed to do nothing. */
function isHarmless(opcode: number): boolean {
  const isCall = opcode > Opcode.CALL && opcode < Opcode.DROP;
  const isWrite = opcode === Opcode.GLOBAL_SET || opcode === TABLE_SET || isStore(opcode);
  return !isCall && !isWrite && opcode !== Opcode.MEMORY_GROW && opcode < FIRST_PREFIX;
}

const TABLE_SET = 0x26;
const FIRST_PREFIX = 0xfb;
