// Names for the text addresses that tracks hold: the simulated kernel has no text, so the core gives
// each function one address and the host knows which.
import { Fn, RUN_OP_HIGH, RUN_OP_LOW } from "../abi.ts";
import { joinU64 } from "../base/bytes.ts";
import type { Words } from "./words/index.ts";

const RUN_OP = joinU64(RUN_OP_HIGH, RUN_OP_LOW);
/** Bytes from one function's address to the next one's. */
const STRIDE = 0x1000n;

/** %pS: the function that an address lies in, or the address itself. */
export function callerName(address: bigint, words: Words): string {
  const distance = address - RUN_OP;
  const fn = Number(distance / STRIDE) + Fn.RUN_OP;
  if (distance % STRIDE === 0n && fn in words.functions) return words.functions[fn as Fn];
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}
