// Names for the text addresses that tracks hold: the simulated kernel has no text, so the core
// gives each function one address and the host knows which.
import { Fn, RUN_OP_310_FREE_LOW, RUN_OP_310_HIGH, RUN_OP_HIGH, RUN_OP_LOW } from "../abi.ts";
import { joinU64 } from "../base/bytes.ts";
import type { Words } from "./words/index.ts";

/** Bytes of text that each function has. */
const FUNCTION_BYTES = 0x1000n;
const RUN_OP = joinU64(RUN_OP_HIGH, RUN_OP_LOW) & ~(FUNCTION_BYTES - 1n);
/** The two pages of run_op on 3.10. */
const RUN_OP_310 = joinU64(RUN_OP_310_HIGH, RUN_OP_310_FREE_LOW) & ~(FUNCTION_BYTES - 1n);

/** %pS: the function that an address lies in, or the address itself. */
export function callerName(address: bigint, words: Words): string {
  if (address >= RUN_OP_310 && address < RUN_OP_310 + 2n * FUNCTION_BYTES) {
    return words.functions[Fn.RUN_OP];
  }
  const distance = address - RUN_OP;
  const fn = Number(distance / FUNCTION_BYTES) + Fn.RUN_OP;
  if (distance >= 0n && fn in words.functions) return words.functions[fn as Fn];
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}
