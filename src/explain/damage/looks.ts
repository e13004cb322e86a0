// What bytes look like that stand where others belong.
import { POISON_FREE } from "../../abi.ts";
import { isRed } from "../red_zone.ts";
import type { Report } from "../report.ts";
import { regionOf, type WordOrder, wordAt } from "./word.ts";

/** What is needed to read a word. */
export interface ValueContext extends WordOrder {
  /** Addresses of the log, with what they are, that a value may equal. */
  readonly known: ReadonlyMap<bigint, string>;
  readonly report?: Report;
}

/** Short descriptions, the most particular first. */
export function looksOf(bytes: readonly number[], was: number, context: ValueContext): string[] {
  if (bytes.length === 0) return [];
  return [
    ...poisonLooks(bytes, was),
    ...wordLooks(bytes, was, context),
    ...byteLooks(bytes, was),
    ...strideLooks(bytes, was),
  ];
}

function poisonLooks(bytes: readonly number[], was: number): string[] {
  if (bytes.length !== 1 || was < 0) return [];
  const [byte] = bytes;
  const flipped = byte ^ was;
  const looks: string[] = [];
  if (was === POISON_FREE && byte === POISON_FREE - 1) looks.push("poison decremented once");
  if (was === POISON_FREE && byte === POISON_FREE + 1) looks.push("poison incremented once");
  if (flipped !== 0 && (flipped & (flipped - 1)) === 0) {
    looks.push(`one bit ${byte > was ? "set" : "cleared"} (0x${flipped.toString(16)})`);
  }
  return looks;
}

/** Each word of the bytes, read as a pointer. */
function wordLooks(bytes: readonly number[], was: number, context: ValueContext): string[] {
  const { wordBytes, known } = context;
  const looks = new Set<string>();
  for (let i = 0; i + wordBytes <= bytes.length && i < 64; i += wordBytes) {
    const word = bytes.slice(i, i + wordBytes);
    if (word.every((byte) => byte === was)) continue;
    const value = wordAt(word, context);
    const name = known.get(value);
    if (name !== undefined) looks.add(`equals ${name}`);
    const region = regionOf(value, wordBytes);
    if (region !== undefined) looks.add(region);
  }
  return [...looks];
}

function byteLooks(bytes: readonly number[], was: number): string[] {
  const looks: string[] = [];
  if (bytes.every((byte) => byte === 0)) looks.push(bytes.length === 1 ? "one NUL" : "zeros");
  if (isText(bytes)) looks.push(`text "${textOf(bytes)}"`);
  if (bytes.every(isRed) && was >= 0) {
    looks.push("red zone of the other state");
  }
  if (bytes.every((byte) => byte === POISON_FREE)) looks.push("poison of a freed object");
  if (isSmallNumber(bytes)) looks.push("small number");
  return looks;
}

function isSmallNumber(bytes: readonly number[]): boolean {
  if (bytes.length !== 4 && bytes.length !== 8) return false;
  return bytes.some((byte) => byte !== 0) && bytes.slice(2).every((byte) => byte === 0);
}

const TEXT_MIN = 3;

function isText(bytes: readonly number[]): boolean {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  const written = bytes.slice(0, end);
  return (
    written.length >= TEXT_MIN &&
    written.every(isPrintable) &&
    !written.every((b) => b === POISON_FREE)
  );
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

function textOf(bytes: readonly number[]): string {
  return String.fromCharCode(...bytes.filter(isPrintable)).slice(0, 32);
}

/** The same few bytes at even distances, with untouched ones between. */
function strideLooks(bytes: readonly number[], was: number): string[] {
  if (was < 0) return [];
  const starts = bytes
    .map((byte, i) => (byte !== was && (i === 0 || bytes[i - 1] === was) ? i : -1))
    .filter((i) => i >= 0);
  if (starts.length < 2 || !starts.every((start) => bytes[start] === bytes[starts[0]])) return [];
  const gap = starts[1] - starts[0];
  const isEven = starts.every((start, i) => i === 0 || start - starts[i - 1] === gap);
  return isEven && gap >= 4 ? [`every ${gap} bytes`] : [];
}
