// A binary program as operations again. Names that the image does not give are made up: c0, c1 ...
// for caches, p0, p1 ... for slots, and b0_0, b0_1 ... for slots that a list fills in a row.
//
// The displacement of a target and the offset of an operation travel as their sum, so they come
// back as the offset alone; encoding the result gives the same records.
import { Letter, OP_SIZE, Op, Slot, TARGET_SIZE } from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { joinU64, readU16, readU32 } from "../../base/bytes.ts";
import { hexOfBytes } from "../../base/hex.ts";
import { type Address, isAddressName } from "./address.ts";
import { headerOf } from "./boot.ts";
import { FIELD_KINDS, type Lies } from "./fields.ts";
import type { OpRecord, ProgramImage } from "./image.ts";
import { flagsOfLetters } from "./letters.ts";
import type { Machine } from "./machine.ts";
import type { Program, ProgramOp } from "./op.ts";
import { type OpWord, operationOf, wordOfRecord, wordsWith } from "./operations.ts";

const SUMMED = wordsWith("in target");
const SUMMED_UNLESS_FP = wordsWith("in target, or fp");
const FILL_ROW = wordsWith("filled row");

/** The program of an image; `comments` go into its header. */
export function decode(
  image: ProgramImage,
  machine: Machine,
  comments: readonly string[] = [],
): Program {
  const names = new SlotNames(image);
  const ops = Array.from({ length: image.opCount }, (_, index) =>
    opOf(recordAt(image, index), names),
  );
  return { header: headerOf(machine, comments), ops };
}

/** One record, and the program that it stands in. */
interface ImageRecord extends OpRecord {
  readonly word: OpWord;
  readonly image: ProgramImage;
}

/** What an operation of an image is, as a record. */
export function recordAt(image: ProgramImage, index: number): ImageRecord {
  const at = index * (OP_SIZE / 4);
  const [word0, word1, word2, arg] = image.words.subarray(at, at + 4);
  const code: Op = word0 & 0xff;
  const aux = (word0 >>> 8) & 0xff;
  const word = wordOfRecord(code, aux);
  assert(word !== undefined, `no operation has the number ${code}`);
  const slots = { slot: word1 & 0xffff, slot2: word1 >>> 16 };
  return { word, image, code, aux, name: word0 >>> 16, ...slots, offset: word2 | 0, arg };
}

function opOf(record: ImageRecord, names: SlotNames): ProgramOp {
  const kinds = operationOf(record.word).fields.map((kind) => FIELD_KINDS[kind]);
  const fields = kinds
    .map(({ field, lies }) => [field, VALUES[lies](record, names)] as const)
    .filter(([, value]) => value !== undefined);
  return { op: record.word, ...Object.fromEntries(fields) } as ProgramOp;
}

/** What a field is, by where it lies. */
const VALUES: Readonly<Record<Lies, (record: ImageRecord, names: SlotNames) => unknown>> = {
  name: ({ image, name }) => image.cacheName(name),
  "new name": ({ image, name }) => image.cacheName(name),
  target: targetOf,
  "second target": ({ slot2, arg }, names) => names.target(slot2, arg | 0),
  "in target": ({ offset }) => offset,
  "in target, or fp": ({ aux, offset }) => (aux === 1 ? "fp" : offset),
  arg: ({ arg }) => arg,
  alignment: ({ image, code, arg }) => (isAsking(code) ? readU32(image.payload, arg) : arg),
  "sheaf capacity": ({ image, code, arg }) =>
    isAsking(code) ? readU32(image.payload, arg + 4) || undefined : undefined,
  "free pointer place": ({ image, code, arg }) => {
    const place = isAsking(code) ? readU32(image.payload, arg + 8) : NO_PLACE;
    return place === NO_PLACE ? undefined : place;
  },
  CPU: ({ arg }) => arg,
  "page frame": ({ arg }) => arg,
  aux: ({ aux }) => aux,
  flag: ({ aux }) => aux === 1,
  offset: ({ offset }) => offset,
  slot: ({ slot }, names) => names.of(slot),
  slot2: ({ slot2 }, names) => names.of(slot2),
  letters: ({ slot }) => flagsOfLetters(slot),
  "constructor letter": ({ slot }) => (slot & Letter.CTOR) !== 0,
  bytes: ({ image, arg, slot2 }) => hexOfBytes(image.payload.subarray(arg, arg + slot2)),
  list: (record, names) => targetsOf(record).map(({ slot, offset }) => names.target(slot, offset)),
  "in row": (record, names) => rowOf(record, names).count,
  "filled row": (record, names) => rowOf(record, names).prefix,
  "freed row": (record, names) => rowOf(record, names).prefix,
  address: ({ image, arg }) =>
    joinU64(readU32(image.payload, arg + 4), readU32(image.payload, arg)),
};

const NO_PLACE = 0xffffffff;

/** Whether a cache's record has what its creator asks for in the payload. */
function isAsking(code: Op): boolean {
  return code === Op.CACHE_ARGS;
}

function targetOf({ word, aux, slot, offset }: ImageRecord, names: SlotNames): Address {
  const isSummed = SUMMED.has(word) || (SUMMED_UNLESS_FP.has(word) && aux === 0);
  return isSummed ? { slot: names.of(slot), offset: 0 } : names.target(slot, offset);
}

/**
 * Prefix and count that cover slots named PREFIX0, PREFIX1 ...; some may be left out. `slot` of a
 * freed row says how many digits the number of the first one has (p1 and 2 is no other name than p
 * and 12).
 */
function rowOf(record: ImageRecord, slotNames: SlotNames): { count: number; prefix: string } {
  const names = targetsOf(record).map(({ slot }) => slotNames.of(slot));
  if (names.length === 0) return { count: 0, prefix: "none" };
  const prefix = names[0].slice(0, names[0].length - Math.max(record.slot, 1));
  const numbers = names.map((name) => Number(name.slice(prefix.length)));
  assert(
    names.every((name, i) => name === `${prefix}${numbers[i]}`),
    "a list fills or frees a row of slots",
  );
  return { count: Math.max(...numbers) + 1, prefix };
}

/** The target records of a list in the payload. */
function targetsOf({ image, arg, slot2 }: ImageRecord) {
  return Array.from({ length: slot2 }, (_, i) => ({
    slot: readU16(image.payload, arg + i * TARGET_SIZE),
    offset: readU32(image.payload, arg + i * TARGET_SIZE + 4) | 0,
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
    const record = recordAt(image, index);
    if (!FILL_ROW.has(record.word)) continue;
    const slots = targetsOf(record).map(({ slot }) => slot);
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
