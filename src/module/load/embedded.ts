// Modules that a script carries in its text, as bundlers and compilers put them there. The text is
// read, and never run.
import { brotliDecompressSync, inflateRawSync, unzipSync } from "node:zlib";
import { isWasm } from "../../wasm/wasm_file.ts";

/** What is looked for, for people. */
export const EMBEDDINGS = "base64, compressed base64, arrays of bytes, and strings";

/** Compressed modules of more bytes are not unpacked. */
const UNPACKED_MAX = 128 << 20;
/** Shorter texts hold no compressed module. */
const PACKED_CHARACTERS_MIN = 200;
/** Of the long texts of a script only so many are tried, the longest first. */
const TEXTS_MAX = 64;

/** The modules, in the order of their kinds, and in a kind as they stand in the text. */
export function embeddedModules(text: string): readonly Uint8Array[] {
  const joined = text.replace(/(["'`])\s*\+\s*\1/g, "").replace(/\\\r?\n/g, "");
  const found = [
    ...inBase64(joined),
    ...inCompressedBase64(joined),
    ...inNumbers(joined),
    ...inStrings(joined),
  ];
  return found.filter(isWasm);
}

/** Eight bytes, `\0asm` and the version, begin all modules: in base64 as ten digits and a part. */
const WASM_IN_BASE64 = /AGFzbQEAAA[A-Za-z0-9+/_-]*/g;

function inBase64(text: string): Uint8Array[] {
  return [...text.matchAll(WASM_IN_BASE64)].map(([digits]) => Buffer.from(digits, "base64"));
}

const LONG_BASE64 = new RegExp(`[A-Za-z0-9+/_-]{${PACKED_CHARACTERS_MIN},}`, "g");

function inCompressedBase64(text: string): Uint8Array[] {
  const texts = [...text.matchAll(LONG_BASE64)].map(([digits]) => digits);
  return texts
    .sort((one, other) => other.length - one.length)
    .slice(0, TEXTS_MAX)
    .flatMap((digits) => unpacked(Buffer.from(digits, "base64")));
}

/** Brotli has no mark of its own: a text that only looks like base64 fails soon. */
function unpacked(bytes: Uint8Array): Uint8Array[] {
  for (const unpack of [unzipSync, brotliDecompressSync, inflateRawSync]) {
    try {
      const module = unpack(bytes, { maxOutputLength: UNPACKED_MAX });
      if (isWasm(module)) return [module];
    } catch {
      // It is packed in another way, or not at all.
    }
  }
  return [];
}

const WASM_IN_NUMBERS =
  /\b(?:0|0x0+)\s*,\s*(?:97|0x61)\s*,\s*(?:115|0x73)\s*,\s*(?:109|0x6d)\s*,/gi;
const NUMBER = /\s*(0x[0-9a-f]+|\d+)\s*(,?)/iy;

function inNumbers(text: string): Uint8Array[] {
  return [...text.matchAll(WASM_IN_NUMBERS)].map(({ index }) => numbersFrom(text, index));
}

/** The bytes that stand one behind the other from a place on. */
function numbersFrom(text: string, start: number): Uint8Array {
  const bytes: number[] = [];
  NUMBER.lastIndex = start;
  for (let match = NUMBER.exec(text); match !== null; match = NUMBER.exec(text)) {
    bytes.push(Number(match[1]));
    if (match[2] === "") break;
  }
  return Uint8Array.from(bytes);
}

const WASM_IN_STRING = /(["'`])\\(?:0|x00|u0000)asm/g;
const CHARACTER = /\\(?:(x[0-9a-f]{2}|u[0-9a-f]{4})|([0-7]{1,3})|([\s\S]))|([^\\])/iy;
/** The group of a character that stands for itself. */
const PLAIN = 4;
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function inStrings(text: string): Uint8Array[] {
  return [...text.matchAll(WASM_IN_STRING)].map(({ 1: quote, index }) => {
    return charactersFrom(text, index + 1, quote);
  });
}

/** The characters of a string literal up to its end, each a byte. */
function charactersFrom(text: string, start: number, quote: string): Uint8Array {
  const bytes: number[] = [];
  CHARACTER.lastIndex = start;
  for (let match = CHARACTER.exec(text); match !== null; match = CHARACTER.exec(text)) {
    if (match[PLAIN] === quote) break;
    bytes.push(codeOf(match));
  }
  return Uint8Array.from(bytes);
}

function codeOf([, hex, octal, escaped, plain]: readonly string[]): number {
  if (hex !== undefined) return Number.parseInt(hex.slice(1), 16);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return (plain ?? ESCAPES[escaped] ?? escaped).charCodeAt(0);
}
