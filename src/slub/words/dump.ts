// Hex dumps, 16 bytes a line: tag, address, bytes, and the bytes once more as characters.
import { Dump } from "../../abi.ts";
import { hex8, hex64 } from "../../base/hex.ts";
import type { KernelEvent } from "../core/event.ts";
import type { Words } from "./kernels/index.ts";

const ROW_BYTES = 16;
/** Sixteen bytes of two digits, separated by blanks. */
const HEX_COLUMNS = 47;

const TAGS: Readonly<Record<Dump, string>> = {
  [Dump.BYTES_B4]: "Bytes b4",
  [Dump.OBJECT]: "Object",
  [Dump.REDZONE]: "Redzone",
  [Dump.PADDING]: "Padding",
  [Dump.SLAB_PADDING]: "Padding",
  [Dump.TRACED_OBJECT]: "Object",
};

/** The lines of a DUMP event. */
export function dumpLines(event: KernelEvent, words: Words): string[] {
  const tag = tagOf(event.code as Dump, words);
  const lines: string[] = [];
  for (let at = 0; at < event.bytes.length; at += ROW_BYTES) {
    const row = event.bytes.subarray(at, at + ROW_BYTES);
    lines.push(`${tag}${hex64(event.a + BigInt(at))}: ${rowText(row)}`);
  }
  return lines;
}

/** Tails of slabs and traced objects keep their own tag length in every kernel. */
function tagOf(dump: Dump, words: Words): string {
  const padded = dump !== Dump.SLAB_PADDING && dump !== Dump.TRACED_OBJECT;
  const tag = `${TAGS[dump]} `;
  return words.dumpTagsPadded && padded ? tag.padEnd(9) : tag;
}

function rowText(row: Uint8Array): string {
  const digits = Array.from(row, hex8).join(" ").padEnd(HEX_COLUMNS);
  const characters = Array.from(row, printable).join("");
  return `${digits}  ${characters}`;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
}
