// Gives the memory of a module an end, by rewriting the section that says how large it may grow:
//
//   section 5: count, then for each memory  flags (bit 0: has a maximum, bit 1: shared, bit 2: 64
//   bits), minimum, maximum; all are LEB128 numbers, in pages of 64 KiB.
import { UserError } from "../base/user_error.ts";

const MAGIC_SIZE = 8;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;
const WASM_PAGE_KIB = 64;

/** Twice what the largest machine takes that a script can ask for. */
export const MEMORY_PAGES_MAX = 4096;
export const MEMORY_BYTES_MAX = MEMORY_PAGES_MAX * WASM_PAGE_KIB * 1024;
/** Whoever has so much of it takes what no machine needs. */
export const MEMORY_BYTES_GREEDY = (MEMORY_BYTES_MAX / 4) * 3;

/** The same module, whose memory does not grow beyond the limit. */
export function withMemoryLimit(bytes: Uint8Array, name: string): Uint8Array {
  for (let at = MAGIC_SIZE; at < bytes.length; ) {
    const [size, body] = readNumber(bytes, at + 1);
    const end = body + size;
    if (bytes[at] === MEMORY_SECTION) {
      const section = limitedSection(bytes.subarray(body, end), name);
      return joined([bytes.subarray(0, at), section, bytes.subarray(end)]);
    }
    at = end;
  }
  return bytes;
}

function limitedSection(section: Uint8Array, name: string): Uint8Array {
  const [count, flagsAt] = readNumber(section, 0);
  const flags = section[flagsAt];
  if (count !== 1 || (flags & ~HAS_MAXIMUM) !== 0) {
    throw new UserError(`${name}: needs one memory of 32 bits that is not shared`);
  }
  const [least, maximumAt] = readNumber(section, flagsAt + 1);
  const most = flags === HAS_MAXIMUM ? readNumber(section, maximumAt)[0] : MEMORY_PAGES_MAX;
  if (least > MEMORY_PAGES_MAX) throw new UserError(`${name}: ${tooMuch(least)}`);
  const limits = [
    HAS_MAXIMUM,
    ...numberBytes(least),
    ...numberBytes(Math.min(most, MEMORY_PAGES_MAX)),
  ];
  const body = [...numberBytes(1), ...limits];
  return Uint8Array.from([MEMORY_SECTION, ...numberBytes(body.length), ...body]);
}

function tooMuch(pages: number): string {
  const limit = `${MEMORY_PAGES_MAX * WASM_PAGE_KIB} KiB`;
  return `asks for ${pages * WASM_PAGE_KIB} KiB of memory to begin with, at most ${limit}`;
}

/** A LEB128 number, and where the next thing begins. */
function readNumber(bytes: Uint8Array, at: number): readonly [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return [value, at];
  }
}

function numberBytes(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...numberBytes(value >>> 7)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
