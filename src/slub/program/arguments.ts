// The arguments of one script line, taken from left to right, each checked as it is taken. Every
// complaint names the file and the line.
import { SLOT_MAX } from "../../abi.ts";
import { fitsI32, fitsU32 } from "../../base/bytes.ts";
import { bytesOfHex, parseHex64 } from "../../base/hex.ts";
import { quotedWord } from "../../base/text_lines.ts";
import { UserError } from "../../base/user_error.ts";
import { type Address, isAddressName, RESERVED_SLOTS } from "./address.ts";
import { READ_BYTES_MAX, WRITE_BYTES_MAX } from "./image.ts";
import { canonicalFlags } from "./letters.ts";

/** Printable ASCII without blanks; a displacement must not be part of a name. */
const CACHE_NAME = /^[!-~]{1,64}$/;
const SLOT_NAME = /^[!-*,.-~]{1,64}$/;

const REGION_BYTES_MAX = 65536;
const KERNEL_HALF = 0xffff800000000000n;

/** The names that earlier lines made. */
export interface KnownNames {
  hasCache(name: string): boolean;
  hasSlot(name: string): boolean;
  isRegion(name: string): boolean;
}

export class Arguments {
  readonly #place: string;
  readonly #words: readonly string[];
  readonly #scope: KnownNames;
  #next = 0;

  constructor(place: string, words: readonly string[], scope: KnownNames) {
    this.#place = place;
    this.#words = words;
    this.#scope = scope;
  }

  get isEmpty(): boolean {
    return this.#next >= this.#words.length;
  }

  /** Complains of the word that was taken last, or of the operation itself. */
  fail(message: string): never {
    throw new UserError(`${this.#place}: ${message}`, this.#next);
  }

  /** The name of a cache that an earlier line created. */
  cache(): string {
    const name = this.#take();
    if (!this.#scope.hasCache(name)) this.fail(`no cache ${quotedWord(name)}`);
    return name;
  }

  newCache(): string {
    const name = this.#take();
    if (!CACHE_NAME.test(name)) this.fail(`${quotedWord(name)} cannot name a cache`);
    return name;
  }

  /** The name of a slot to be filled. */
  newSlot(): string {
    const name = this.#take();
    this.#checkSlotName(name, name);
    return name;
  }

  /** What a row of numbered slots begins with. */
  prefix(): string {
    const name = this.#take();
    this.#checkSlotName(`${name}0`, name);
    return name;
  }

  /** SLOT[+N|-N], a reserved or a region's name likewise, or 0xHEX. */
  target(): Address {
    const { target, isKnown } = this.#readTarget();
    if (!isKnown) this.fail(`no slot ${quotedWord(target.slot)}`);
    return target;
  }

  /** A target that may name a slot which nothing ever filled. */
  anyTarget(): Address {
    return this.#readTarget().target;
  }

  /** A size of at least 1. */
  size(): number {
    const size = this.number();
    if (size === 0 || !fitsI32(size)) this.fail(`a size of ${size} is out of range`);
    return size;
  }

  number(): number {
    const word = this.#take();
    const value = parseUnsigned(word);
    if (value === undefined) this.fail(`${quotedWord(word)} is not a number`);
    if (!fitsU32(value)) this.fail(`${quotedWord(word)} is too large`);
    return value;
  }

  /** A signed displacement. */
  offset(): number {
    const word = this.#take();
    const value = parseSigned(word);
    if (value === undefined) this.fail(`${quotedWord(word)} is not an offset`);
    if (!fitsI32(value)) this.fail(`offset ${word} is too large`);
    return value;
  }

  /** An offset, or `fp`: where the free pointer lies. */
  offsetOrFreePointer(): number | "fp" {
    if (this.#words[this.#next] !== "fp") return this.offset();
    this.#take();
    return "fp";
  }

  /** How many objects, bytes or slots, up to `max`. */
  count(max: number = SLOT_MAX): number {
    const count = this.number();
    if (count > max) this.fail(`${count} is more than ${max}`);
    return count;
  }

  readLength(): number {
    return this.count(READ_BYTES_MAX);
  }

  regionSize(): number {
    const size = this.count(REGION_BYTES_MAX);
    if (size === 0) this.fail("a region has at least one byte");
    return size;
  }

  /** Bytes as hex digits; returned in lower case. */
  hex(): string {
    const word = this.#take();
    const bytes = bytesOfHex(word);
    if (bytes === undefined) this.fail(`${quotedWord(word)} is not an even number of hex digits`);
    if (bytes.length > WRITE_BYTES_MAX) this.fail(`${bytes.length} bytes are too many`);
    return word.toLowerCase();
  }

  /** One byte as two hex digits. */
  hexByte(): number {
    const word = this.#take();
    const bytes = bytesOfHex(word);
    if (bytes?.length !== 1) this.fail(`${quotedWord(word)} is not a byte (00 to ff)`);
    return bytes[0];
  }

  /** A page frame number in hex. */
  pfn(): number {
    const word = this.#take();
    const pfn = parseHex64(word);
    if (pfn === undefined) this.fail(`${quotedWord(word)} is not a hex page frame number`);
    if (pfn > 0xffffffffn) this.fail(`page frame ${word} is too large`);
    return Number(pfn);
  }

  /** The address of a region: it must lie in the kernel's half. */
  address(): bigint {
    const word = this.#take();
    const address = parseHex64(word);
    if (address === undefined) this.fail(`${quotedWord(word)} is not a hex address`);
    if (address < KERNEL_HALF) this.fail(`${word} is not a kernel address`);
    return address;
  }

  /** Cache flags in their canonical order. */
  flags(): string {
    const word = this.#take();
    const flags = canonicalFlags(word);
    if (flags === undefined)
      this.fail(`${quotedWord(word)} are not cache flags (- or FZPUTHRKADMNO)`);
    return flags;
  }

  /** A last word that may be missing. */
  optional(expected: string): boolean {
    if (this.isEmpty || this.#words[this.#next].includes("=")) return false;
    return this.oneOf([expected]) === expected;
  }

  /** A last word `KEY=N` that may be missing, with N up to `max`. */
  keyed(key: string, max: number): number | undefined {
    const word = this.#words[this.#next];
    if (word === undefined || !word.startsWith(`${key}=`)) return undefined;
    const value = parseUnsigned(word.slice(key.length + 1));
    if (value === undefined) this.fail(`${quotedWord(word)} is not ${key}=N`);
    if (value > max) this.fail(`${quotedWord(word)}: ${value} is more than ${max}`);
    this.#next++;
    return value;
  }

  oneOf(choices: readonly string[]): string {
    const word = this.#take();
    if (!choices.includes(word))
      this.fail(`${quotedWord(word)} instead of ${choices.join(" or ")}`);
    return word;
  }

  #take(): string {
    return this.#words[this.#next++];
  }

  #readTarget(): { target: Address; isKnown: boolean } {
    const word = this.#take();
    if (isAddressName(word)) return { target: this.#addressTarget(word), isKnown: true };
    const [, slot, rest] = /^([^+-]*)(.*)$/.exec(word) ?? [word, word, ""];
    const offset = rest === "" ? 0 : parseSigned(rest);
    if (!SLOT_NAME.test(slot) || offset === undefined || !fitsI32(offset)) {
      this.fail(`${quotedWord(word)} is not a place (SLOT, SLOT+N, SLOT-N or 0xHEX)`);
    }
    const isKnown = RESERVED_SLOTS.includes(slot) || this.#scope.hasSlot(slot);
    return { target: { slot, offset }, isKnown };
  }

  #addressTarget(word: string): Address {
    const address = parseHex64(word);
    if (address === undefined) this.fail(`${quotedWord(word)} is not an address`);
    return { slot: `0x${address.toString(16)}`, offset: 0 };
  }

  #checkSlotName(name: string, word: string): void {
    if (!SLOT_NAME.test(name) || isAddressName(name) || RESERVED_SLOTS.includes(name)) {
      this.fail(`${quotedWord(word)} cannot name a slot`);
    }
    if (this.#scope.isRegion(name)) this.fail(`${quotedWord(name)} names a region`);
  }
}

// Numbers as scripts write them: decimal, 0x-hex or 0-octal, as the kernel's kstrtol() reads them.

const UNSIGNED = /^(0x[0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;

/** A number without a sign; undefined if the text is anything else. */
export function parseUnsigned(text: string): number | undefined {
  if (!UNSIGNED.test(text)) return undefined;
  const isOctal = /^0[0-7]+$/.test(text);
  return isOctal ? Number.parseInt(text, 8) : Number(text);
}

/** A number that may have a sign. */
function parseSigned(text: string): number | undefined {
  const sign = /^[+-]/.test(text) ? text[0] : "";
  const magnitude = parseUnsigned(text.slice(sign.length));
  if (magnitude === undefined) return undefined;
  return sign === "-" && magnitude !== 0 ? -magnitude : magnitude;
}
