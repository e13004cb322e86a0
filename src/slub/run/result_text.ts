// What an operation results in: text, and in it addresses that have no place in what the script
// knows. They stay numbers until the text is made, which names them or spells them.
import { hex64 } from "../../base/hex.ts";

export type ResultText = string | bigint | readonly ResultText[];

/** The text; `spelled` says how an address reads, by default as sixteen digits. */
export function textOfResult(result: ResultText, spelled = hex64): string {
  return spelledOut(result, spelled).trim();
}

function spelledOut(result: ResultText, spelled: (address: bigint) => string): string {
  if (typeof result === "string") return result;
  if (typeof result === "bigint") return spelled(result);
  return result.map((part) => spelledOut(part, spelled)).join("");
}

/** Whether the address stands in it. */
export function mentions(result: ResultText, address: bigint): boolean {
  if (typeof result === "string") return false;
  if (typeof result === "bigint") return result === address;
  return result.some((part) => mentions(part, address));
}

/** Parts with a text between them. */
export function joined(parts: readonly ResultText[], between: string): ResultText {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [between, part]));
}
