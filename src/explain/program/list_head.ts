// The story of a list head that is handed out as an object, replayed at the addresses of the log.
import { hex64, hexOfBytes } from "../../base/hex.ts";
import { bytesOfWord } from "../damage/word.ts";
import type { LogReading, Report } from "../report.ts";
import type { ScriptBody } from "./script_body.ts";

const DIRECT_MAP = 0xffff880000000000n;
const PAGE = 0xfffn;

/**
 * A list_head at the end of a type that is one word larger than its slot: its prev lies over the
 * next object's free pointer, and the list's head is handed out as an object.
 */
export function listOverFreePointer(
  { list }: Report,
  { reports, cacheSizes }: LogReading,
): ScriptBody[] {
  const cache = cacheSizes.at(0);
  const crash = reports.find(({ check }) => check === "free-oops");
  if (cache === undefined || crash === undefined || list?.neighbour === undefined) return [];
  const { expected, found, neighbour } = list;
  const slot = neighbour + 8n - BigInt(cache.size);
  const index = Number(slot & PAGE) / cache.size;
  if (expected === undefined || found === undefined || !Number.isInteger(index)) return [];
  const { name, objectSize, size } = cache;
  return [
    [
      `region head 0x${hex64(expected)} 64`,
      `nextpfn ${((slot - DIRECT_MAP) >> 12n).toString(16)}`,
      "listinit head",
      `cache ${name} ${objectSize} 0 HM`,
      index === 0 ? "" : `allocn ${name} ${index} v`,
      `alloc ${name} B`,
      `listadd B+${size - 8} head`,
      `alloc ${name} A1`,
      `write A1 0 ${wordText(found)}`,
      "listadd glob+64 head",
      `alloc ${name} A2`,
      `free ${name} A2`,
      // Where options stop the chain before that, the object that is too large is given back.
      `free ${name} B`,
    ],
  ];
}

function wordText(value: bigint): string {
  return hexOfBytes(Uint8Array.from(bytesOfWord(value, { wordBytes: 8, isBigEndian: false })));
}
