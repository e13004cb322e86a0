// Names for the addresses of code that tracks hold.
import type { KernelText } from "../program/kernel_text.ts";
import type { Words } from "./kernels/index.ts";

/** %pS: the function that an address lies in, or the address itself. */
export function callerName(address: bigint, text: KernelText, words: Words): string {
  const found = text.functions.find(
    ({ start, size }) => address >= start && address < start + BigInt(size),
  );
  if (found !== undefined) return words.functions[found.fn];
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}
