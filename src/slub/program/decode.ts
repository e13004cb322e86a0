// A binary program as operations again. Names that the image does not give are made up: c0, c1 ...
// for caches, p0, p1 ... for slots, and b0_0, b0_1 ... for slots that a list fills in a row.
//
// The displacement of a target and the offset of an operation travel as their sum, so they come
// back as the offset alone; encoding the result gives the same records.
import { Letter, OP_SIZE, Op, Slot, TARGET_SIZE } from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { joinU64, readU16, readU32 } from "../../base/bytes.ts";
import { hexOfBytes } from "../../base/hex.ts";
import { headerOf } from "./boot.ts";
import type { ProgramImage } from "./image.ts";
import { flagsOfLetters } from "./letters.ts";
import type { Machine } from "./machine.ts";
import { type Address, isAddressName, type OpWord, type Program, type ProgramOp } from "./op.ts";
import { ARGUMENTS, type ArgumentKind, SYNTAX, wordOfRecord } from "./syntax.ts";

/** The program of an image; `comments` go into its header. */
export function decode(
  image: ProgramImage,
  machine: Machine,
  comments: readonly string[] = [],
): Program {
  const names = new SlotNames(image);
  const ops: ProgramOp[] = [];
  for (let index = 0; index < image.opCount; index++) {
    ops.push(new RecordReader(image, names, index).read());
  }
  return { header: headerOf(machine, comments), ops };
}

/** The fields of one record, and the payload that it points at. */
class RecordReader {
  readonly #image: ProgramImage;
  readonly #names: SlotNames;
  readonly #code: Op;
  readonly #aux: number;
  readonly #name: number;
  readonly #slot: number;
  readonly #slot2: number;
  readonly #offset: number;
  readonly #arg: number;

  constructor(image: ProgramImage, names: SlotNames, index: number) {
    this.#image = image;
    this.#names = names;
    const at = index * (OP_SIZE / 4);
    const [word0, word1, word2, word3] = image.words.subarray(at, at + 4);
    this.#code = word0 & 0xff;
    this.#aux = (word0 >>> 8) & 0xff;
    this.#name = word0 >>> 16;
    this.#slot = word1 & 0xffff;
    this.#slot2 = word1 >>> 16;
    this.#offset = word2 | 0;
    this.#arg = word3;
  }

  read(): ProgramOp {
    const op = wordOfRecord(this.#code, this.#aux);
    assert(op !== undefined, `no operation has the number ${this.#code}`);
    switch (op) {
      case "cache":
        return { op, name: this.#cacheName(), ...this.#cacheForm() };
      case "geomtsv":
        return { op, ...this.#cacheForm() };
      case "allocn":
      case "freen":
      case "bulkalloc":
        return { op, name: this.#cacheName(), ...this.#row() };
      case "bulkfree":
        return { op, name: this.#cacheName(), targets: this.#targets() };
      case "xor":
        return this.#xor();
      case "region":
        return { op, slot: this.#slotName(this.#slot), ...this.#regionForm() };
      default:
        return this.#plainOp(op);
    }
  }

  /** An operation whose arguments all lie in its record. */
  #plainOp(op: OpWord): ProgramOp {
    const { args } = SYNTAX[op];
    const fields = args.map((name) => [ARGUMENTS[name].field, this.#argument(name)]);
    const place = args.includes("offset") ? this.#place() : {};
    return { op, ...Object.fromEntries(fields), ...place };
  }

  #argument(name: ArgumentKind): unknown {
    switch (name) {
      case "cache":
        return this.#cacheName();
      case "slot":
      case "pointerSlot":
        return this.#slotName(this.#slot);
      case "nextSlot":
        return this.#slotName(this.#slot2);
      case "target":
      case "walked":
        return this.#target();
      case "pointer":
      case "value":
      case "other":
      case "head":
        return this.#names.target(this.#slot2, this.#arg | 0);
      case "zero":
        return this.#aux === 1;
      case "byte":
        return this.#aux;
      case "hex":
        return this.#hex();
      default:
        return this.#arg;
    }
  }

  #xor(): ProgramOp {
    const hex = this.#hex();
    if (this.#aux === 1) return { op: "xor", target: this.#target(), offset: "fp", hex };
    return { op: "xor", ...this.#place(), hex };
  }

  #cacheName(): string {
    return this.#image.cacheName(this.#name);
  }

  #cacheForm() {
    const flags = flagsOfLetters(this.#slot);
    const ctor = (this.#slot & Letter.CTOR) !== 0;
    return { size: this.#offset, align: this.#arg, flags, ctor };
  }

  #slotName(slot: number): string {
    return this.#names.of(slot);
  }

  #target(): Address {
    return this.#names.target(this.#slot, this.#offset);
  }

  #place(): { target: Address; offset: number } {
    return { target: { slot: this.#slotName(this.#slot), offset: 0 }, offset: this.#offset };
  }

  #hex(): string {
    return hexOfBytes(this.#image.payload.subarray(this.#arg, this.#arg + this.#slot2));
  }

  #targets(): readonly Address[] {
    return targetsAt(this.#image, this.#arg, this.#slot2).map(({ slot, offset }) =>
      this.#names.target(slot, offset),
    );
  }

  #row(): { count: number; prefix: string } {
    const names = this.#targets().map(({ slot }) => slot);
    return rowOf(names, Math.max(this.#slot, 1));
  }

  #regionForm() {
    const { payload } = this.#image;
    const address = joinU64(readU32(payload, this.#arg + 4), readU32(payload, this.#arg));
    return { address, size: this.#offset };
  }
}

/**
 * Prefix and count that cover slots named PREFIX0, PREFIX1 ...; some may be left out. `digits` says
 * how many digits the number of the first one has (p1 and 2 is no other name than p and 12).
 */
function rowOf(names: readonly string[], digits: number): { count: number; prefix: string } {
  if (names.length === 0) return { count: 0, prefix: "none" };
  const prefix = names[0].slice(0, names[0].length - digits);
  const numbers = names.map((name) => Number(name.slice(prefix.length)));
  assert(
    names.every((name, i) => name === `${prefix}${numbers[i]}`),
    "a list fills or frees a row of slots",
  );
  return { count: Math.max(...numbers) + 1, prefix };
}

/** The target records of a list in the payload. */
function targetsAt(image: ProgramImage, at: number, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    slot: readU16(image.payload, at + i * TARGET_SIZE),
    offset: readU32(image.payload, at + i * TARGET_SIZE + 4) | 0,
  }));
}

/** A name for every slot, made up where the image gives none. */
class SlotNames {
  readonly #names: string[];

  constructor(image: ProgramImage) {
    this.#names = [...image.slotNames];
    const mark = unusedMark(image.slotNames);
    nameRows(image, this.#names, mark);
    for (let slot: number = Slot.FIRST; slot < image.slotCount; slot++) {
      this.#names[slot] ??= `p${mark}${slot - Slot.FIRST}`;
    }
  }

  of(slot: number): string {
    const name = this.#names[slot];
    assert(name !== undefined, `slot ${slot} does not exist`);
    return name;
  }

  /** An address and a displacement are one address. */
  target(slot: number, offset: number): Address {
    const name = this.of(slot);
    if (offset === 0 || !isAddressName(name)) return { slot: name, offset };
    const address = BigInt.asUintN(64, BigInt(name) + BigInt(offset));
    return { slot: `0x${address.toString(16)}`, offset: 0 };
  }
}

/** Names the slots that lists fill: they have to be numbered from 0 on. */
function nameRows(image: ProgramImage, names: string[], mark: string): void {
  for (let index = 0; index < image.opCount; index++) {
    const [word0, word1, , at] = image.words.subarray(index * 4, index * 4 + 4);
    const op: Op = word0 & 0xff;
    if (op !== Op.ALLOC_N && op !== Op.BULK_ALLOC) continue;
    const slots = targetsAt(image, at, word1 >>> 16).map(({ slot }) => slot);
    if (slots.length === 0 || names[slots[0]] !== undefined) continue;
    for (const [i, slot] of slots.entries()) {
      assert(names[slot] === undefined, "rows of slots do not overlap");
      names[slot] = `b${mark}${slots[0] - Slot.FIRST}_${i}`;
    }
  }
}

/** What keeps made-up names apart from given ones. */
function unusedMark(given: readonly string[]): string {
  let mark = "";
  const isTaken = () =>
    given.some((name) => name?.startsWith(`p${mark}`) || name?.startsWith(`b${mark}`));
  while (given.length > Slot.FIRST && isTaken()) mark += "_";
  return mark;
}
