// The names of a binary program's slots. What the image does not name gets a name here: p0, p1 ...,
// and b0_0, b0_1 ... for slots that a list fills in a row. If the image has names that begin like
// that, underscores keep the two kinds apart.
import { Op, Slot, TARGET_SIZE } from "../../abi.ts";
import { assert } from "../../base/assert.ts";
import { readU16, readU32 } from "../../base/bytes.ts";
import type { ProgramImage } from "./image.ts";
import { type Address, isAddressName } from "./op.ts";

/** The target records of a list in the payload. */
export function targetsAt(image: ProgramImage, at: number, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    slot: readU16(image.payload, at + i * TARGET_SIZE),
    offset: readU32(image.payload, at + i * TARGET_SIZE + 4) | 0,
  }));
}

/** A name for every slot, made up where the image gives none. */
export class SlotNames {
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
