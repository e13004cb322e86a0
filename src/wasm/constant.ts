// Constant expressions of a module: where its data lies, and what its globals begin with.
import { Opcode } from "./instruction.ts";
import type { ByteReader } from "./leb128.ts";

const F32_CONST = 0x43;
const F64_CONST = 0x44;
const REF_NULL = 0xd0;
const REF_FUNC = 0xd2;
const VECTOR = 0xfd;
const V128_CONST = 12;

/**
 * Reads an expression, and returns the number that it comes to. What depends on an imported global
 * is relative to it; of other expressions nothing is known.
 */
export function readConstant(from: ByteReader): number | undefined {
  let known: number | undefined = 0;
  for (let op = from.byte(); op !== Opcode.END; op = from.byte()) {
    if (op === Opcode.I32_CONST || op === Opcode.I64_CONST) {
      known = (known ?? 0) + Number(from.signed());
    } else if (op === Opcode.GLOBAL_GET) from.u32();
    else if (op !== Opcode.I32_ADD) known = skipOther(op, from);
  }
  return known === undefined ? undefined : known >>> 0;
}

/** Skips a constant that is no address. */
function skipOther(op: number, from: ByteReader): undefined {
  if (op === F32_CONST) from.skip(4);
  else if (op === F64_CONST) from.skip(8);
  else if (op === REF_NULL || op === REF_FUNC) from.signed();
  else if (op === VECTOR) from.skip(from.u32() === V128_CONST ? 16 : 0);
  return undefined;
}
