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
import { HostOp, type ProgramImage } from "./image.ts";
import { flagsOfLetters } from "./letters.ts";
import type { Machine } from "./machine.ts";
import { type Address, isAddressName, type Program, type ProgramOp } from "./op.ts";

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
  readonly op: Op;
  readonly aux: number;
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
    this.op = word0 & 0xff;
    this.aux = (word0 >>> 8) & 0xff;
    this.#name = word0 >>> 16;
    this.#slot = word1 & 0xffff;
    this.#slot2 = word1 >>> 16;
    this.#offset = word2 | 0;
    this.#arg = word3;
  }

  read(): ProgramOp {
    switch (this.op) {
      case Op.NOP:
      case Op.STATE:
        return this.#hostOp();
      case Op.CACHE:
        return { op: "cache", name: this.#cacheName(), ...this.#cacheForm() };
      case Op.ALLOC:
        return { op: "alloc", name: this.#cacheName(), slot: this.#slotName(), zero: this.#zero() };
      case Op.ALLOC_N:
        return { op: "allocn", name: this.#cacheName(), ...this.#row() };
      case Op.FREE:
        return this.#free();
      case Op.FREE_N:
        return { op: "freen", name: this.#cacheName(), ...this.#row() };
      case Op.BULK_ALLOC:
        return { op: "bulkalloc", name: this.#cacheName(), ...this.#row() };
      case Op.BULK_FREE:
        return { op: "bulkfree", name: this.#cacheName(), targets: this.#targets() };
      case Op.VALIDATE:
        return { op: "validate", name: this.#cacheName() };
      case Op.SHRINK:
        return { op: "shrink", name: this.#cacheName() };
      case Op.DESTROY:
        return { op: "destroy", name: this.#cacheName() };
      case Op.SET_OFFSET:
        return { op: "setoffset", name: this.#cacheName(), offset: this.#arg };
      case Op.WFP:
        return { op: "wfp", name: this.#cacheName(), target: this.#target(), value: this.#value() };
      case Op.RFP:
        return { op: "rfp", name: this.#cacheName(), target: this.#target() };
      default:
        return this.#placeOp();
    }
  }

  #free(): ProgramOp {
    const name = this.#cacheName();
    if (this.aux === 0) return { op: "free", name, target: this.#target() };
    return { op: "freeoff", name, ...this.#place() };
  }

  #placeOp(): ProgramOp {
    switch (this.op) {
      case Op.KMALLOC:
        return { op: "kmalloc", size: this.#arg, slot: this.#slotName(), zero: this.#zero() };
      case Op.KFREE:
        return { op: "kfree", target: this.#target() };
      case Op.KREALLOC:
        return { op: "krealloc", target: this.#target(), size: this.#arg, slot: this.#slot2Name() };
      case Op.KSIZE:
        return { op: "ksize", target: this.#target() };
      case Op.KVALIDATE:
        return { op: "kvalidate", target: this.#target() };
      case Op.WRITE:
        return { op: "write", ...this.#place(), hex: this.#hex() };
      case Op.FILL:
        return { op: "fill", ...this.#place(), length: this.#arg, byte: this.aux };
      case Op.READ:
        return { op: "read", ...this.#place(), length: this.#arg };
      case Op.XOR:
        return this.#xor();
      case Op.WPTR:
        return { op: "wptr", ...this.#place(), value: this.#value() };
      case Op.RPTR:
        return { op: "rptr", ...this.#place() };
      case Op.SLOT:
        return { op: "slot", slot: this.#slotName(), target: this.#value() };
      default:
        return this.#otherOp();
    }
  }

  #otherOp(): ProgramOp {
    switch (this.op) {
      case Op.CTORCALLS:
        return { op: "ctorcalls" };
      case Op.LIST_INIT:
        return { op: "listinit", target: this.#target() };
      case Op.LIST_ADD:
        return { op: "listadd", target: this.#target(), head: this.#value() };
      case Op.LIST_ADD_TAIL:
        return { op: "listaddtail", target: this.#target(), head: this.#value() };
      case Op.LIST_DEL:
        return { op: "listdel", target: this.#target() };
      case Op.SCRUB:
        return { op: "scrub" };
      case Op.NEXT_PFN:
        return { op: "nextpfn", pfn: this.#arg };
      case Op.CPU:
        return { op: "cpu", cpu: this.#arg };
      case Op.REGION:
        return { op: "region", slot: this.#slotName(), ...this.#regionForm() };
      default:
        assert(false, `no operation has the number ${this.op}`);
    }
  }

  #hostOp(): ProgramOp {
    switch (this.aux) {
      case HostOp.SYM:
        return { op: "sym", target: this.#target() };
      case HostOp.STATE:
        return { op: "state", name: this.#cacheName() };
      case HostOp.LIST:
        return { op: "list", name: this.#cacheName() };
      case HostOp.CMP:
        return { op: "cmp", target: this.#target(), other: this.#value() };
      case HostOp.LISTWALK:
        return { op: "listwalk", target: this.#target() };
      case HostOp.GEOMETRY:
        return { op: "geometry", name: this.#cacheName() };
      case HostOp.GEOMTSV:
        return { op: "geomtsv", ...this.#cacheForm() };
      case HostOp.KGEOMETRY:
        return { op: "kgeometry", target: this.#target() };
      default:
        return { op: "info" };
    }
  }

  #xor(): ProgramOp {
    const hex = this.#hex();
    if (this.aux === 1) return { op: "xor", target: this.#target(), offset: "fp", hex };
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

  #zero(): boolean {
    return this.aux === 1;
  }

  #slotName(): string {
    return this.#names.of(this.#slot);
  }

  #slot2Name(): string {
    return this.#names.of(this.#slot2);
  }

  #target(): Address {
    return this.#names.target(this.#slot, this.#offset);
  }

  #value(): Address {
    return this.#names.target(this.#slot2, this.#arg | 0);
  }

  #place(): { target: Address; offset: number } {
    return { target: { slot: this.#slotName(), offset: 0 }, offset: this.#offset };
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
